"""The schedule of the Administration page: what ran when, how long it took, how it ended, and when it is due again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dash import Dash, Input, Output, dcc, html

from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.sections import placeholder, section
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.current_user import require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import team_moment, time_span
from db import scheduled_runs
from db.run_records import ScheduledRun

ENTRY = Entry(admin_frame.SCHEDULE, "Schedule", "people", "admin", listed=False)
REFRESH_EVERY_MS = 10_000
RECENT = 30
MAX_DETAIL_LENGTH = 160
#: A run that no worker has begun by then is worth a look.
MAX_DELAY = timedelta(minutes=5)


def layout(view: View) -> html.Div:
    """The page before the runs have come."""
    intro = view.language.text(
        "What the server does by itself, in the team's time: {zone}.",
        zone=view.service.settings.insights_timezone,
    )
    content = [
        placeholder("schedule", "stack"),
        dcc.Interval(id="schedule-tick", interval=REFRESH_EVERY_MS),
    ]
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback reads the entries and their recent runs."""

    @app.callback(Output("schedule", "children"), Input("schedule-tick", "n_intervals"))
    def show_schedule(_ticks: object) -> list[Any]:
        require_admin()
        view = current_view(service)
        lang, entries = view.language, scheduled_runs.list_schedule_entries(service.database)
        if not entries:
            empty = panels.empty(
                lang.text("No scheduler has been running yet"),
                lang.text("Once it runs, it says here what it does when."),
            )
            return [section(lang.text("Schedule"), "", [empty])]
        recent = scheduled_runs.list_recent_runs(service.database, RECENT)
        return [_entries(entries, view), *([_recent(recent, view)] if recent else [])]


def _entries(entries: Sequence[scheduled_runs.ScheduleEntry], view: View) -> html.Section:
    """Each entry with its newest run and its next one."""
    lang = view.language
    title = lang.text("Schedule")
    columns = [
        Column(lang.text("Entry"), "name"),
        Column(lang.text("Last due"), "moment", titled_on_phone=True),
        Column(lang.text("Outcome")),
        Column(lang.text("Took"), "moment", titled_on_phone=True),
        Column(lang.text("Next due"), "moment", titled_on_phone=True),
    ]
    rows = [
        Row(
            [
                entry_name(entry.name, lang),
                team_moment(entry.newest.due_at, view) if entry.newest else "–",
                _outcome(entry.newest, view) if entry.newest else lang.text("has not run yet"),
                took(entry.newest, lang) if entry.newest else "–",
                team_moment(entry.next_due_at, view) if entry.next_due_at else "–",
            ]
        )
        for entry in entries
    ]
    note = lang.plural("{count} entry", "{count} entries", len(rows))
    return section(title, note, [records(title, columns, rows, "schedule")])


def _recent(runs: Sequence[ScheduledRun], view: View) -> html.Section:
    lang = view.language
    title = lang.text("Recent runs")
    columns = [
        Column(lang.text("Due"), "name"),
        Column(lang.text("Entry")),
        Column(lang.text("Outcome")),
        Column(lang.text("Took"), "moment", titled_on_phone=True),
        Column(lang.text("Result"), "result"),
    ]
    rows = [
        Row(
            [
                team_moment(run.due_at, view),
                entry_name(run.name, lang),
                _outcome(run, view),
                took(run, lang),
                result(run),
            ]
        )
        for run in runs
    ]
    note = lang.text("the newest {count}", count=len(rows))
    return section(title, note, [records(title, columns, rows, "runs")])


def entry_name(name: str, lang: Language) -> str:
    """The entry in the reader's language; an entry without a text keeps its name."""
    return {
        "check": lang.text("Check of the sums"),
        "export": lang.text("Export"),
        "retention": lang.text("Retention"),
        "forget_logins": lang.text("Forget failed logins"),
        "forget_runs": lang.text("Forget old runs"),
    }.get(name, name.replace("_", " "))


def took(run: ScheduledRun, lang: Language) -> str:
    """How long the run took; a dash if it has not ended."""
    if run.started_at is None or run.finished_at is None:
        return "–"
    return time_span((run.finished_at - run.started_at).total_seconds(), lang)


def _outcome(run: ScheduledRun, view: View) -> html.Span:
    """A sign and a text; only a success and what is worth a look have a colour."""
    lang = view.language
    is_late = view.service.now() - run.due_at > MAX_DELAY
    if run.outcome == "done":
        sign, text, mood = "✓", lang.text("done"), "mood-good"
    elif run.outcome == "failed":
        sign, text, mood = "✕", lang.text("failed"), "mood-bad"
    elif run.started_at is not None:
        sign, text, mood = "…", lang.text("under way"), ""
    else:
        sign, mood = ("▲", "mood-look") if is_late else ("…", "")
        text = lang.text("waits for a worker")
    hidden = html.Span(f"{sign} ", className="sign", **attributes(aria_hidden="true"))
    return html.Span([hidden, text], className=mood)


def result(run: ScheduledRun) -> str:
    """What the run recorded, as `name: value` in one line."""
    parts = []
    for name, value in sorted(run.detail.items()):
        text = (", ".join(map(str, value)) or "–") if isinstance(value, list) else str(value)
        parts.append(f"{name.replace('_', ' ')}: {text}")
    return " · ".join(parts)[:MAX_DETAIL_LENGTH]
