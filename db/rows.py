"""Turns the rows of a statement into frozen, typed records."""

from dataclasses import fields
from functools import cache
from typing import Any, Self


@cache
def _names(record: type) -> tuple[str, ...]:
    """Return the record's field names; cached, because it is called for every row."""
    return tuple(field.name for field in fields(record))


class FromRow:
    """A record that is built from a row, column by field."""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """Build the record; columns without a field are ignored."""
        return cls(**{name: row[name] for name in _names(cls)})  # type: ignore[arg-type]
