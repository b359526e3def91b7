"""What lies in the tables, read past all code of ours: every row as text, and whose it is."""

import hashlib
from collections.abc import Iterator
from contextlib import closing

import psycopg2
from psycopg2 import sql

TABLES = """
SELECT pg_class.relname, coalesce(bool_or(attname = 'user_id'), false)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
GROUP BY pg_class.relname ORDER BY pg_class.relname
"""


def all_text(url: str) -> str:
    """Every row of every table, as PostgreSQL writes it."""
    with closing(psycopg2.connect(url)) as connection:
        return "\n".join(row for table, _ in _tables(connection) for row in _rows(connection, table, "true"))


def digests(url: str, user_id: int) -> dict[str, str]:
    """One hash over all rows of a person, by table."""
    with closing(psycopg2.connect(url)) as connection:
        return {
            table: hashlib.sha256(
                "\n".join(_rows(connection, table, f"user_id = {user_id:d}")).encode()
            ).hexdigest()
            for table, has_owner in _tables(connection)
            if has_owner
        }


def _tables(connection: psycopg2.extensions.connection) -> list[tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return list(cursor.fetchall())


def _rows(connection: psycopg2.extensions.connection, table: str, condition: str) -> Iterator[str]:
    question = sql.SQL("SELECT t::text FROM {} AS t WHERE {} ORDER BY 1")
    with connection.cursor() as cursor:
        cursor.execute(question.format(sql.Identifier(table), sql.SQL(condition)))
        yield from (row[0] for row in cursor)
