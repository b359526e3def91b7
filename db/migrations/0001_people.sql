-- People, their keys, and who did what: the owners of every other row.

CREATE TABLE users (
    user_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username            text NOT NULL UNIQUE CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$'),
    email               text CHECK (length(email) BETWEEN 3 AND 254),
    role                text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin')),
    share_level         text NOT NULL DEFAULT 'metadata' CHECK (share_level IN ('none', 'metadata', 'full')),
    show_in_leaderboard boolean NOT NULL DEFAULT true,
    active              boolean NOT NULL DEFAULT true,
    password_hash       text CHECK (password_hash LIKE '$argon2id$%'),
    session_epoch       integer NOT NULL DEFAULT 1,
    locale              text CHECK (locale IN ('de', 'en')),
    time_zone           text,
    theme               text CHECK (theme IN ('light', 'dark')),
    created_at          timestamptz NOT NULL DEFAULT now(),
    last_seen_at        timestamptz
);

-- A raw key is stored nowhere: 32 bytes of SHA-256 over a random key are enough to recognise it.
CREATE TABLE api_keys (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    key_id       bigint GENERATED ALWAYS AS IDENTITY,
    label        text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    prefix       text NOT NULL CHECK (length(prefix) <= 24),
    key_hash     bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    expires_at   timestamptz,
    revoked_at   timestamptz,
    PRIMARY KEY (user_id, key_id)
);

CREATE TABLE login_failures (
    username  text NOT NULL CHECK (length(username) <= 200),
    address   text NOT NULL CHECK (length(address) <= 64),
    failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX login_failures_recent ON login_failures (username, address, failed_at);

CREATE TABLE audit_log (
    entry_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT now(),
    actor_id    bigint REFERENCES users ON DELETE SET NULL,
    subject_id  bigint REFERENCES users ON DELETE SET NULL,
    action      text NOT NULL CHECK (length(action) <= 100),
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_subject ON audit_log (subject_id, happened_at);
