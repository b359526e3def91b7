-- The inbox: in with one statement and one commit, out set by set.

-- name: insert_uploads
-- prepare: user_ids bigint[], key_ids bigint[], share_levels text[], upload_ids uuid[], kinds text[], names text[], reasons text[], bodies jsonb[]
-- Every key counts at this very moment. Its owner's row is held, so a level lowered meanwhile is seen here or waits for us.
WITH owner AS MATERIALIZED (
    SELECT users.user_id, api_keys.key_id, users.share_level
    FROM users JOIN api_keys USING (user_id)
    WHERE (users.user_id, api_keys.key_id) IN (SELECT * FROM unnest(%(user_ids)s, %(key_ids)s))
      AND users.active AND api_keys.revoked_at IS NULL AND (api_keys.expires_at IS NULL OR api_keys.expires_at > now())
    FOR SHARE OF users
)
INSERT INTO inbox (user_id, upload_id, kind, name, share_level, state, reason, settled_at, body)
SELECT owner.user_id, item.upload_id, item.kind, item.name, owner.share_level,
       CASE WHEN item.reason IS NULL THEN 'pending' ELSE 'quarantined' END,
       item.reason,
       CASE WHEN item.reason IS NOT NULL THEN now() END,
       item.body
FROM unnest(%(user_ids)s, %(key_ids)s, %(share_levels)s, %(upload_ids)s, %(kinds)s, %(names)s, %(reasons)s, %(bodies)s)
         WITH ORDINALITY AS item (user_id, key_id, share_level, upload_id, kind, name, reason, body, place)
JOIN owner USING (user_id, key_id, share_level)
ORDER BY item.place
RETURNING upload_id::text AS upload_id;

-- name: count_pending_uploads
-- Is there mail, and since when? Nothing is put off for an hour: a time beyond that was noted while the clock was ahead.
SELECT count(*) AS waiting, min(received_at) AS oldest_at
FROM (SELECT received_at FROM inbox WHERE state = 'pending' AND (not_before <= now() OR not_before > now() + interval '1 hour') ORDER BY inbox_id LIMIT 10000) AS mail;

-- name: lock_persist
-- One drain at a time: it is set-based, so a second one would only wait for the same rows.
SELECT pg_try_advisory_xact_lock(715002) AS ours;

-- name: persist_stop
-- Wait until nobody drains, and let nobody begin until the transaction ends.
SELECT pg_advisory_xact_lock(715002);

-- name: claim_uploads
-- Some of the oldest mail of everybody who has any, ours until we commit: first the oldest of each person, then the
-- second oldest of each, and so on, small before large. So many rows, or so many bytes of them, whichever is less:
-- whoever sends much waits behind their own, and nobody behind theirs. Text of a person whose older text is still being
-- removed waits until that is done. What is not settled is pending; said so, only the index for this fits, however few
-- rows the planner expects.
WITH RECURSIVE sender AS (
    -- From person to person along the index, however much each has sent.
    (SELECT user_id, inbox_id FROM inbox WHERE settled_at IS NULL AND kind = 'session' ORDER BY user_id, inbox_id LIMIT 1)
    UNION ALL
    SELECT next.user_id, next.inbox_id
    FROM sender CROSS JOIN LATERAL (
        SELECT user_id, inbox_id FROM inbox
        WHERE settled_at IS NULL AND kind = 'session' AND user_id > sender.user_id
        ORDER BY user_id, inbox_id LIMIT 1
    ) AS next
), served AS MATERIALIZED (
    SELECT user_id FROM sender ORDER BY inbox_id LIMIT %(limit)s
), waiting AS (
    SELECT mail.inbox_id, mail.bytes, row_number() OVER (PARTITION BY served.user_id ORDER BY mail.inbox_id) AS turn
    FROM served CROSS JOIN LATERAL (
        SELECT inbox_id, pg_column_size(body) AS bytes FROM inbox
        WHERE user_id = served.user_id AND settled_at IS NULL AND kind = 'session' AND (not_before <= now() OR not_before > now() + interval '1 hour')
          AND (share_level <> 'full' OR user_id NOT IN (SELECT user_id FROM text_purges))
          AND (%(only)s::bigint[] IS NULL OR inbox_id = ANY (%(only)s::bigint[]))
        -- A fair share and a little more: others may have less.
        ORDER BY inbox_id LIMIT %(limit)s / (SELECT greatest(count(*), 1) FROM served) + 20
    ) AS mail
), chosen AS (
    SELECT inbox_id, sum(bytes) OVER (ORDER BY turn, bytes, inbox_id) - bytes AS bytes_before
    FROM waiting ORDER BY turn, bytes, inbox_id LIMIT %(limit)s
)
SELECT inbox_id, user_id, name AS session_id, share_level,
       (body ->> 'started_at')::timestamptz AS started_at,
       (body ->> 'ended_at')::timestamptz AS ended_at,
       coalesce((body ->> 'total_messages')::bigint, 0) AS total_messages,
       body ->> 'content_hash' AS content_hash,
       attempts,
       coalesce(body -> 'responses', '[]') AS responses,
       coalesce(body -> 'models', '[]') AS models
