"""The admin page, exports: every file that the manifest tells, to look at, and to download where they are here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flask
from dash import Dash, Input, Output, dcc, html
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from analytics_app.auth.guard import require_admin
from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.shell import Entry
from analytics_app.context import Service
from analytics_app.http import export_files
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin import admin_frame
from analytics_app.pages.admin.admin_frame import address, asked, asked_number, pager, records, section, step
from analytics_app.view import View, current_view
from db import audit
from db.usage import exports
from db.usage.exports import DATASETS, ExportedFile
from db.usage.periods import Period

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
        return _shown(
            exports.list_exported_files(service.database), dataset, asked_number(search, "page") or 1, view
        )

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
        # Sent as it is read, and whole even if it is written anew meanwhile.
        return flask.send_file(content, PARQUET, as_attachment=True, download_name=name)

    app.server.add_url_rule(f"{ENTRY.path}/<path:path>", view_func=download_export)


def _shown(files: Sequence[ExportedFile], dataset: str | None, page: int, view: View) -> html.Section:
    lang = view.language
    title = lang.text("Files")
    if not files:
        return section(title, "", [_nothing(lang)])
    chosen = [file for file in export_files.newest_first(files) if dataset in {None, file.dataset}]
    count = lang.plural("{count} file", "{count} files", len(chosen))
    note = f"{count} · {lang.size(sum(file.byte_count for file in chosen))}"
    return section(title, note, [_where(view), _choice(dataset, lang), *_listed(chosen, dataset, page, view)])


def _where(view: View) -> html.P:
    """Where to read them. No credentials can be in it: an address that has any is no setting."""
    lang, settings = view.language, view.service.settings
    words = (
        lang.text("The files are in {place}; read them there.", place=settings.export_url)
        if settings.export_folder is None
        else lang.text("The files are in the folder {place}.", place=settings.export_folder)
    )
    return html.P(words, className="exports-place")


def _nothing(lang: Language) -> html.Div:
    return panels.empty(
        lang.text("Nothing is exported yet"),
        lang.text("Write the first files with ./manage.py export --from DAY --to DAY."),
    )


def _choice(dataset: str | None, lang: Language) -> html.Div:
    """All files, or those of one dataset."""
    links = [
        dcc.Link(
            name or lang.text("All"),
            href=address(ENTRY.path, dataset=name),
            className="segment active" if name == dataset else "segment",
        )
        for name in (None, *DATASETS)
    ]
    return html.Div(
        html.Div(links, className="segments", role="group", **attributes(aria_label=lang.text("Dataset"))),
        className="dataset-choice",
    )


def _listed(files: Sequence[ExportedFile], dataset: str | None, page: int, view: View) -> list[Any]:
    lang = view.language
    pages = max(1, -(-len(files) // PAGE_ROWS))
    page = min(max(page, 1), pages)
    shown = files[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    if not shown:
        return [panels.empty(lang.text("No file of this dataset"), lang.text("Choose another one above."))]
    folder = view.service.settings.export_folder
    columns = [lang.text("Period"), lang.text("Dataset"), lang.text("Rows"), lang.text("Size"), "SHA-256"]
    columns += [lang.text("Written"), *([lang.text("File")] if folder else [])]
    rows = [_row(file, columns, folder, view) for file in shown]
    table = records(lang.text("Files"), columns, rows, "exports")
    return [table, _pager(dataset, page, pages, lang)]


def _row(file: ExportedFile, columns: Sequence[str], folder: Path | None, view: View) -> html.Tr:
    lang = view.language
    cells = [
        html.Td(period_name(file.period, lang), className="name"),
        html.Td(html.Code(file.dataset)),
        html.Td(lang.number(file.row_count), className="number", **attributes(data_title=columns[2])),
        html.Td(lang.size(file.byte_count), className="number", **attributes(data_title=columns[3])),
        # There as a whole, for whoever copies it.
        html.Td(html.Code(file.sha256, title=file.sha256, className="hash")),
        html.Td(view.moment(file.written_at), className="moment"),
    ]
    return html.Tr([*cells, html.Td(_way(folder, file, lang), className="moment")] if folder else cells)


def _way(folder: Path, file: ExportedFile, lang: Language) -> html.A | html.Span:
    """To the file, if it is where it was written."""
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
    """A day or a month, as people write them."""
    return lang.full_day(period.first) if period.days == 1 else lang.full_month(period.first)


def _pager(dataset: str | None, page: int, pages: int, lang: Language) -> html.Nav | None:
    if pages == 1:
        return None
    where = lang.text("Page {page} of {pages}", page=lang.number(page), pages=lang.number(pages))
    before = address(ENTRY.path, dataset=dataset, page=page - 1) if page > 1 else None
    after = address(ENTRY.path, dataset=dataset, page=page + 1) if page < pages else None
    return pager(
        [step(lang.text("Back"), before), html.Span(where, className="dim"), step(lang.text("Next"), after)],
        lang,
    )
