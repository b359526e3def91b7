-- Failed logins, counted in PostgreSQL so that every worker knows them. What was typed as a name may be an e-mail address, or
-- the password itself: a few digits of its hash tell one from another, and tell nothing else.

-- name: count_recent_login_failures
-- Of this name from this address, and of whatever names from there. A time to come was noted while the clock was ahead.
SELECT count(*) FILTER (WHERE username = left(encode(sha256(convert_to(%(username)s, 'UTF8')), 'hex'), 8)) AS of_name,
       count(*) AS of_address
FROM login_failures
WHERE address = %(address)s AND failed_at BETWEEN now() - interval '15 minutes' AND now() + interval '1 minute';

-- name: record_login_failure
INSERT INTO login_failures (username, address)
VALUES (left(encode(sha256(convert_to(left(%(username)s, 200), 'UTF8')), 'hex'), 8), left(%(address)s, 64));

-- name: clear_login_failures
DELETE FROM login_failures
WHERE username = left(encode(sha256(convert_to(%(username)s, 'UTF8')), 'hex'), 8) AND address = %(address)s;

-- name: login_failures_of
-- The name goes with the person, and the address that some type in its place.
DELETE FROM login_failures
USING users, unnest(ARRAY[users.username, email]) AS typed (name)
WHERE user_id = %(user_id)s AND login_failures.username = left(encode(sha256(convert_to(typed.name, 'UTF8')), 'hex'), 8);

-- name: delete_old_login_failures
DELETE FROM login_failures WHERE failed_at < now() - interval '1 day';
