-- Accounts: users, their API keys, failed logins, the audit log and the settings of the team.

-- One row per user. Rows of session data refer to their owner by user_id.
CREATE TABLE users (
    user_id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username            text NOT NULL UNIQUE CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$'),
    email               text CHECK (length(email) BETWEEN 3 AND 254),
    role                text NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'admin')),
    -- What the server stores of an upload: nothing, figures without text, or figures and text.
    share_level         text NOT NULL DEFAULT 'metadata' CHECK (share_level IN ('none', 'metadata', 'full')),
    show_in_leaderboard boolean NOT NULL DEFAULT true,
    -- An inactive user can neither log in nor upload.
    active              boolean NOT NULL DEFAULT true,
    -- NULL: the user has no password and cannot log in to the dashboard.
    password_hash       text CHECK (password_hash LIKE '$argon2id$%'),
    -- A login is valid only for the epoch in which it was made, so an increment ends all logins of the user.
    session_epoch       integer NOT NULL DEFAULT 1,
    -- NULL in these three columns: the user has not chosen a value.
    locale              text CHECK (locale IN ('de', 'en')),
    time_zone           text,
    theme               text CHECK (theme IN ('light', 'dark')),
    created_at          timestamptz NOT NULL DEFAULT now(),
    -- When one of the user's API keys was last used, accurate to one minute.
    last_seen_at        timestamptz
);

-- Deactivating a user or changing the role ends all logins; undoing the change does not restore them.
CREATE FUNCTION end_logins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.session_epoch := OLD.session_epoch + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_end_logins BEFORE UPDATE OF active, role ON users
    FOR EACH ROW WHEN (OLD.active <> NEW.active OR OLD.role <> NEW.role) EXECUTE FUNCTION end_logins();

-- One row per API key. The key itself is not stored: a SHA-256 hash is enough to recognise a random key.
CREATE TABLE api_keys (
    user_id      bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    key_id       bigint GENERATED ALWAYS AS IDENTITY,
    -- The name that the user gave the key.
    label        text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
    -- The first characters of the key, by which the user recognises it in a list.
    prefix       text NOT NULL CHECK (length(prefix) <= 24),
    key_hash     bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- Accurate to one minute, so that concurrent uploads do not wait for this row.
    last_used_at timestamptz,
    -- NULL: the key does not expire.
    expires_at   timestamptz,
    -- NULL: the key is not revoked.
    revoked_at   timestamptz,
    PRIMARY KEY (user_id, key_id)
);

-- One row per failed login, from which the server limits further attempts.
CREATE TABLE login_failures (
    -- The first hex digits of a hash of the name that was entered: people may type a password there by mistake.
    username  text NOT NULL CHECK (length(username) <= 200),
    -- The IP address of the client.
    address   text NOT NULL CHECK (length(address) <= 64),
    failed_at timestamptz NOT NULL DEFAULT now()
);
-- Serves both limits: the failures of an address with any name, and those with one name.
CREATE INDEX login_failures_recent ON login_failures (address, failed_at);

-- One row per administrative action, change of an account, or view of other users' data. The rows outlive the users that
-- they refer to.
CREATE TABLE audit_log (
    entry_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    happened_at timestamptz NOT NULL DEFAULT now(),
    -- Who acted. NULL: the server, the command line, or a user who has been deleted.
    actor_id    bigint REFERENCES users ON DELETE SET NULL,
    -- Whose account or data the action concerned.
    subject_id  bigint REFERENCES users ON DELETE SET NULL,
    action      text NOT NULL CHECK (length(action) <= 100),
    -- Further facts; never a key, a password or text of a session.
    detail      jsonb NOT NULL DEFAULT '{}'
);
-- Lists the entries about one user by time.
CREATE INDEX audit_log_subject ON audit_log (subject_id, happened_at);

-- A single row with what admins decide for the whole team.
CREATE TABLE team_settings (
    -- The primary key admits one value only, so the table holds at most one row.
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    leaderboard_on boolean NOT NULL DEFAULT true
);
INSERT INTO team_settings DEFAULT VALUES;
