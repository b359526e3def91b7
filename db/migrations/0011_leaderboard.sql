-- What the leaderboard needs beside tokens and sessions, and a switch for all.

-- Outcomes of tool calls by person and day: the days by tool are hundreds of times as many rows.
ALTER TABLE daily_stats
    ADD COLUMN calls_succeeded amount NOT NULL DEFAULT 0,
    ADD COLUMN calls_failed amount NOT NULL DEFAULT 0;
UPDATE daily_stats
SET calls_succeeded = tools.succeeded, calls_failed = tools.failed
FROM (
    SELECT user_id, stat_date, sum(success_count) AS succeeded, sum(error_count) AS failed
    FROM daily_tools GROUP BY user_id, stat_date
) AS tools
WHERE tools.user_id = daily_stats.user_id AND tools.stat_date = daily_stats.stat_date;

-- One row: what admins decide for the whole team.
CREATE TABLE team_settings (
    only_row       boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    leaderboard_on boolean NOT NULL DEFAULT true
);
INSERT INTO team_settings DEFAULT VALUES;
