-- The sessions of some team days, said once for everything that is exported of them.

-- The first two conditions find them by index, whatever a clock may be turned by; IS FALSE keeps the planner from taking nearly
-- all that these find for other days'.
CREATE FUNCTION sessions_between(first date, last date, zone text) RETURNS SETOF sessions LANGUAGE sql STABLE
AS $$
    SELECT * FROM sessions
    WHERE started_at >= first::timestamp AT TIME ZONE zone - interval '4 hours'
      AND started_at < (last + 1)::timestamp AT TIME ZONE zone + interval '4 hours'
      AND ((started_at AT TIME ZONE zone)::date NOT BETWEEN first AND last) IS FALSE
$$;
