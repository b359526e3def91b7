-- The audit log.

-- name: record_audit_entry
INSERT INTO audit_log (actor_id, subject_id, action, detail)
VALUES (%(actor_id)s, %(subject_id)s, %(action)s, %(detail)s::jsonb);

-- name: list_audit_entries
-- A page, newest first; optionally of one user (as actor or subject) or of one action.
SELECT entry.entry_id, entry.happened_at, entry.action, entry.detail, actor.username AS actor, subject.username AS subject
FROM audit_log AS entry
LEFT JOIN users AS actor ON actor.user_id = entry.actor_id
LEFT JOIN users AS subject ON subject.user_id = entry.subject_id
WHERE (%(before)s::bigint IS NULL OR entry.entry_id < %(before)s)
  AND (%(person)s::bigint IS NULL OR entry.actor_id = %(person)s OR entry.subject_id = %(person)s)
  AND (%(action)s::text IS NULL OR entry.action = %(action)s)
ORDER BY entry.entry_id DESC LIMIT %(limit)s;

-- name: audit_view_exists
-- Timestamps in the future were recorded while the clock was ahead, so they do not count.
SELECT EXISTS (
    SELECT FROM audit_log
    WHERE subject_id = %(subject_id)s AND happened_at BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'
      AND actor_id = %(actor_id)s AND action = 'person.viewed'
) AS found;

-- name: audit_view_lock
-- A page sends parallel requests: one of them records the view, the others wait and find it recorded.
SELECT pg_advisory_xact_lock(715005, mod(%(subject_id)s, 2147483647)::integer);

-- name: audit_view
-- Inserts nothing if the user does not exist.
INSERT INTO audit_log (actor_id, subject_id, action)
SELECT %(actor_id)s, user_id, 'person.viewed' FROM users WHERE user_id = %(subject_id)s;

-- name: record_team_view
-- At most once an hour; the entry has an actor but no subject.
INSERT INTO audit_log (actor_id, action)
SELECT %(actor_id)s, 'people.viewed'
WHERE NOT EXISTS (
    SELECT FROM audit_log
    WHERE subject_id IS NULL AND happened_at BETWEEN now() - interval '1 hour' AND now() + interval '1 minute'
      AND actor_id = %(actor_id)s AND action = 'people.viewed'
);

-- name: audit_forget_labels
-- Removes the key labels of a deleted user; the entries stay.
UPDATE audit_log SET detail = detail - 'label' WHERE subject_id = %(user_id)s AND detail ? 'label';
