"""The selection of data in the address: the state of the filter bar, so that a copied link shows the same view."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args
from urllib.parse import parse_qs, urlencode

from analytics_app.analysis.measures import Measure
from db.usage.breakdown_records import Grain
from db.usage.periods import Period, last_days
from db.usage.usage_records import Filters

RANGES = (7, 30, 90, 365)
DEFAULT_RANGE = 30
MAX_RANGE_DAYS = 3 * 366
MAX_NAME_LENGTH = 500
#: An id of a row: it always fits a 64-bit integer.
DIGITS = re.compile(r"[0-9]{1,18}")
#: What the Trends page can show, the default first, and the steps of time it shows it in.
MEASURES: tuple[Measure, ...] = get_args(Measure)
GRAINS: tuple[Grain, ...] = get_args(Grain)
#: Up to so many days are shown as days, up to so many as weeks, unless the address says otherwise.
MAX_DAYS, MAX_WEEK_DAYS = 100, 400
#: The value of "All" in a select, which can't show an empty one.
EVERYTHING = "*"


@dataclass(frozen=True)
class Selection:
    """The state of the filter bar: a period, and perhaps one project, one model or one person."""

    period: Period
    #: One of RANGES, or None for two days of the reader's own choice.
    days: int | None
    project: str | None = None
    model: str | None = None
    #: The user whose work is shown; always None in the view of someone who is no admin.
    person: int | None = None
    #: On the Tools page: the tool whose details are open.
    tool: str | None = None
    #: On the Trends page: what is shown, and in which steps; None = chosen by the length of the period.
    measure: Measure = MEASURES[0]
    grain: Grain | None = None

    @property
    def steps(self) -> Grain:
        """The steps of time that are shown."""
        if self.grain is not None:
            return self.grain
        if self.period.days <= MAX_DAYS:
            return "day"
        return "week" if self.period.days <= MAX_WEEK_DAYS else "month"

    @property
    def filters(self) -> Filters:
        """The part that narrows rows rather than days."""
        return Filters(project=self.project, model=self.model, user_id=self.person)

    @property
    def scope(self) -> tuple[Period, Filters]:
        """The days and the rows to read."""
        return self.period, self.filters

    @property
    def narrowed(self) -> bool:
        """Is this less than the whole team's work of the period?"""
        return (self.project, self.model, self.person) != (None, None, None)

    def unfiltered(self) -> "Selection":
        """The same view of all projects, models, people and tools."""
        return replace(self, project=None, model=None, person=None, tool=None)


def parse(search: object, today: date) -> Selection:
    """Read the query of an address; a field with an invalid value counts as absent."""
    query = parse_qs(search.removeprefix("?"), max_num_fields=None) if isinstance(search, str) else {}
    period, days = _period(query, today)
    return Selection(
        period,
        days,
        _name(query, "project"),
        _name(query, "model"),
        person=int(person) if DIGITS.fullmatch(person := _name(query, "person") or "") else None,
        tool=_name(query, "tool"),
        measure=next((known for known in MEASURES if known == _name(query, "measure")), MEASURES[0]),
        grain=next((known for known in GRAINS if known == _name(query, "steps")), None),
    )


def _period(query: dict[str, list[str]], today: date) -> tuple[Period, int | None]:
    first, last = _day(query, "from"), _day(query, "to")
    if first and last and first <= last <= today and (last - first).days < MAX_RANGE_DAYS:
        return Period(first, last), None
    requested = query.get("days", [""])[0]
    days = int(requested) if requested in {str(known) for known in RANGES} else DEFAULT_RANGE
    return last_days(days, today), days


def _day(query: dict[str, list[str]], name: str) -> date | None:
    try:
        day = date.fromisoformat(query.get(name, [""])[0])
    except ValueError:
        return None
    return day if day >= date(2020, 1, 1) else None


def _name(query: dict[str, list[str]], name: str) -> str | None:
    value = query.get(name, [""])[0].encode("utf-8", "replace").decode().replace("\0", "")[:MAX_NAME_LENGTH]
    return value if value and value != EVERYTHING else None


def query_of(selection: Selection) -> str:
    """The shortest address query that parses to this selection; empty for the default one."""
    chosen, usual = selection, selection.days is not None
    fields = {
        "from": None if usual else chosen.period.first.isoformat(),
        "to": None if usual else chosen.period.last.isoformat(),
        "days": chosen.days if chosen.days != DEFAULT_RANGE else None,
        "project": chosen.project,
        "model": chosen.model,
        "person": chosen.person,
        "tool": chosen.tool,
        "measure": chosen.measure if chosen.measure != MEASURES[0] else None,
        "steps": chosen.grain,
    }
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""
