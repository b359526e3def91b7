-- Plans as they are stored. Nothing has written any before, so no row needs a value here.

ALTER TABLE plans
    ADD COLUMN share_level text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    ADD COLUMN received_at timestamptz NOT NULL,
    -- Text of a person who does not share it is refused by the table itself.
    ADD CONSTRAINT plans_hold_no_unshared_text CHECK (share_level = 'full' OR content IS NULL);

-- Plans are few among the mail, and must not be searched for in all of it.
CREATE INDEX inbox_waiting_plans ON inbox (inbox_id) WHERE state = 'pending' AND kind = 'plan';
