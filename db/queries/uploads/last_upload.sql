-- What a person's clients have sent last.

-- name: fetch_last_upload
SELECT inbox_id, kind, name, state, reason, received_at
FROM inbox WHERE user_id = %(user_id)s
ORDER BY inbox_id DESC LIMIT 1;
