"""Deletions that a person or an admin asked for, from the page or the command line: rows, exported files, account."""

import math
from datetime import date

from db.connection import Database
from db.lifecycle import deletions
from db.lifecycle.deletions import Deletion
from tasks.exports import exporter
from tasks.exports.exporter import ExportTarget


def complete(
    db: Database,
    export_target: ExportTarget,
    asked: Deletion,
    today: date,
    *,
    program: str,
    seconds: float = math.inf,
) -> bool:
    """Do what is left of a deletion; may run twice. False if the seconds were over before all files were written.

    Raises OSError where a file can't be written: the rows are gone by then, and the deletion stays open.
    """
    if not asked.rows_gone:
        deletions.delete_rows_of_user(db, asked)
    if exporter.forget(db, export_target, asked.username, today, seconds=seconds).left:
        return False
    deletions.finish_deletion(db, asked, program=program)
    return True
