-- The schedule's memory.

-- name: leader_lock
-- Held by one connection for as long as it lives: the one scheduler that rings.
SELECT pg_try_advisory_lock(715004) AS leading;

-- name: record_due_run
-- A due run is remembered once, whoever finds it first.
INSERT INTO scheduled_runs (name, due_at) VALUES (%(name)s, %(due_at)s) ON CONFLICT DO NOTHING;

-- name: fetch_latest_due_time
-- Before the first run: the day the database was made, so a server that sleeps at night still catches up; a day ago where
-- that says it was made in the time to come.
SELECT coalesce(max(due_at), (
    SELECT CASE WHEN min(applied_at) <= %(now)s THEN min(applied_at) ELSE %(now)s::timestamptz - interval '1 day' END
    FROM schema_migrations
)) AS due_at
FROM scheduled_runs WHERE name = %(name)s AND due_at <= %(now)s;

-- name: delete_future_runs
-- Noted while the clock was ahead: each comes due again. Two schedulers' clocks may differ by less than that hour.
DELETE FROM scheduled_runs WHERE due_at > %(now)s::timestamptz + interval '1 hour';

-- name: is_clock_confirmed
-- Did a run end a while ago, as one did in the last night of a server whose clock is right?
SELECT EXISTS (
    SELECT FROM scheduled_runs
    WHERE finished_at BETWEEN %(now)s::timestamptz - interval '3 days' AND %(now)s::timestamptz - interval '1 hour'
) AS proven;

-- name: lock_run
-- Held by the worker that is at it, for as long as it lives; two runs of one hash would only wait for each other.
SELECT pg_try_advisory_lock(715007, hashtext(%(name)s || extract(epoch FROM %(due_at)s::timestamptz)::bigint)) AS held;

-- name: list_runs_to_enqueue
-- Not ended, or failed a while ago and not too often; and no worker is at it: it never was, is gone, or has just paused.
UPDATE scheduled_runs SET rung_at = clock_timestamp()
WHERE (outcome IS NULL OR outcome = 'failed' AND tries < 4
       -- A time to come was noted while the clock was ahead.
       AND finished_at NOT BETWEEN clock_timestamp() - tries * interval '10 minutes' AND clock_timestamp() + interval '1 minute')
  AND rung_at NOT BETWEEN clock_timestamp() - interval '30 seconds' AND clock_timestamp() + interval '1 minute'
  AND NOT EXISTS (
      SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND classid = 715007 AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND objid::bigint = hashtext(name || extract(epoch FROM due_at)::bigint)::bigint & 4294967295
  )
RETURNING name, due_at;

-- name: begin_run
-- Gives what earlier turns did; no row once it is done. A run that failed begins anew.
UPDATE scheduled_runs
SET started_at = CASE WHEN outcome IS NULL THEN coalesce(started_at, clock_timestamp()) ELSE clock_timestamp() END,
    detail = CASE WHEN outcome IS NULL THEN detail ELSE '{}' END, outcome = NULL, finished_at = NULL
WHERE name = %(name)s AND due_at = %(due_at)s AND outcome IS DISTINCT FROM 'done'
RETURNING detail;

-- name: pause_run
-- Whoever pauses rings for the next turn.
UPDATE scheduled_runs SET detail = %(detail)s::jsonb, rung_at = clock_timestamp() WHERE name = %(name)s AND due_at = %(due_at)s;

-- name: finish_run
UPDATE scheduled_runs
SET finished_at = clock_timestamp(), outcome = %(outcome)s, detail = %(detail)s::jsonb,
    tries = tries + (%(outcome)s = 'failed')::integer
WHERE name = %(name)s AND due_at = %(due_at)s;

-- name: list_recent_runs
SELECT name, due_at, started_at, finished_at, outcome, detail FROM scheduled_runs
ORDER BY due_at DESC, name LIMIT %(limit)s;

-- name: list_schedule_entries
-- Every entry with the run that was due last; also what is on the schedule no more, as long as its runs are remembered.
SELECT name, next_due_at, due_at, started_at, finished_at, outcome, detail
FROM schedule_entries
FULL JOIN (SELECT DISTINCT ON (name) * FROM scheduled_runs ORDER BY name, due_at DESC) AS newest USING (name)
ORDER BY name LIMIT 100;

-- name: store_schedule
-- The schedule as it is now, whatever it was before.
WITH gone AS (
    DELETE FROM schedule_entries WHERE name <> ALL (%(names)s::text[])
)
INSERT INTO schedule_entries (name, next_due_at)
SELECT * FROM unnest(%(names)s::text[], %(next_due)s::timestamptz[])
ON CONFLICT (name) DO UPDATE SET next_due_at = excluded.next_due_at;

-- name: list_last_ended_runs
-- The newest run of each entry that has ended, however it did.
SELECT DISTINCT ON (name) name, finished_at, outcome, extract(epoch FROM finished_at - started_at)::float8 AS seconds
FROM scheduled_runs WHERE outcome IS NOT NULL ORDER BY name, due_at DESC;

-- name: delete_old_runs
-- The newest of each entry stays: from it on the next one is due.
DELETE FROM scheduled_runs AS run
WHERE finished_at < now() - interval '90 days'
  AND due_at < (SELECT max(due_at) FROM scheduled_runs AS other WHERE other.name = run.name);
