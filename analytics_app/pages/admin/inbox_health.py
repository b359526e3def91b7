"""The figures of the inbox on the Administration page: what waits, how far the charts are behind, and the jobs."""

from datetime import datetime

from dash import html

from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.sections import section
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import time_span
from db.uploads.inbox_stats import InboxFigures
from db.uploads.quarantine import MAX_COUNT
from tasks.queue.notifier import QueueFigures

#: A longer wait of an upload, or a longer delay of the charts, is worth a look.
MAX_DELAY_SECONDS = 60
FIGURES = 5


def skeleton() -> html.Dl:
    """The figures before their values have come."""
    blank = html.Div([html.Dt("\u00a0"), html.Dd(html.Strong("\u00a0"))], className="fact skeleton")
    return html.Dl([blank] * FIGURES, className="facts health")


def health(figures: InboxFigures, last: datetime | None, queue: QueueFigures | None, view: View) -> html.Dl:
    """Five figures; each says whether it is as it should be."""
    lang = view.language
    waiting, behind, quarantined = figures.pending, figures.invisible_seconds, figures.quarantined
    failed = queue.failed if queue else 0
    last_here, now = (moment and moment.astimezone(view.zone) for moment in (last, view.service.now()))
    shown = [
        _figure(
            lang.text("Waiting"),
            _count(waiting, lang),
            lang.text("the oldest for {time}", time=time_span(figures.oldest_seconds, lang))
            if waiting
            else lang.text("everything is stored"),
            figures.oldest_seconds < MAX_DELAY_SECONDS,
        ),
        _figure(
            lang.text("Charts are behind by"),
            time_span(behind, lang) if behind else "–",
            lang.text("usually a few seconds")
            if behind
            else lang.text("whatever is stored is in the charts"),
            behind < MAX_DELAY_SECONDS,
        ),
        _figure(
            lang.text("In quarantine"),
            _count(quarantined, lang),
            lang.text("look at them below") if quarantined else lang.text("nothing to look at"),
            not quarantined,
        ),
        _figure(
            lang.text("Failed jobs"),
            lang.number(failed) if queue else lang.text("unknown"),
            lang.text("within a day; the worker's log says why")
            if failed
            else lang.text("none within a day")
            if queue
            else lang.text("Redis does not answer; uploads are taken all the same"),
            not failed,
        ),
        _figure(
            lang.text("Last stored"),
            lang.text("never")
            if last_here is None
            else lang.clock(last_here)
            if now and last_here.date() == now.date()
            else lang.day(last_here.date()),
            view.moment(last) if last else lang.text("no upload has come yet"),
        ),
    ]
    return html.Dl(shown, className="facts health")


def _figure(name: str, value: str, beside: str, is_well: bool = True) -> html.Div:
    sign = None if is_well else html.Span("▲ ", className="sign", **attributes(aria_hidden="true"))
    below = html.Span([sign, beside], className="below" if is_well else "below mood-look")
    return html.Div([html.Dt(name), html.Dd([html.Strong(value), below])], className="fact")


def _count(count: int, lang: Language) -> str:
    shown = lang.number(count)
    return shown if count < MAX_COUNT else lang.text("{count} and more", count=shown)


def jobs(queue: QueueFigures | None, lang: Language) -> html.Section:
    """How many jobs of each kind succeeded or failed, and their average times."""
    title = lang.text("Jobs")
    if queue is None:
        advice = lang.text("It holds no data. Bring it back, and what waits is stored within seconds.")
        return section(title, "", [panels.empty(lang.text("Redis does not answer"), advice)])
    if not queue.jobs:
        advice = lang.text("The first upload starts one.")
        return section(title, "", [panels.empty(lang.text("No job has run yet"), advice)])
    columns = [Column(lang.text("Job"), "name")] + [
        Column(name, "number", titled_on_phone=True)
        for name in (
            lang.text("Done"),
            lang.text("Failed"),
            lang.text("Waited on average"),
            lang.text("Took on average"),
        )
    ]
    rows = [
        Row(
            [
                job_name(job.job, lang),
                lang.number(job.done),
                lang.number(job.failed),
                *(
                    time_span(used.seconds / max(1, job.done + job.failed), lang)
                    for used in (job.waited, job.worked)
                ),
            ]
        )
        for job in queue.jobs
    ]
    return section(title, lang.text("since Redis was last emptied"), [records(title, columns, rows, "jobs")])


def job_name(job: str, lang: Language) -> str:
    """The job in the reader's language; a job without a text keeps its name."""
    return {
        "persist": lang.text("Store uploads"),
        "rollup": lang.text("Recompute days"),
        "purge": lang.text("Remove text"),
        "delete": lang.text("Delete somebody's data"),
        "scheduled": lang.text("Runs of the schedule"),
    }.get(job, job)
