"""How the inbox does, on the admin page: what waits, how far the charts are behind, and how the jobs went."""

from collections.abc import Sequence
from datetime import datetime

from dash import html

from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import how_long, records, section
from analytics_app.view import View
from db.uploads.inbox_stats import InboxFigures
from db.uploads.quarantine import MAX_COUNT
from tasks.queue.notifier import QueueFigures
from tasks.queue.stats import JobFigures

#: Mail that waits longer, or figures that are further behind, are worth a look.
PATIENCE_SECONDS = 60
FACTS = 5


def skeleton() -> html.Dl:
    """The places of the figures."""
    blank = html.Div([html.Dt("\u00a0"), html.Dd(html.Strong("\u00a0"))], className="fact skeleton")
    return html.Dl([blank] * FACTS, className="facts health")


def health(figures: InboxFigures, last: datetime | None, queue: QueueFigures | None, view: View) -> html.Dl:
    """Five figures; each says whether it is as it should be."""
    lang = view.language
    nothing_failed = queue is None or queue.failed == 0
    return html.Dl(
        [
            _fact(
                lang.text("Waiting"),
                _counted(figures.pending, lang),
                lang.text("the oldest for {time}", time=how_long(figures.oldest_seconds, lang))
                if figures.pending
                else lang.text("everything is stored"),
                figures.oldest_seconds < PATIENCE_SECONDS,
            ),
            _fact(
                lang.text("Charts are behind by"),
                how_long(figures.invisible_seconds, lang) if figures.invisible_seconds else "–",
                lang.text("whatever is stored is in the charts")
                if not figures.invisible_seconds
                else lang.text("usually a few seconds"),
                figures.invisible_seconds < PATIENCE_SECONDS,
            ),
            _fact(
                lang.text("In quarantine"),
                _counted(figures.quarantined, lang),
                lang.text("look at them below") if figures.quarantined else lang.text("nothing to look at"),
                not figures.quarantined,
            ),
            _fact(
                lang.text("Failed jobs"),
                lang.number(queue.failed) if queue else lang.text("unknown"),
                _about_failures(queue, lang),
                nothing_failed,
            ),
            _fact(
                lang.text("Last stored"),
                _when(last, view),
                view.moment(last) if last else lang.text("no upload has come yet"),
            ),
        ],
        className="facts health",
    )


def _when(last: datetime | None, view: View) -> str:
    """Short: the time of today, or the day."""
    if last is None:
        return view.language.text("never")
    here, now = last.astimezone(view.zone), view.service.now().astimezone(view.zone)
    return view.language.clock(here) if here.date() == now.date() else view.language.day(here.date())


def _fact(name: str, value: str, beside: str, well: bool = True) -> html.Div:
    sign = None if well else html.Span("▲ ", className="sign", **attributes(aria_hidden="true"))
    return html.Div(
        [
            html.Dt(name),
            html.Dd(
                [
                    html.Strong(value),
                    html.Span([sign, beside], className="below" if well else "below mood-look"),
                ]
            ),
        ],
        className="fact",
    )


def _counted(count: int, lang: Language) -> str:
    shown = lang.number(count)
    return shown if count < MAX_COUNT else lang.text("{count} and more", count=shown)


def _about_failures(queue: QueueFigures | None, lang: Language) -> str:
    if queue is None:
        return lang.text("Redis does not answer; uploads are taken all the same")
    if queue.failed:
        return lang.text("within a day; the worker's log says why")
    return lang.text("none within a day")


def jobs(queue: QueueFigures | None, lang: Language) -> html.Section:
    """How the jobs went, kind by kind."""
    title, note = lang.text("Jobs"), lang.text("since Redis was last emptied")
    if queue is None or not queue.jobs:
        empty = (
            panels.empty(
                lang.text("Redis does not answer"),
                lang.text("It holds no data. Bring it back, and what waits is stored within seconds."),
            )
            if queue is None
            else panels.empty(lang.text("No job has run yet"), lang.text("The first upload starts one."))
        )
        return section(title, "", [empty])
    columns = [
        lang.text("Job"),
        lang.text("Done"),
        lang.text("Failed"),
        lang.text("Waited on average"),
        lang.text("Took on average"),
    ]
    return section(
        title, note, [records(title, columns, [_job_row(job, columns, lang) for job in queue.jobs], "jobs")]
    )


def _job_row(job: JobFigures, columns: Sequence[str], lang: Language) -> html.Tr:
    runs = max(1, job.done + job.failed)
    values = [
        lang.number(job.done),
        lang.number(job.failed),
        how_long(job.waited.seconds / runs, lang),
        how_long(job.worked.seconds / runs, lang),
    ]
    return html.Tr(
        [
            html.Td(job_name(job.job, lang), className="name"),
            *(
                html.Td(value, className="number", **attributes(data_title=title))
                for title, value in zip(columns[1:], values, strict=True)
            ),
        ]
    )


def job_name(job: str, lang: Language) -> str:
    """A job in words; one that has none yet, as the code calls it."""
    return {
        "persist": lang.text("Store uploads"),
        "rollup": lang.text("Recompute days"),
        "purge": lang.text("Remove text"),
        "delete": lang.text("Delete somebody's data"),
        "scheduled": lang.text("Runs of the schedule"),
    }.get(job, job)
