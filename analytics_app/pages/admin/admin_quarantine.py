"""What the admin page shows of quarantine; of an upload it tells everything but what was said in it."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import INBOX, address, asked_number, pager, records, step
from analytics_app.pages.admin.admin_parts import asks_first, level_name
from analytics_app.view import View
from db.uploads.quarantine import MAX_COUNT, QuarantineDetail, QuarantineEntry

PAGE_ROWS = 20


def page_of(search: object) -> int:
    """The page of the list that the address asks for, from 1."""
    return min(max(asked_number(search, "page") or 1, 1), MAX_COUNT // PAGE_ROWS)


def listed(
    rows: Sequence[QuarantineEntry], found: int, page: int, chosen: QuarantineDetail | None, view: View
) -> list[Any]:
    """The quarantine, oldest first."""
    lang = view.language
    title = lang.text("Quarantine")
    note = lang.plural("{count} upload", "{count} uploads", found)
    head = html.Header([html.H2(title), html.Span(note, className="note")], className="panel-head")
    if not rows:
        return [head, _nothing(found, lang)]
    columns = [lang.text("Upload"), lang.text("Whose"), lang.text("Reason"), lang.text("Received")]
    body = [
        _row(kept, page, chosen is not None and kept.upload_id == chosen.upload_id, view) for kept in rows
    ]
    return [head, records(title, columns, body, "quarantine"), _pager(found, page, lang)]


def _nothing(found: int, lang: Language) -> html.Div:
    if found:
        return panels.empty(
            lang.text("The list is not that long"), dcc.Link(lang.text("To its beginning"), href=INBOX)
        )
    return panels.empty(
        lang.text("Nothing is in quarantine"),
        lang.text("What can't be stored lies here with its reason until you let it in or discard it."),
    )


def _row(kept: QuarantineEntry, page: int, is_chosen: bool, view: View) -> html.Tr:
    lang = view.language
    target = address(INBOX, upload=kept.upload_id, page=page if page > 1 else None)
    name = [
        dcc.Link(kept.name or lang.text("no name"), href=target),
        html.Span(kind_name(kept.kind, lang), className="below"),
    ]
    return html.Tr(
        [
            html.Td(name, className="name"),
            html.Td(kept.username),
            html.Td(kept.reason, className="reason"),
            html.Td(view.moment(kept.received_at), className="moment"),
        ],
        className="chosen" if is_chosen else "",
    )


def kind_name(kind: str, lang: Language) -> str:
    """What was uploaded, in words."""
    return {"session": lang.text("Session"), "plan": lang.text("Plan")}[kind]


def _pager(found: int, page: int, lang: Language) -> html.Nav | None:
    pages = max(1, -(-found // PAGE_ROWS))
    if pages == 1:
        return None
    where = lang.text("Page {page} of {pages}", page=lang.number(page), pages=lang.number(pages))
    before = address(INBOX, page=page - 1) if page > 1 else None
    after = address(INBOX, page=page + 1) if page < pages else None
    return pager(
        [step(lang.text("Back"), before), html.Span(where, className="dim"), step(lang.text("Next"), after)],
        lang,
    )


def entry_panel(kept: QuarantineDetail, page: int, view: View) -> html.Section:
    """One upload, and the two things that can be done with it."""
    lang = view.language
    close = dcc.Link(
        html.Span(className="icon icon-close"),
        href=address(INBOX, page=page if page > 1 else None),
        title=lang.text("Close"),
        className="icon-button",
    )
    head = html.Header([html.H2(kept.name or lang.text("no name")), close], className="panel-head entry-head")
    note = lang.text(
        "Its owner reads under Me that you looked at it. What was said in it is shown to nobody here."
    )
    return html.Section(
        [head, _facts_of(kept, view), html.P(note, className="hint"), _ways(kept, lang)], className="panel"
    )


def _facts_of(kept: QuarantineDetail, view: View) -> html.Dl:
    lang = view.language
    known = [
        (lang.text("Kind"), kind_name(kept.kind, lang)),
        (lang.text("Whose"), kept.username),
        (lang.text("Reason"), kept.reason),
        (lang.text("Received"), view.moment(kept.received_at)),
        (lang.text("In quarantine since"), view.moment(kept.settled_at)),
        (lang.text("Tried"), _tries(kept.attempts, lang)),
        (lang.text("Shared then"), level_name(kept.share_level, lang)),
        (lang.text("Kept of it"), lang.size(kept.bytes) if kept.bytes else lang.text("nothing")),
        (lang.text("Project"), kept.project_name),
        (lang.text("Client"), kept.agent),
        (lang.text("Upload"), html.Code(kept.upload_id)),
    ]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in known if value], className="about"
    )


def _tries(attempts: int, lang: Language) -> str:
    if not attempts:
        return lang.text("never: it was refused on its way in")
    return lang.plural("{count} time", "{count} times", attempts)


def _ways(kept: QuarantineDetail, lang: Language) -> html.Div:
    again = asks_first(
        lang.text("Try again"),
        lang.text(
            "It goes back into the inbox. If nothing stands against it any more, it is stored within seconds."
        ),
        _button(lang.text("Try it again"), "requeue", "button small"),
    )
    given_up = asks_first(
        lang.text("Discard"),
        lang.text("What is kept of it is deleted for good. Its client does not send it again."),
        _button(lang.text("Discard it"), "discard", "button danger small"),
    )
    futile = html.P(
        lang.text(
            "It can't be stored: nothing of it is kept under a name, or its owner shares nothing any more."
        ),
        className="dim",
    )
    return html.Div([again if kept.can_be_stored else futile, given_up], className="ways")


def _button(name: str, way: str, look: str) -> html.Button:
    return html.Button(name, id={"quarantine": way}, className=look, type="button")


def requeued(lang: Language) -> str:
    """What is said of an upload that is tried again."""
    return lang.text("It is tried again. If it fails once more, it comes back here with its reason.")


def discarded(lang: Language) -> str:
    """What is said of an upload that was given up."""
    return lang.text("It is discarded.")


def outcome(done: bool, words: str, lang: Language) -> html.P:
    """What became of a click."""
    undone = lang.text("Nothing was changed: it is not in quarantine any more, or nothing of it is kept.")
    return html.P(words if done else undone, className="done" if done else "problem")
