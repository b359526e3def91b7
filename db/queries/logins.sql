-- Failed logins, counted in PostgreSQL so that every worker knows them.

-- name: login_failures_recent
-- Of this name from this address, and of whatever names from there.
SELECT count(*) FILTER (WHERE username = %(username)s) AS of_name, count(*) AS of_address FROM login_failures
WHERE address = %(address)s AND failed_at > now() - interval '15 minutes';

-- name: login_failure_record
INSERT INTO login_failures (username, address) VALUES (left(%(username)s, 200), left(%(address)s, 64));

-- name: login_failures_clear
DELETE FROM login_failures
WHERE username = %(username)s AND address = %(address)s;

-- name: login_failures_of
-- The name goes with the person.
DELETE FROM login_failures WHERE username = (SELECT username FROM users WHERE user_id = %(user_id)s);

-- name: login_failures_forget
DELETE FROM login_failures WHERE failed_at < now() - interval '1 day';
