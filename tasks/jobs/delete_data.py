"""Completes deletions requested by a person or an admin: first the rows, then the exported files, then the account."""

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
    deletion: Deletion,
    today: date,
    *,
    program: str,
    seconds: float = math.inf,
) -> bool:
    """Do the remaining steps of a deletion; idempotent. Returns False if time ran out before all files were rewritten.

    Raises OSError when a file can't be written; the rows are deleted by then, and the deletion stays open.
    """
    if not deletion.rows_gone:
        deletions.delete_rows_of_user(db, deletion)
    if exporter.remove_person(db, export_target, deletion.username, today, seconds=seconds).left:
        return False
    deletions.finish_deletion(db, deletion, program=program)
    return True
