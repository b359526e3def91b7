"""The quarantine on the Administration page: its list, and one upload with everything but its text."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.components.accounts.account_names import level_name
from analytics_app.components.controls import confirm, numbered_pager
from analytics_app.components.sections import close_link, panel_head, small_button
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import INBOX, address, requested_number
from db.uploads.quarantine import MAX_COUNT, QuarantineDetail, QuarantineEntry

PAGE_ROWS = 20


def page_of(search: object) -> int:
    """The page of the list that the address requests, from 1."""
    return min(max(requested_number(search, "page") or 1, 1), MAX_COUNT // PAGE_ROWS)


def quarantine_list(
    rows: Sequence[QuarantineEntry], found: int, page: int, chosen: QuarantineDetail | None, view: View
) -> list[Any]:
    """One page of the `found` uploads in quarantine, oldest first."""
    lang = view.language
    title = lang.text("Quarantine")
    head = panel_head(title, lang.plural("{count} upload", "{count} uploads", found))
    if not rows and found:
        back = dcc.Link(lang.text("To its beginning"), href=INBOX)
        return [head, panels.empty(lang.text("The list is not that long"), back)]
    if not rows:
        advice = lang.text(
            "What can't be stored lies here with its reason until you let it in or discard it."
        )
        return [head, panels.empty(lang.text("Nothing is in quarantine"), advice)]
    columns = [
        Column(lang.text("Upload"), "name"),
        Column(lang.text("Whose")),
        Column(lang.text("Reason"), "reason"),
        Column(lang.text("Received"), "moment"),
    ]
    body = [
        Row(
            [
                [
                    dcc.Link(upload.name or lang.text("no name"), href=_address(page, upload.upload_id)),
                    html.Span(type_name(upload.kind, lang), className="below"),
                ],
                upload.username,
                upload.reason,
                view.moment(upload.received_at),
            ],
            "chosen" if chosen is not None and upload.upload_id == chosen.upload_id else "",
        )
        for upload in rows
    ]
    links = numbered_pager(page, max(1, -(-found // PAGE_ROWS)), _address, lang)
    return [head, records(title, columns, body, "quarantine"), links]


def _address(page: int, upload_id: str | None = None) -> str:
    return address(INBOX, upload=upload_id, page=page if page > 1 else None)


def type_name(kind: str, lang: Language) -> str:
    """The type of an upload in the reader's language."""
    return {"session": lang.text("Session"), "plan": lang.text("Plan")}[kind]


def upload_panel(upload: QuarantineDetail, page: int, view: View) -> html.Section:
    """One upload, and the two things that can be done with it."""
    lang = view.language
    head = html.Header(
        [html.H2(upload.name or lang.text("no name")), close_link(_address(page), lang)],
        className="panel-head entry-head",
    )
    known = [
        (lang.text("Kind"), type_name(upload.kind, lang)),
        (lang.text("Whose"), upload.username),
        (lang.text("Reason"), upload.reason),
        (lang.text("Received"), view.moment(upload.received_at)),
        (lang.text("In quarantine since"), view.moment(upload.settled_at)),
        (
            lang.text("Tried"),
            lang.plural("{count} time", "{count} times", upload.attempts)
            if upload.attempts
            else lang.text("never: it was refused on its way in"),
        ),
        (lang.text("Shared then"), level_name(upload.share_level, lang)),
        (lang.text("Kept of it"), lang.size(upload.bytes) if upload.bytes else lang.text("nothing")),
        (lang.text("Project"), upload.project_name),
        (lang.text("Client"), upload.agent),
        (lang.text("Upload"), html.Code(upload.upload_id)),
    ]
    about = html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in known if value], className="about"
    )
    note = lang.text(
        "Its owner reads under Me that you looked at it. What was said in it is shown to nobody here."
    )
    return html.Section(
        [head, about, html.P(note, className="hint"), _actions(upload, lang)], className="panel"
    )


def _actions(upload: QuarantineDetail, lang: Language) -> html.Div:
    requeue = confirm(
        lang.text("Try again"),
        lang.text(
            "It goes back into the inbox. If nothing stands against it any more, it is stored within seconds."
        ),
        small_button(lang.text("Try it again"), {"quarantine": "requeue"}),
    )
    discard = confirm(
        lang.text("Discard"),
        lang.text("What is kept of it is deleted for good. Its client does not send it again."),
        small_button(lang.text("Discard it"), {"quarantine": "discard"}, danger=True),
    )
    futile = lang.text(
        "It can't be stored: nothing of it is kept under a name, or its owner shares nothing any more."
    )
    first = requeue if upload.can_be_stored else html.P(futile, className="dim")
    return html.Div([first, discard], className="ways")
