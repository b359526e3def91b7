-- Text on its way out: one row a person whose level was lowered, until none of the text stored before is left.
-- While it is there, nobody is shown text of this person and none is stored: what may be shared again by now waits.

CREATE TABLE text_purges (
    user_id       bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- The last upload that was received before.
    last_inbox_id bigint NOT NULL,
    asked_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
