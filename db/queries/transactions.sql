-- What every transaction may say about itself.

-- name: transaction_timeout
-- The server's own limit for each statement of this transaction.
SELECT set_config('statement_timeout', %(milliseconds)s::text, true);

-- name: snapshot_set
-- Every statement sees what there was at the first, and none changes anything.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: snapshot_share
-- For others who want to see the same moment, as long as this transaction lasts.
SELECT pg_export_snapshot() AS snapshot_id;

-- name: snapshot_join
SET TRANSACTION SNAPSHOT %(snapshot_id)s;

-- name: savepoint_set
SAVEPOINT one_row;

-- name: savepoint_undo
ROLLBACK TO SAVEPOINT one_row;

-- name: savepoint_release
RELEASE SAVEPOINT one_row;

-- name: ping
-- Does PostgreSQL answer?
SELECT 1 AS answer;
