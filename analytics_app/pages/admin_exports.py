"""The admin page, exports: every file of the manifest, to look at and to download."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import flask
from dash import Dash, Input, Output, dcc, html
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from analytics_app import export_files, panels
from analytics_app.attributes import attributes
from analytics_app.auth import require_admin
from analytics_app.export_files import ExportFile, Unreadable
from analytics_app.i18n import Language
from analytics_app.pages import admin_frame
from analytics_app.pages.admin_frame import address, asked, asked_number, pager, records, section, step
from analytics_app.service import Service
from analytics_app.shell import Entry
from analytics_app.view import View, current_view
from db import audit
from db.exports import DATASETS

ENTRY = Entry(admin_frame.EXPORTS, "Exports", "people", "admin", listed=False)
PAGE_ROWS = 40
PARQUET = "application/vnd.apache.parquet"


def layout(view: View) -> html.Div:
    """The page before the files have come."""
    require_admin()
    intro = view.language.text(
        "Parquet files for analysts, one for each dataset and team day; old days become months."
        " No text is in any of them."
    )
    content = [html.Div(html.Div(className="skeleton fill tall"), id="exports")]
    return admin_frame.page(ENTRY.path, intro, content, view)


def register(app: Dash, service: Service) -> None:
    """One callback lists the files, one route hands them out."""

    @app.callback(Output("exports", "children"), Input("url", "search"))
    def show_exports(search: object) -> html.Section:
        require_admin()
        view = current_view(service)
        dataset = next((known for known in DATASETS if known == asked(search, "dataset")), None)
        return _shown(service.settings.export_folder, dataset, asked_number(search, "page") or 1, view)

    def download_export(path: str) -> ResponseReturnValue:
        actor, folder = require_admin(), service.settings.export_folder
        try:
            found = export_files.place(folder, path) if folder else None
        except Unreadable:
            found = None
        if found is None:
            raise NotFound
        audit.record(
            service.database,
            actor_id=actor.user_id,
            subject_id=None,
            action="export.downloaded",
            detail={"file": found.name},
        )
        # Sent as it is read, and whole even if it is written anew meanwhile.
        return flask.send_file(found.open("rb"), PARQUET, as_attachment=True, download_name=found.name)

    app.server.add_url_rule(f"{ENTRY.path}/<path:path>", view_func=download_export)


def _shown(folder: Path | None, dataset: str | None, page: int, view: View) -> html.Section:
    said = view.language
    title = said.text("Files")
    if folder is None:
        return section(title, "", [_elsewhere(view)])
    try:
        files = export_files.listed(folder)
    except Unreadable:
        return section(title, "", [_unreadable(said)])
    if not files:
        return section(title, "", [_nothing(said)])
    chosen = [file for file in files if dataset in {None, file.dataset}]
    count = said.plural("{count} file", "{count} files", len(chosen))
    note = f"{count} · {said.size(sum(file.bytes for file in chosen))}"
    return section(title, note, [_choice(dataset, said), *_listed(chosen, dataset, page, said)])


def _elsewhere(view: View) -> html.Div:
    said = view.language
    return panels.empty(
        said.text("The files are not on this machine"),
        said.text("They lie at {place}. Open them there.", place=view.service.settings.export_url),
    )


def _unreadable(said: Language) -> html.Div:
    return panels.empty(
        said.text("The list of files can't be read"),
        said.text("The next export writes it anew; ./manage.py export does so at once."),
    )


def _nothing(said: Language) -> html.Div:
    return panels.empty(
        said.text("Nothing is exported yet"),
        said.text("Write the first files with ./manage.py export --from DAY --to DAY."),
    )


def _choice(dataset: str | None, said: Language) -> html.Div:
    """All files, or those of one dataset."""
    links = [
        dcc.Link(
            name or said.text("All"),
            href=address(ENTRY.path, dataset=name),
            className="segment active" if name == dataset else "segment",
        )
        for name in (None, *DATASETS)
    ]
    return html.Div(
        html.Div(links, className="segments", role="group", **attributes(aria_label=said.text("Dataset"))),
        className="dataset-choice",
    )


def _listed(files: Sequence[ExportFile], dataset: str | None, page: int, said: Language) -> list[Any]:
    pages = max(1, -(-len(files) // PAGE_ROWS))
    page = min(max(page, 1), pages)
    shown = files[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if not shown:
        return [panels.empty(said.text("No file of this dataset"), said.text("Choose another one above."))]
    columns = [
        said.text("Period"),
        said.text("Dataset"),
        said.text("Rows"),
        said.text("Size"),
        said.text("File"),
    ]
    table = records(said.text("Files"), columns, [_row(file, columns, said) for file in shown], "exports")
    return [table, _pager(dataset, page, pages, said)]


def _row(file: ExportFile, columns: Sequence[str], said: Language) -> html.Tr:
    link = html.A(
        said.text("Download"),
        href=f"{ENTRY.path}/{file.path}",
        download=file.name,
        **attributes(aria_label=said.text("Download {name}", name=file.name)),
    )
    return html.Tr(
        [
            html.Td(period_name(file.period, said), className="name"),
            html.Td(html.Code(file.dataset)),
            html.Td(said.number(file.rows), className="number", **attributes(data_title=columns[2])),
            html.Td(said.size(file.bytes), className="number", **attributes(data_title=columns[3])),
            html.Td(link, className="moment"),
        ]
    )


def period_name(period: str, said: Language) -> str:
    """A day or a month, as people write them."""
    try:
        day = date.fromisoformat(period if len(period) > len("2026-11") else f"{period}-01")
    except ValueError:
        return period
    return said.full_day(day) if len(period) > len("2026-11") else said.full_month(day)


def _pager(dataset: str | None, page: int, pages: int, said: Language) -> html.Nav | None:
    if pages == 1:
        return None
    where = said.text("Page {page} of {pages}", page=said.number(page), pages=said.number(pages))
    before = address(ENTRY.path, dataset=dataset, page=page - 1) if page > 1 else None
    after = address(ENTRY.path, dataset=dataset, page=page + 1) if page < pages else None
    return pager(
        [step(said.text("Back"), before), html.Span(where, className="dim"), step(said.text("Next"), after)],
        said,
    )
