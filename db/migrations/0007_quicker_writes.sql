-- Writes by the set: bodies wait uncompressed, and what belongs to a session is checked a statement at a time, not a row.

-- A body lives for a second or two: packing and unpacking it costs more than the space.
ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL;

ALTER TABLE tool_usage DROP CONSTRAINT tool_usage_user_id_session_id_fkey;
ALTER TABLE session_tags DROP CONSTRAINT session_tags_user_id_session_id_fkey;
ALTER TABLE session_models DROP CONSTRAINT session_models_user_id_session_id_fkey;
ALTER TABLE tool_calls DROP CONSTRAINT tool_calls_user_id_session_id_fkey;
ALTER TABLE messages DROP CONSTRAINT messages_user_id_session_id_fkey;

-- A foreign key asks once for every row, which was half of all that storing a session cost. The two settings keep to
-- the primary key of sessions, whatever the planner knows of a table that was empty a minute ago.
CREATE FUNCTION parts_need_their_session() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT user_id, session_id FROM added) AS part
        WHERE NOT EXISTS (
            SELECT FROM sessions
            WHERE sessions.user_id = part.user_id AND sessions.session_id = part.session_id
        )
    ) THEN
        RAISE foreign_key_violation USING MESSAGE = 'a row of ' || TG_TABLE_NAME || ' has no session';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tool_usage_needs_session AFTER INSERT ON tool_usage
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION parts_need_their_session();
CREATE TRIGGER session_tags_need_session AFTER INSERT ON session_tags
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION parts_need_their_session();
CREATE TRIGGER session_models_need_session AFTER INSERT ON session_models
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION parts_need_their_session();
CREATE TRIGGER tool_calls_need_session AFTER INSERT ON tool_calls
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION parts_need_their_session();
CREATE TRIGGER messages_need_session AFTER INSERT ON messages
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION parts_need_their_session();

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
