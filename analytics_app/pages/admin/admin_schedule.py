"""The admin page, schedule: what ran when, how long it took, how it ended, and when it is due again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output, dcc, html

from analytics_app.auth.guard import require_admin
from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import how_long, records, section
from analytics_app.view import View, current_view
from db import scheduled_runs
from db.run_records import ScheduledRun

ENTRY = Entry(admin_frame.SCHEDULE, "Schedule", "people", "admin", listed=False)
LOOK_EVERY_MS = 10_000
RECENT = 30
MAX_DETAIL_LENGTH = 160
#: A run that nobody has begun by then is worth a look.
PATIENCE = timedelta(minutes=5)


def layout(view: View) -> html.Div:
    """The page before the runs have come."""
    require_admin()
    intro = view.language.text(
        "What the server does by itself, in the team's time: {zone}.",
        zone=view.service.settings.insights_timezone,
    )
    content = [
        html.Div(html.Div(className="skeleton fill tall"), id="schedule", className="stack"),
        dcc.Interval(id="schedule-tick", interval=LOOK_EVERY_MS),
    ]
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback reads all of it."""

    @app.callback(Output("schedule", "children"), Input("schedule-tick", "n_intervals"))
    def show_schedule(_ticks: object) -> list[Any]:
        require_admin()
        view = current_view(service)
        entries = scheduled_runs.list_schedule_entries(service.database)
        if not entries:
            return [_nothing(view.language)]
        recent = scheduled_runs.list_recent_runs(service.database, RECENT)
        return [_entries(entries, view), *([_recent(recent, view)] if recent else [])]


def _nothing(lang: Language) -> html.Section:
    empty = panels.empty(
        lang.text("No scheduler has been running yet"),
        lang.text("Once it runs, it says here what it does when."),
    )
    return section(lang.text("Schedule"), "", [empty])


def _entries(entries: Sequence[scheduled_runs.ScheduleEntry], view: View) -> html.Section:
    lang = view.language
    title = lang.text("Schedule")
    columns = [
        lang.text("Entry"),
        lang.text("Last due"),
        lang.text("Outcome"),
        lang.text("Took"),
        lang.text("Next due"),
    ]
    rows = [_entry(entry, columns, view) for entry in entries]
    note = lang.plural("{count} entry", "{count} entries", len(rows))
    return section(title, note, [records(title, columns, rows, "schedule")])


def _entry(entry: scheduled_runs.ScheduleEntry, columns: list[str], view: View) -> html.Tr:
    """The newest run of it, and the next one."""
    lang, run = view.language, entry.newest
    following = team_moment(entry.next_due_at, view) if entry.next_due_at else "–"
    return html.Tr(
        [
            html.Td(entry_name(entry.name, lang), className="name"),
            _cell(columns[1], team_moment(run.due_at, view) if run else "–"),
            html.Td(_outcome(run, view) if run else lang.text("has not run yet")),
            _cell(columns[3], took(run, lang) if run else "–"),
            _cell(columns[4], following),
        ]
    )


def _recent(runs: Sequence[ScheduledRun], view: View) -> html.Section:
    lang = view.language
    title = lang.text("Recent runs")
    columns = [
        lang.text("Due"),
        lang.text("Entry"),
        lang.text("Outcome"),
        lang.text("Took"),
        lang.text("Result"),
    ]
    rows = [
        html.Tr(
            [
                html.Td(team_moment(run.due_at, view), className="name"),
                html.Td(entry_name(run.name, lang)),
                html.Td(_outcome(run, view)),
                _cell(columns[3], took(run, lang)),
                html.Td(result(run), className="result"),
            ]
        )
        for run in runs
    ]
    return section(
        title, lang.text("the newest {count}", count=len(rows)), [records(title, columns, rows, "runs")]
    )


def _cell(title: str, shown: str) -> html.Td:
    return html.Td(shown, className="moment", **attributes(data_title=title))


def entry_name(name: str, lang: Language) -> str:
    """An entry in words; one that has none yet, as the schedule calls it."""
    return {
        "check": lang.text("Check of the sums"),
        "export": lang.text("Export"),
        "retention": lang.text("Retention"),
        "forget_logins": lang.text("Forget failed logins"),
        "forget_runs": lang.text("Forget old runs"),
    }.get(name, name.replace("_", " "))


def team_moment(moment: datetime, view: View) -> str:
    """On the team's clock, which the schedule goes by."""
    zone = ZoneInfo(view.service.settings.insights_timezone)
    return view.language.moment(moment.astimezone(zone))


def took(run: ScheduledRun, lang: Language) -> str:
    """From its begin to its end."""
    if run.started_at is None or run.finished_at is None:
        return "–"
    return how_long((run.finished_at - run.started_at).total_seconds(), lang)


def _outcome(run: ScheduledRun, view: View) -> html.Span:
    """A sign and a word, and in a colour only what is done or wants a look."""
    lang = view.language
    if run.outcome == "done":
        return _state("✓", lang.text("done"), "mood-good")
    if run.outcome == "failed":
        return _state("✕", lang.text("failed"), "mood-bad")
    if run.started_at is not None:
        return _state("…", lang.text("under way"), "")
    late = view.service.now() - run.due_at > PATIENCE
    return _state("▲" if late else "…", lang.text("waits for a worker"), "mood-look" if late else "")


def _state(sign: str, word: str, mood: str) -> html.Span:
    return html.Span(
        [html.Span(f"{sign} ", className="sign", **attributes(aria_hidden="true")), word], className=mood
    )


def result(run: ScheduledRun) -> str:
    """What the run noted, in its own words."""
    parts = (f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in sorted(run.detail.items()))
    return " · ".join(parts)[:MAX_DETAIL_LENGTH]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value)
