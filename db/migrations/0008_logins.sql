-- Logins: what ends them, and how guessing is noticed whatever names are tried.

-- Whoever is deactivated or gets another role has to log in again, also when that is taken back later.
CREATE FUNCTION end_logins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.session_epoch := OLD.session_epoch + 1;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_end_logins BEFORE UPDATE OF active, role ON users
    FOR EACH ROW WHEN (OLD.active <> NEW.active OR OLD.role <> NEW.role) EXECUTE FUNCTION end_logins();

-- The failures of an address count over all names together, and for one name.
DROP INDEX login_failures_recent;
CREATE INDEX login_failures_recent ON login_failures (address, failed_at);
