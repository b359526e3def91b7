-- How far uploads have come, for their owner and nobody else.

-- name: fetch_upload_progress
SELECT upload_id::text AS upload_id, kind, name, state, reason, received_at, settled_at
FROM inbox WHERE upload_id = %(upload_id)s::uuid AND user_id = %(user_id)s;

-- name: list_upload_states
SELECT state, count(*) AS uploads
FROM inbox WHERE upload_id = ANY (%(upload_ids)s::uuid[]) AND user_id = %(user_id)s
GROUP BY state;
