-- Writes by the set: bodies wait uncompressed, and what belongs to a session goes with it a statement at a time, not a row.

-- A body lives for a second or two: packing and unpacking it costs more than the space.
ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL;

-- A foreign key asks once for every row, which was half of all that storing a session cost. Sessions and their parts are
-- written by one statement from the same upload, so a part can't miss its session; `manage.py check` counts orphans.
ALTER TABLE tool_usage DROP CONSTRAINT tool_usage_user_id_session_id_fkey;
ALTER TABLE session_tags DROP CONSTRAINT session_tags_user_id_session_id_fkey;
ALTER TABLE session_models DROP CONSTRAINT session_models_user_id_session_id_fkey;
ALTER TABLE tool_calls DROP CONSTRAINT tool_calls_user_id_session_id_fkey;
ALTER TABLE messages DROP CONSTRAINT messages_user_id_session_id_fkey;

-- What the foreign keys did for a session that is deleted.
CREATE FUNCTION parts_go_with_their_session() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    DELETE FROM tool_usage USING gone
    WHERE tool_usage.user_id = gone.user_id AND tool_usage.session_id = gone.session_id;
    DELETE FROM session_tags USING gone
    WHERE session_tags.user_id = gone.user_id AND session_tags.session_id = gone.session_id;
    DELETE FROM session_models USING gone
    WHERE session_models.user_id = gone.user_id AND session_models.session_id = gone.session_id;
    DELETE FROM tool_calls USING gone
    WHERE tool_calls.user_id = gone.user_id AND tool_calls.session_id = gone.session_id;
    DELETE FROM messages USING gone
    WHERE messages.user_id = gone.user_id AND messages.session_id = gone.session_id;
    RETURN NULL;
END $$;

CREATE TRIGGER sessions_take_their_parts AFTER DELETE ON sessions
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION parts_go_with_their_session();
