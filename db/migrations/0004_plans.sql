-- Plans: documents that a coding agent wrote and its user uploaded.

-- One row per user and name of a plan: the version that was received last.
CREATE TABLE plans (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    title        text CHECK (length(title) <= 500),
    -- Text, stored with share level 'full' only.
    content      text,
    -- When the plan was written, as the client reports it.
    created_at   timestamptz,
    -- A hash of the uploaded content, by which a repeated upload is recognised.
    content_hash bytea NOT NULL,
    -- The upload that this row was stored from.
    upload_id    uuid NOT NULL,
    imported_at  timestamptz NOT NULL DEFAULT now(),
    share_level  text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    -- When the server received the upload.
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, name),
    -- The table rejects text of a user who does not share it.
    CONSTRAINT plans_hold_no_unshared_text CHECK (share_level = 'full' OR content IS NULL)
);
