-- All of one's own data, on its way out: asked for once, gone from the rows in one transaction, then from the files.

-- name: request_deletion
-- Asked for in a transaction that holds the person: every earlier upload is in the inbox by now.
INSERT INTO data_deletions (user_id, last_inbox_id, with_account, requested_by)
SELECT %(user_id)s, coalesce(max(inbox_id), 0), %(with_account)s, %(requested_by)s FROM inbox WHERE user_id = %(user_id)s
ON CONFLICT (user_id) DO UPDATE
SET last_inbox_id = excluded.last_inbox_id, requested_at = excluded.requested_at, rows_gone = false,
    with_account = data_deletions.with_account OR excluded.with_account, requested_by = excluded.requested_by;

-- name: list_open_deletions
SELECT user_id, username, last_inbox_id, requested_at, rows_gone, with_account, requested_by
FROM data_deletions JOIN users USING (user_id)
ORDER BY requested_at LIMIT 1000;

-- name: fetch_open_deletion
SELECT user_id, username, last_inbox_id, requested_at, rows_gone, with_account, requested_by
FROM data_deletions JOIN users USING (user_id)
WHERE user_id = %(user_id)s;

-- name: deletion_sessions
-- A session that was sent again since is a later one. Its parts go with it.
DELETE FROM sessions
WHERE user_id = %(user_id)s
  AND upload_id NOT IN (SELECT upload_id FROM inbox WHERE user_id = %(user_id)s AND inbox_id > %(last_inbox_id)s);

-- name: deletion_plans
DELETE FROM plans
WHERE user_id = %(user_id)s
  AND upload_id NOT IN (SELECT upload_id FROM inbox WHERE user_id = %(user_id)s AND inbox_id > %(last_inbox_id)s);

-- name: deletion_archived
-- What is left of earlier sessions goes as well.
WITH days AS (
    DELETE FROM archived_days WHERE user_id = %(user_id)s
), models AS (
    DELETE FROM archived_models WHERE user_id = %(user_id)s
), tools AS (
    DELETE FROM archived_tools WHERE user_id = %(user_id)s
)
DELETE FROM archived_sessions WHERE user_id = %(user_id)s;

-- name: deletion_inbox
DELETE FROM inbox WHERE user_id = %(user_id)s AND inbox_id <= %(last_inbox_id)s;

-- name: deletion_marks
-- The days of what is left, if anything came in since, are counted anew.
INSERT INTO dirty_days (user_id, stat_date)
SELECT DISTINCT user_id, (started_at AT TIME ZONE (SELECT time_zone FROM rollup_state))::date
FROM sessions WHERE user_id = %(user_id)s AND EXISTS (SELECT FROM rollup_state);

-- name: deletion_rows_gone
UPDATE data_deletions SET rows_gone = true
WHERE user_id = %(user_id)s AND last_inbox_id = %(last_inbox_id)s AND requested_at = %(requested_at)s;

-- name: finish_deletion
DELETE FROM data_deletions
WHERE user_id = %(user_id)s AND last_inbox_id = %(last_inbox_id)s AND requested_at = %(requested_at)s AND rows_gone;
