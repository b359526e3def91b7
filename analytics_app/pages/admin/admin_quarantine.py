"""What the admin page shows of quarantine; of an upload it tells everything but what was said in it."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analytics_app.components import panels
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import INBOX, address, asked_number, pager, records, step
from analytics_app.pages.admin.admin_parts import asks_first, level_name
from analytics_app.view import View
from db.uploads.quarantine import MOST_COUNTED, Kept, KeptDetail

PAGE_ROWS = 20


def page_of(search: object) -> int:
    """The page of the list that the address asks for, from 1."""
    return min(max(asked_number(search, "page") or 1, 1), MOST_COUNTED // PAGE_ROWS)


def listed(rows: Sequence[Kept], found: int, page: int, chosen: KeptDetail | None, view: View) -> list[Any]:
    """The quarantine, oldest first."""
    said = view.language
    title = said.text("Quarantine")
    note = said.plural("{count} upload", "{count} uploads", found)
    head = html.Header([html.H2(title), html.Span(note, className="note")], className="panel-head")
    if not rows:
        return [head, _nothing(found, said)]
    columns = [said.text("Upload"), said.text("Whose"), said.text("Reason"), said.text("Received")]
    body = [
        _row(kept, page, chosen is not None and kept.upload_id == chosen.upload_id, view) for kept in rows
    ]
    return [head, records(title, columns, body, "quarantine"), _pager(found, page, said)]


def _nothing(found: int, said: Language) -> html.Div:
    if found:
        return panels.empty(
            said.text("The list is not that long"), dcc.Link(said.text("To its beginning"), href=INBOX)
        )
    return panels.empty(
        said.text("Nothing is in quarantine"),
        said.text("What can't be stored lies here with its reason until you let it in or discard it."),
    )


def _row(kept: Kept, page: int, is_chosen: bool, view: View) -> html.Tr:
    said = view.language
    target = address(INBOX, upload=kept.upload_id, page=page if page > 1 else None)
    name = [
        dcc.Link(kept.name or said.text("no name"), href=target),
        html.Span(kind_name(kept.kind, said), className="below"),
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


def kind_name(kind: str, said: Language) -> str:
    """What was uploaded, in words."""
    return {"session": said.text("Session"), "plan": said.text("Plan")}[kind]


def _pager(found: int, page: int, said: Language) -> html.Nav | None:
    pages = max(1, -(-found // PAGE_ROWS))
    if pages == 1:
        return None
    where = said.text("Page {page} of {pages}", page=said.number(page), pages=said.number(pages))
    before = address(INBOX, page=page - 1) if page > 1 else None
    after = address(INBOX, page=page + 1) if page < pages else None
    return pager(
        [step(said.text("Back"), before), html.Span(where, className="dim"), step(said.text("Next"), after)],
        said,
    )


def entry_panel(kept: KeptDetail, page: int, view: View) -> html.Section:
    """One upload, and the two things that can be done with it."""
    said = view.language
    close = dcc.Link(
        html.Span(className="icon icon-close"),
        href=address(INBOX, page=page if page > 1 else None),
        title=said.text("Close"),
        className="icon-button",
    )
    head = html.Header([html.H2(kept.name or said.text("no name")), close], className="panel-head entry-head")
    note = said.text(
        "Its owner reads under Me that you looked at it. What was said in it is shown to nobody here."
    )
    return html.Section(
        [head, _facts_of(kept, view), html.P(note, className="hint"), _ways(kept, said)], className="panel"
    )


def _facts_of(kept: KeptDetail, view: View) -> html.Dl:
    said = view.language
    known = [
        (said.text("Kind"), kind_name(kept.kind, said)),
        (said.text("Whose"), kept.username),
        (said.text("Reason"), kept.reason),
        (said.text("Received"), view.moment(kept.received_at)),
        (said.text("In quarantine since"), view.moment(kept.settled_at)),
        (said.text("Tried"), _tries(kept.attempts, said)),
        (said.text("Shared then"), level_name(kept.share_level, said)),
        (said.text("Kept of it"), said.size(kept.bytes) if kept.bytes else said.text("nothing")),
        (said.text("Project"), kept.project_name),
        (said.text("Client"), kept.agent),
        (said.text("Upload"), html.Code(kept.upload_id)),
    ]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(value)]) for name, value in known if value], className="about"
    )


def _tries(attempts: int, said: Language) -> str:
    if not attempts:
        return said.text("never: it was refused on its way in")
    return said.plural("{count} time", "{count} times", attempts)


def _ways(kept: KeptDetail, said: Language) -> html.Div:
    again = asks_first(
        said.text("Try again"),
        said.text(
            "It goes back into the inbox. If nothing stands against it any more, it is stored within seconds."
        ),
        _button(said.text("Try it again"), "requeue", "button small"),
    )
    given_up = asks_first(
        said.text("Discard"),
        said.text("What is kept of it is deleted for good. Its client does not send it again."),
        _button(said.text("Discard it"), "discard", "button danger small"),
    )
    futile = html.P(
        said.text(
            "It can't be stored: nothing of it is kept under a name, or its owner shares nothing any more."
        ),
        className="dim",
    )
    return html.Div([again if kept.can_be_stored else futile, given_up], className="ways")


def _button(name: str, way: str, look: str) -> html.Button:
    return html.Button(name, id={"quarantine": way}, className=look, type="button")


def requeued(said: Language) -> str:
    """What is said of an upload that is tried again."""
    return said.text("It is tried again. If it fails once more, it comes back here with its reason.")


def discarded(said: Language) -> str:
    """What is said of an upload that was given up."""
    return said.text("It is discarded.")


def outcome(done: bool, words: str, said: Language) -> html.P:
    """What became of a click."""
    undone = said.text("Nothing was changed: it is not in quarantine any more, or nothing of it is kept.")
    return html.P(words if done else undone, className="done" if done else "problem")