FROM inbox
-- Worked out once, whatever the planner expects: as a join it may be done anew for each row that waits.
WHERE inbox_id = ANY (ARRAY(SELECT inbox_id FROM chosen WHERE bytes_before < %(most_bytes)s)) AND state = 'pending'
ORDER BY inbox_id
FOR UPDATE OF inbox SKIP LOCKED;

-- name: list_next_upload_ids
-- Which rows a drain would take, by number alone.
SELECT inbox_id FROM inbox
WHERE state = 'pending' AND kind = %(kind)s AND (not_before <= now() OR not_before > now() + interval '1 hour')
ORDER BY inbox_id LIMIT %(limit)s;

-- name: settle_uploads
-- The body goes the moment its rows are there.
UPDATE inbox SET state = %(state)s, settled_at = now(), body = NULL
WHERE inbox_id = ANY (%(inbox_ids)s::bigint[]) AND state = 'pending';

-- name: quarantine_uploads
-- No use trying again: it lies there with its reason.
UPDATE inbox SET state = 'quarantined', reason = %(reason)s, settled_at = now()
WHERE inbox_id = ANY (%(inbox_ids)s::bigint[]) AND state = 'pending';

-- name: postpone_uploads
-- Tried once more in vain: wait longer each time, then lie in quarantine with the reason.
UPDATE inbox
SET attempts = attempts + 1,
    not_before = now() + interval '1 second' * (attempts + 1),
    reason = left(%(reason)s, 500),
    state = CASE WHEN attempts + 1 >= %(most)s THEN 'quarantined' ELSE 'pending' END,
    settled_at = CASE WHEN attempts + 1 >= %(most)s THEN now() END
WHERE inbox_id = %(inbox_id)s AND state = 'pending';

-- name: list_quarantined_uploads
SELECT inbox_id, upload_id::text AS upload_id, username, kind, name, reason, attempts, received_at
FROM inbox JOIN users USING (user_id)
WHERE state = 'quarantined' ORDER BY inbox_id LIMIT %(limit)s;

-- name: fetch_quarantined_upload
-- Text that is to be removed is shown to nobody, even while it is still there.
SELECT inbox_id, user_id, upload_id::text AS upload_id, username, kind, name, inbox.share_level, state, reason, attempts,
       received_at, settled_at,
       CASE WHEN inbox.share_level <> 'full' OR user_id NOT IN (SELECT user_id FROM text_purges) THEN body END AS body
FROM inbox JOIN users USING (user_id) WHERE upload_id = %(upload_id)s::uuid;

-- name: requeue_uploads
-- Never for a person who has come to share nothing since.
UPDATE inbox SET state = 'pending', attempts = 0, not_before = now(), reason = NULL, settled_at = NULL
WHERE upload_id = %(upload_id)s::uuid AND state = 'quarantined' AND body IS NOT NULL
  AND user_id IN (SELECT user_id FROM users WHERE share_level <> 'none');

-- name: discard_uploads
UPDATE inbox SET state = 'discarded', body = NULL, settled_at = now()
WHERE upload_id = %(upload_id)s::uuid AND state = 'quarantined';
