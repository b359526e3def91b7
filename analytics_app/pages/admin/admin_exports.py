"""The exports of the Administration page: every file of the manifest, with a download of those in our folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask
from dash import Dash, Input, Output, html
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.controls import numbered_pager, segment, segments
from analytics_app.components.sections import placeholder, section
from analytics_app.components.shell import Entry
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.current_user import require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.http import export_files
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import address, requested, requested_number
from db import audit
from db.usage import exports
from db.usage.exports import DATASETS, ExportedFile
from db.usage.periods import Period

ENTRY = Entry(admin_frame.EXPORTS, "Exports", "people", "admin", listed=False)
PAGE_ROWS = 40
PARQUET = "application/vnd.apache.parquet"


def layout(view: View) -> html.Div:
    """The page before the files have come."""
    intro = view.language.text(
        "Parquet files for analysts, one for each dataset and team day; old days become months."
        " No text is in any of them."
    )
    return admin_frame.page(ENTRY.path, intro, [placeholder("exports")], view)


def register(app: Dash, service: Service) -> None:
    """One callback lists the files, one route sends them."""

    @app.callback(Output("exports", "children"), Input("url", "search"))
    def show_exports(search: object) -> html.Section:
        require_admin()
        view = current_view(service)
        dataset = next((known for known in DATASETS if known == requested(search, "dataset")), None)
        page = requested_number(search, "page") or 1
        return _files_section(exports.list_exported_files(service.database), dataset, page, view)

    def download_export(path: str) -> ResponseReturnValue:
        actor, folder = require_admin(), service.settings.export_folder
        file = next(
            (file for file in exports.list_exported_files(service.database) if file.path == path), None
        )
        content = export_files.opened(folder, file) if folder and file else None
        if file is None or content is None:
            raise NotFound
        name = export_files.name(file)
        audit.record_audit_entry(
            service.database,
            actor_id=actor.user_id,
            subject_id=None,
            action="export.downloaded",
            detail={"file": name},
        )
        # An open file is sent whole, even if the export replaces it meanwhile.
        return flask.send_file(content, PARQUET, as_attachment=True, download_name=name)

    app.server.add_url_rule(f"{ENTRY.path}/<path:path>", view_func=download_export)


def _files_section(files: Sequence[ExportedFile], dataset: str | None, page: int, view: View) -> html.Section:
    """The files of one dataset, or of all of them, with where they are."""
    lang, settings = view.language, view.service.settings
    title = lang.text("Files")
    if not files:
        empty = panels.empty(
            lang.text("Nothing is exported yet"),
            lang.text("Write the first files with ./manage.py export --from DAY --to DAY."),
        )
        return section(title, "", [empty])
    chosen = [file for file in export_files.newest_first(files) if dataset in {None, file.dataset}]
    count = lang.plural("{count} file", "{count} files", len(chosen))
    # No credentials can be in it: EXPORT_URL takes none.
    where = (
        lang.text("The files are in {place}; read them there.", place=settings.export_url)
        if settings.export_folder is None
        else lang.text("The files are in the folder {place}.", place=settings.export_folder)
    )
    datasets = [
        segment(name or lang.text("All"), address(ENTRY.path, dataset=name), active=name == dataset)
        for name in (None, *DATASETS)
    ]
    body = [
        html.P(where, className="exports-place"),
        html.Div(segments(lang.text("Dataset"), datasets), className="dataset-choice"),
        *_page_of_files(chosen, dataset, page, view),
    ]
    return section(title, f"{count} · {lang.size(sum(file.byte_count for file in chosen))}", body)


def _page_of_files(files: Sequence[ExportedFile], dataset: str | None, page: int, view: View) -> list[Any]:
    lang, folder = view.language, view.service.settings.export_folder
    pages = max(1, -(-len(files) // PAGE_ROWS))
    page = min(max(page, 1), pages)
    shown = files[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if not shown:
        return [panels.empty(lang.text("No file of this dataset"), lang.text("Choose another one above."))]
    columns = [
        Column(lang.text("Period"), "name"),
        Column(lang.text("Dataset")),
        Column(lang.text("Rows"), "number", titled_on_phone=True),
        Column(lang.text("Size"), "number", titled_on_phone=True),
        Column("SHA-256"),
        Column(lang.text("Written"), "moment"),
        *([Column(lang.text("File"), "moment")] if folder else []),
    ]
    rows = [
        Row(
            [
                period_name(file.period, lang),
                html.Code(file.dataset),
                lang.number(file.row_count),
                lang.size(file.byte_count),
                # Cut by the style sheet, but copied whole.
                html.Code(file.sha256, title=file.sha256, className="hash"),
                view.moment(file.written_at),
                *([_download_link(folder, file, lang)] if folder else []),
            ]
        )
        for file in shown
    ]
    links = numbered_pager(
        page, pages, lambda number: address(ENTRY.path, dataset=dataset, page=number), lang
    )
    return [records(lang.text("Files"), columns, rows, "exports"), links]


def _download_link(folder: Path, file: ExportedFile, lang: Language) -> html.A | html.Span:
    name = export_files.name(file)
    if not export_files.is_there(folder, file):
        return html.Span(lang.text("not in the folder"), className="dim")
    return html.A(
        lang.text("Download"),
        href=f"{ENTRY.path}/{file.path}",
        download=name,
        **attributes(aria_label=lang.text("Download {name}", name=name)),
    )


def period_name(period: Period, lang: Language) -> str:
    """A day or a month in the reader's language."""
    return lang.full_day(period.first) if period.days == 1 else lang.full_month(period.first)
