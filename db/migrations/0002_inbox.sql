-- The inbox: what was acknowledged lies here, committed, until it is rows or in quarantine with its reason.

CREATE TABLE inbox (
    inbox_id    bigint GENERATED ALWAYS AS IDENTITY,
    user_id     bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    upload_id   uuid NOT NULL UNIQUE,
    kind        text NOT NULL CHECK (kind IN ('session', 'plan')),
    name        text NOT NULL CHECK (length(name) <= 200),
    share_level text NOT NULL CHECK (share_level IN ('metadata', 'full')),
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'persisted', 'repeated', 'quarantined', 'discarded')),
    reason      text CHECK (length(reason) <= 500),
    attempts    integer NOT NULL DEFAULT 0,
    not_before  timestamptz NOT NULL DEFAULT now(),
    received_at timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    body        jsonb,
    PRIMARY KEY (user_id, inbox_id),
    -- A settled upload keeps no body; one that still has to be stored, or looked at, keeps it.
    CHECK (state = 'pending' AND body IS NOT NULL OR state = 'quarantined' OR body IS NULL),
    CHECK ((state = 'quarantined') <= (reason IS NOT NULL)),
    -- Text of a person who does not share it is refused by the table itself.
    CONSTRAINT inbox_holds_no_unshared_text CHECK (
        share_level = 'full' OR body IS NULL
        OR NOT (
            body @? '$.messages[*]' OR body ->> 'content' IS NOT NULL OR body ? 'refused'
            OR body @? '$.tool_calls[*] ? (exists(@.tool_input) || exists(@.tool_output))'
        )
    )
);
CREATE INDEX inbox_waiting ON inbox (inbox_id) WHERE state = 'pending';
CREATE INDEX inbox_quarantined ON inbox (inbox_id) WHERE state = 'quarantined';
CREATE INDEX inbox_bodies_of_user ON inbox (user_id) WHERE body IS NOT NULL;

-- Bodies come and go quickly here: clean up early, so the table stays small.
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05, fillfactor = 80);
