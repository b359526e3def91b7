-- A period's sums from whole months, and from the fewer days at each of its two ends: those that a month lacks, or those
-- that it has too many.

-- Where the month begins, or the next one: the way with fewer days on it, of those that can hold anything by now.
CREATE FUNCTION nearest_month(day date) RETURNS date LANGUAGE sql STABLE
RETURN (date_trunc('month', day::timestamp)
        + CASE WHEN day - date_trunc('month', day::timestamp)::date
                    <= least((date_trunc('month', day::timestamp) + interval '1 month')::date, current_date + 1) - day
          THEN interval '0' ELSE interval '1 month' END)::date;

-- The months from here on, until there; none where the period has none near it, and both are its first day.
CREATE FUNCTION months_since(first date, last date) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN nearest_month(first) < nearest_month(last + 1) THEN nearest_month(first) ELSE first END;

CREATE FUNCTION months_until(first date, last date) RETURNS date LANGUAGE sql STABLE
RETURN CASE WHEN nearest_month(first) < nearest_month(last + 1) THEN nearest_month(last + 1) ELSE first END;

-- What people did in a period, of any length, once it is added up: somebody whose sums are nothing was not active in it.
-- Written to be taken apart by the planner, as stats_between is.
CREATE FUNCTION sums_between(first date, last date) RETURNS TABLE (
    user_id bigint, active_days bigint, session_count bigint, tokens_in bigint, tokens_out bigint,
    cache_read_tokens bigint, cache_creation_tokens bigint, calls_succeeded bigint, calls_failed bigint
) LANGUAGE sql STABLE AS $$
    SELECT user_id, active_days::bigint, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM monthly_stats
    WHERE month >= months_since(first, last) AND month < months_until(first, last)
    UNION ALL
    SELECT user_id, sign, sign * session_count, sign * total_tokens_in, sign * total_tokens_out,
           sign * cache_read_tokens, sign * cache_creation_tokens, sign * calls_succeeded, sign * calls_failed
    FROM (
        SELECT 1::bigint AS sign, daily_stats.* FROM daily_stats
        WHERE stat_date >= first AND stat_date < months_since(first, last)
        UNION ALL
        SELECT -1::bigint, daily_stats.* FROM daily_stats
        WHERE stat_date >= months_since(first, last) AND stat_date < first
        UNION ALL
        SELECT 1::bigint, daily_stats.* FROM daily_stats
        WHERE stat_date >= months_until(first, last) AND stat_date <= last
        UNION ALL
        SELECT -1::bigint, daily_stats.* FROM daily_stats
        WHERE stat_date > last AND stat_date < months_until(first, last)
    ) AS days
$$;

-- The months of everybody are read from the index alone, however many years lie before them.
CREATE INDEX monthly_stats_by_month ON monthly_stats (month, user_id) INCLUDE (session_count, tokens_in, tokens_out);
