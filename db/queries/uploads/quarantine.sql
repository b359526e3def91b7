-- Quarantine as an admin sees it: never a word of what was sent, only what it was, whose, and why it lies there.

-- name: count_quarantine_entries
SELECT count(*) AS found FROM (SELECT FROM inbox WHERE state = 'quarantined' LIMIT %(most)s) AS kept;

-- name: list_quarantine_entries
SELECT upload_id::text AS upload_id, user_id, username, kind, name, reason, attempts, received_at
FROM inbox JOIN users USING (user_id)
WHERE state = 'quarantined' ORDER BY inbox_id LIMIT %(limit)s OFFSET %(offset)s;

-- name: fetch_quarantine_entry
-- What of it can become a row is told by its size and a few fields that hold no text.
SELECT upload_id::text AS upload_id, user_id, username, kind, name, reason, attempts, received_at, settled_at,
       inbox.share_level, octet_length(body::text) AS bytes,
       body ->> 'project_name' AS project_name,
       concat_ws(' ', body ->> 'agent', body ->> 'agent_version') AS agent,
       body IS NOT NULL AND name <> '' AND users.share_level <> 'none' AS can_be_stored
FROM inbox JOIN users USING (user_id)
WHERE upload_id = %(upload_id)s::uuid AND state = 'quarantined';
