-- What an admin does to people.

-- name: people_admins
-- Held, so that two admins can't make each other members at the same moment.
SELECT user_id FROM users WHERE role = 'admin' AND active ORDER BY user_id FOR NO KEY UPDATE;

-- name: people_set_role
-- Whoever gets another role logs in again.
UPDATE users SET role = %(role)s, session_epoch = session_epoch + 1 WHERE user_id = %(user_id)s AND role <> %(role)s;

-- name: people_set_active
UPDATE users SET active = %(active)s, session_epoch = session_epoch + 1 WHERE user_id = %(user_id)s AND active <> %(active)s;

-- name: list_clients
-- By whom and when each person's last session was sent; two steps in an index for each of them.
SELECT users.user_id, concat_ws(' ', newest.agent, newest.agent_version) AS client, last.received_at AS last_upload_at
FROM users
LEFT JOIN LATERAL (
    SELECT agent, agent_version FROM sessions
    WHERE sessions.user_id = users.user_id ORDER BY started_at DESC LIMIT 1
) AS newest ON true
LEFT JOIN LATERAL (
    SELECT received_at FROM inbox WHERE inbox.user_id = users.user_id ORDER BY inbox_id DESC LIMIT 1
) AS last ON true;
