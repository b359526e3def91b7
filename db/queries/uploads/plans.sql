-- Plans: from the inbox to rows, a whole set with one statement.

-- name: claim_plans
-- The oldest mail that holds plans, ours until we commit: so many rows, or so many bytes of them, whichever is less.
WITH waiting AS (
    SELECT inbox_id, pg_column_size(body) AS bytes FROM inbox
    WHERE state = 'pending' AND kind = 'plan' AND (not_before <= now() OR not_before > now() + interval '1 hour')
      AND (share_level <> 'full' OR user_id NOT IN (SELECT user_id FROM text_purges))
      AND (%(only)s::bigint[] IS NULL OR inbox_id = ANY (%(only)s::bigint[]))
    ORDER BY inbox_id LIMIT %(limit)s
), chosen AS (
    SELECT inbox_id, sum(bytes) OVER (ORDER BY inbox_id) - bytes AS bytes_before FROM waiting
)
SELECT inbox_id
FROM inbox
WHERE inbox_id = ANY (ARRAY(SELECT inbox_id FROM chosen WHERE bytes_before < %(most_bytes)s)) AND state = 'pending'
ORDER BY inbox_id
FOR UPDATE OF inbox SKIP LOCKED;

-- name: settle_plans
-- Of each name the one that was received last is stored, where it says something new; all of them are settled.
WITH newest AS (
    SELECT DISTINCT ON (user_id, name) inbox_id FROM inbox
    WHERE inbox_id = ANY (%(inbox_ids)s::bigint[]) AND state = 'pending'
    ORDER BY user_id, name, inbox_id DESC
), stored AS (
    INSERT INTO plans AS plan (user_id, name, title, content, created_at, share_level, content_hash, upload_id, received_at)
    SELECT inbox.user_id, inbox.name, body.title, body.content, body.created_at, inbox.share_level,
           decode(body.content_hash, 'hex'), inbox.upload_id, inbox.received_at
    FROM newest
    JOIN inbox USING (inbox_id)
    CROSS JOIN jsonb_to_record(inbox.body) AS body (title text, content text, created_at timestamptz, content_hash text)
    ORDER BY inbox.user_id, inbox.name
    ON CONFLICT (user_id, name) DO UPDATE SET
        title = excluded.title,
        content = excluded.content,
        created_at = excluded.created_at,
        share_level = excluded.share_level,
        content_hash = excluded.content_hash,
        upload_id = excluded.upload_id,
        received_at = excluded.received_at,
        imported_at = now()
    -- Tried in vain for a while, or requeued by an admin, an older one may come after a newer one. Older by its place in the
    -- inbox, whatever the clock said.
    WHERE coalesce((SELECT inbox_id FROM inbox WHERE upload_id = plan.upload_id), 0)
          <= (SELECT inbox_id FROM inbox WHERE upload_id = excluded.upload_id)
      AND (plan.content_hash, plan.share_level) IS DISTINCT FROM (excluded.content_hash, excluded.share_level)
    RETURNING upload_id
)
UPDATE inbox
SET state = CASE WHEN upload_id IN (SELECT upload_id FROM stored) THEN 'persisted' ELSE 'repeated' END,
    settled_at = now(),
    body = NULL
WHERE inbox_id = ANY (%(inbox_ids)s::bigint[]) AND state = 'pending';
