-- People's months change with every one of their days. They are changed in place, which no index hears of: so the months
-- that everybody reads stay as few pages as they are rows.

ALTER TABLE monthly_stats SET (fillfactor = 70);

-- It held the figures too, and grew with each change of them.
DROP INDEX monthly_stats_by_month;
CREATE INDEX monthly_stats_by_month ON monthly_stats (month);

-- The same sums as before. Each end says for itself whether its days are added or taken off: nothing is multiplied, and
-- what nobody asks for is not read.
CREATE OR REPLACE FUNCTION sums_between(first date, last date) RETURNS TABLE (
    user_id bigint, active_days bigint, session_count bigint, tokens_in bigint, tokens_out bigint,
    cache_read_tokens bigint, cache_creation_tokens bigint, calls_succeeded bigint, calls_failed bigint
) LANGUAGE sql STABLE AS $$
    SELECT user_id, active_days::bigint, session_count::bigint, tokens_in::bigint, tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM monthly_stats
    WHERE month >= months_since(first, last) AND month < months_until(first, last)
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= first AND stat_date < months_since(first, last)
    UNION ALL
    SELECT user_id, -1::bigint, -session_count::bigint, -total_tokens_in::bigint, -total_tokens_out::bigint,
           -cache_read_tokens::bigint, -cache_creation_tokens::bigint, -calls_succeeded::bigint, -calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= months_since(first, last) AND stat_date < first
    UNION ALL
    SELECT user_id, 1::bigint, session_count::bigint, total_tokens_in::bigint, total_tokens_out::bigint,
           cache_read_tokens::bigint, cache_creation_tokens::bigint, calls_succeeded::bigint, calls_failed::bigint
    FROM daily_stats
    WHERE stat_date >= months_until(first, last) AND stat_date <= last
    UNION ALL
    SELECT user_id, -1::bigint, -session_count::bigint, -total_tokens_in::bigint, -total_tokens_out::bigint,
           -cache_read_tokens::bigint, -cache_creation_tokens::bigint, -calls_succeeded::bigint, -calls_failed::bigint
    FROM daily_stats
    WHERE stat_date > last AND stat_date < months_until(first, last)
$$;
