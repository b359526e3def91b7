-- Uploads: the inbox of accepted uploads, and the requests to remove text or all data of a user.

-- One row per accepted upload. The server commits the row before it acknowledges the upload; the worker then stores the
-- content in the tables of sessions or plans, or puts the upload into quarantine.
CREATE TABLE inbox (
    inbox_id    bigint GENERATED ALWAYS AS IDENTITY,
    user_id     bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The id that the client receives and asks for the status with.
    upload_id   uuid NOT NULL UNIQUE,
    kind        text NOT NULL CHECK (kind IN ('session', 'plan')),
    -- The session id, or the name of the plan.
    name        text NOT NULL CHECK (length(name) <= 200),
    -- The share level of the user at the time of the upload; 'metadata' once the text has been removed.
    share_level text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    -- pending: not stored yet. persisted: stored. repeated: not stored, because it holds nothing new.
    -- quarantined: not storable, kept for an admin. discarded: removed from quarantine, its body deleted.
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'persisted', 'repeated', 'quarantined', 'discarded')),
    -- Why the upload is in quarantine, or why the last attempt to store it failed.
    reason      text CHECK (length(reason) <= 500),
    -- How many attempts to store the upload have failed.
    attempts    integer NOT NULL DEFAULT 0,
    -- The worker does not try again before this time.
    not_before  timestamptz NOT NULL DEFAULT now(),
    received_at timestamptz NOT NULL DEFAULT now(),
    -- When the state became other than pending; NULL while it is pending.
    settled_at  timestamptz,
    -- The checked and redacted content.
    body        jsonb,
    PRIMARY KEY (user_id, inbox_id),
    -- Only pending and quarantined uploads keep their body.
    CHECK (state = 'pending' AND body IS NOT NULL OR state = 'quarantined' OR body IS NULL),
    -- A quarantined upload has a reason.
    CHECK ((state = 'quarantined') <= (reason IS NOT NULL)),
    -- The table rejects text of a user who does not share it.
    CONSTRAINT inbox_holds_no_unshared_text CHECK (
        share_level = 'full' OR body IS NULL
        OR NOT (
            body @? '$.messages[*]' OR body ->> 'content' IS NOT NULL OR body ? 'refused'
            OR body @? '$.tool_calls[*] ? (exists(@.tool_input) || exists(@.tool_output))'
        )
    )
);

-- Bodies are deleted within seconds, so early vacuums keep the table small.
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, fillfactor = 80);
-- Compressing a body that is deleted within seconds costs more time than the disk space is worth.
ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL;

-- Finds pending uploads in the order of their receipt.
CREATE INDEX inbox_waiting ON inbox (inbox_id) WHERE state = 'pending';
-- Lists the quarantine.
CREATE INDEX inbox_quarantined ON inbox (inbox_id) WHERE state = 'quarantined';
-- Finds the bodies that a purge of a user's text or the retention period has to change.
CREATE INDEX inbox_bodies_of_user ON inbox (user_id) WHERE body IS NOT NULL;
-- Plans are few among the pending uploads, and this index finds them without reading the others.
CREATE INDEX inbox_waiting_plans ON inbox (inbox_id) WHERE state = 'pending' AND kind = 'plan';
-- The worker takes the oldest pending sessions of each user in turn without reading all pending uploads.
CREATE INDEX inbox_waiting_of_user ON inbox (user_id, inbox_id) WHERE settled_at IS NULL AND kind = 'session';

-- One row per user whose share level was lowered from 'full', until all text stored before that is removed. While the
-- row exists, no text of the user is shown, and uploads with text stay pending.
CREATE TABLE text_purges (
    user_id       bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- The last upload received before the request.
    last_inbox_id bigint NOT NULL,
    requested_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per user whose data is to be deleted, until it is removed from all tables and from the exported files.
CREATE TABLE data_deletions (
    user_id       bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    -- The last upload received before the request; data of later uploads is kept.
    last_inbox_id bigint NOT NULL,
    requested_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- True when the rows are deleted and only the exported files remain to be rewritten.
    rows_gone     boolean NOT NULL DEFAULT false,
    -- True when the account is deleted together with its data.
    with_account  boolean NOT NULL DEFAULT false,
    -- The user or admin who made the request.
    requested_by      bigint REFERENCES users ON DELETE SET NULL
);
