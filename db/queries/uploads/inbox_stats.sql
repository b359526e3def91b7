-- What a monitoring system wants to know of the tables; each part reads an index, or at most 10,000 rows.

-- name: fetch_inbox_figures
-- Days not recomputed yet are uploads that are stored, but in no chart.
SELECT pending.uploads AS pending,
       coalesce(extract(epoch FROM now() - pending.oldest_at), 0)::float8 AS oldest_seconds,
       quarantine.uploads AS quarantined,
       greatest(0, extract(epoch FROM now() - least(pending.oldest_at, days.oldest_at)))::float8 AS invisible_seconds
FROM (SELECT count(*) AS uploads, min(received_at) AS oldest_at
      FROM (SELECT received_at FROM inbox WHERE state = 'pending' ORDER BY inbox_id LIMIT 10000) AS waiting) AS pending,
     (SELECT count(*) AS uploads
      FROM (SELECT FROM inbox WHERE state = 'quarantined' LIMIT 10000) AS kept) AS quarantine,
     (SELECT min(marked_at) AS oldest_at
      FROM (SELECT marked_at FROM dirty_days LIMIT 10000) AS marked) AS days;

-- name: fetch_last_stored_time
-- Each person's last one is found in one step, unless much of theirs waits.
SELECT max(last.settled_at) AS settled_at
FROM users CROSS JOIN LATERAL (
    SELECT settled_at FROM inbox
    WHERE inbox.user_id = users.user_id AND state IN ('persisted', 'repeated')
    ORDER BY inbox_id DESC LIMIT 1
) AS last;
