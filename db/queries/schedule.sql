-- The schedule's memory.

-- name: leader_lock
-- Held by one connection for as long as it lives: the one scheduler that rings.
SELECT pg_try_advisory_lock(715004) AS leading;

-- name: run_remember
-- A due run is remembered once, whoever finds it first.
INSERT INTO scheduled_runs (name, due_at) VALUES (%(name)s, %(due_at)s) ON CONFLICT DO NOTHING;

-- name: run_latest
-- Before the first run: the day the database was made, so a server that sleeps at night still catches up.
SELECT coalesce(max(due_at), (SELECT min(applied_at) FROM schema_migrations)) AS due_at
FROM scheduled_runs WHERE name = %(name)s;

-- name: runs_to_ring
-- Not begun, or begun and silent for an hour: no job may last so long, so its worker is gone. Not too often either way.
UPDATE scheduled_runs SET rung_at = clock_timestamp()
WHERE outcome IS NULL AND rung_at < clock_timestamp() - interval '30 seconds'
  AND (started_at IS NULL OR started_at < clock_timestamp() - interval '1 hour')
RETURNING name, due_at;

-- name: run_begin
-- Only one worker gets it.
UPDATE scheduled_runs SET started_at = clock_timestamp()
WHERE name = %(name)s AND due_at = %(due_at)s AND outcome IS NULL
  AND (started_at IS NULL OR started_at < clock_timestamp() - interval '1 hour');

-- name: run_finish
UPDATE scheduled_runs SET finished_at = clock_timestamp(), outcome = %(outcome)s, detail = %(detail)s::jsonb
WHERE name = %(name)s AND due_at = %(due_at)s;

-- name: runs_recent
SELECT name, due_at, rung_at, started_at, finished_at, outcome, detail FROM scheduled_runs
ORDER BY due_at DESC, name LIMIT %(limit)s;

-- name: runs_newest
-- The newest run of each entry, and when the one before it was due.
SELECT name, due_at, rung_at, started_at, finished_at, outcome, detail, due_before
FROM (SELECT scheduled_runs.*, lead(due_at) OVER newest AS due_before, row_number() OVER newest AS place
      FROM scheduled_runs WINDOW newest AS (PARTITION BY name ORDER BY due_at DESC)) AS runs
WHERE place = 1 ORDER BY due_at DESC, name LIMIT %(limit)s;

-- name: runs_forget_old
-- The newest of each entry stays: from it on the next one is due.
DELETE FROM scheduled_runs AS run
WHERE finished_at < now() - interval '90 days'
  AND due_at < (SELECT max(due_at) FROM scheduled_runs AS other WHERE other.name = run.name);
