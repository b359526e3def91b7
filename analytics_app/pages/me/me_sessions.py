"""The sessions on the page Me, searched, sorted and paged by the server; the address holds all of that."""

from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qs, quote, urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components import panels
from analytics_app.components.attributes import attributes
from analytics_app.components.controls import numbered_pager
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.selection import query_of
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from db.connection import Statements
from db.usage import own_sessions
from db.usage.own_sessions import MAX_COUNT, OwnSession, SessionQuery, Sort

PAGE_ROWS = 15
MAX_SEARCH_LENGTH = 200
#: The pages of single sessions are below it.
SESSIONS_PATH = "/me/sessions/"


@dataclass(frozen=True)
class ListRequest:
    """The part of the list that the address requests."""

    search: str = ""
    sort: Sort = "started"
    descending: bool = True
    #: From 1.
    page: int = 1

    @classmethod
    def of(cls, query: object) -> "ListRequest":
        """Read the query of an address, without its invalid values."""
        fields = parse_qs(query.removeprefix("?")) if isinstance(query, str) else {}
        sort, page = fields.get("sort", ["-started"])[0], fields.get("page", ["1"])[0]
        name = sort.removeprefix("-")
        is_known = name in get_args(Sort)
        typed = "".join(filter(str.isprintable, fields.get("q", [""])[0]))
        return cls(
            search=typed.strip()[:MAX_SEARCH_LENGTH],
            sort=cast(Sort, name) if is_known else "started",
            descending=sort.startswith("-") or not is_known,
            page=min(int(page), MAX_COUNT // PAGE_ROWS)
            if page.isascii() and page.isdecimal() and 0 < len(page) < 9 and int(page)
            else 1,
        )

    def address(self, view: View) -> str:
        """The address of this part of the list, with the period as it is."""
        fields = {"q": self.search} if self.search else {}
        if (self.sort, self.descending) != ("started", True):
            fields["sort"] = f"-{self.sort}" if self.descending else self.sort
        if self.page > 1:
            fields["page"] = str(self.page)
        period = query_of(view.selection)
        query = "&".join(filter(None, (period.removeprefix("?"), urlencode(fields))))
        return f"/me?{query}" if query else "/me"


@dataclass(frozen=True)
class SessionPage:
    """One page of the list, and how many sessions the list has."""

    request: ListRequest
    rows: list[OwnSession]
    found: int

    @classmethod
    def read(cls, db: Statements, user_id: int, request: ListRequest) -> "SessionPage":
        """Read it from the database."""
        query = SessionQuery(
            search=request.search,
            sort=request.sort,
            descending=request.descending,
            limit=PAGE_ROWS,
            offset=(request.page - 1) * PAGE_ROWS,
        )
        found = own_sessions.count_own_sessions(db, user_id, request.search)
        return cls(request, own_sessions.list_own_sessions(db, user_id, query), found)


def panel(lang: Language) -> html.Section:
    """The panel with its search field; a callback fills in the rows."""
    title = lang.text("My sessions")
    field = dbc.Input(
        id="session-search",
        type="search",
        maxlength=MAX_SEARCH_LENGTH,
        placeholder=lang.text("Project, model, branch, tag …"),
        debounce=300,
        autocomplete="off",
    )
    label = html.Label(
        [html.Span(lang.text("Search"), className="visually-hidden"), field], className="search"
    )
    head = html.Header(
        [html.H2(title), html.Span(id="sessions-note", className="note"), label], className="panel-head"
    )
    rows = html.Div(
        html.Div(className="skeleton fill tall"),
        id="sessions-rows",
        **attributes(aria_live="polite", aria_busy="false"),
    )
    return html.Section([head, rows], id="sessions", className="panel", **attributes(aria_label=title))


def note(shown: SessionPage, lang: Language) -> str:
    """How many sessions there are."""
    if shown.found >= MAX_COUNT:
        return lang.text("{count} and more", count=lang.number(MAX_COUNT))
    if shown.request.search:
        return lang.plural("{count} session", "{count} sessions", shown.found)
    # The list is not limited to the page's period.
    return lang.plural("{count} session in all", "{count} sessions in all", shown.found)


def rows(shown: SessionPage, view: View) -> Any:
    """The table and its pager, or why it is empty."""
    lang, request = view.language, shown.request
    if shown.rows:
        pages = max(1, -(-shown.found // PAGE_ROWS))
        links = numbered_pager(
            request.page, pages, lambda page: replace(request, page=page).address(view), lang
        )
        return [_table(shown, view), links]
    if request.search:
        title, name, href = (
            lang.text("No session matches"),
            lang.text("Show all sessions"),
            ListRequest().address(view),
        )
    elif shown.found:
        title, name = lang.text("The list is not that long"), lang.text("To its beginning")
        href = replace(request, page=1).address(view)
    else:
        title = lang.text("No session has arrived yet")
        name, href = lang.text("Connect a client: it takes three steps"), "/connect"
    return panels.empty(title, dcc.Link(name, href=href))


def _table(shown: SessionPage, view: View) -> html.Div:
    lang = view.language
    columns = [
        _sortable("started", lang.text("Started"), shown.request, view),
        Column(lang.text("Project"), "name"),
        Column(lang.text("Model"), "model"),
        _sortable("duration", lang.text("Duration"), shown.request, view),
        _sortable("messages", lang.text("Messages"), shown.request, view),
        _sortable("tokens", lang.text("Tokens"), shown.request, view),
    ]
    rows = [
        Row(
            [
                dcc.Link(view.moment(session.started_at), href=session_address(session.session_id)),
                [
                    html.Span(
                        session.project_name or lang.text("no project"),
                        className="" if session.project_name else "dim",
                    ),
                    html.Span(session.git_branch or "", className="below"),
                ],
                session.model or lang.text("not reported"),
                _number(lang.text("Duration"), duration(session.duration_seconds, lang)),
                _number(lang.text("Messages"), lang.number(session.total_messages)),
                _number(lang.text("Tokens"), lang.compact(session.tokens), lang.number(session.tokens)),
            ]
        )
        for session in shown.rows
    ]
    return records(lang.text("My sessions"), columns, rows, "sessions")


def _sortable(sort: Sort, title: str, request: ListRequest, view: View) -> Column:
    """A column whose head sorts by it, first descending; screen readers hear the order."""
    is_chosen = request.sort == sort
    order: Literal["ascending", "descending"] = "descending" if request.descending else "ascending"
    target = ListRequest(request.search, sort, not (is_chosen and request.descending))
    arrow = html.Span(
        {"descending": "▼", "ascending": "▲"}[order] if is_chosen else "",
        className="sign",
        **attributes(aria_hidden="true"),
    )
    return Column(
        dcc.Link([title, " ", arrow], href=target.address(view), className="sorter"),
        kind="moment" if sort == "started" else "number",
        head_kind="" if sort == "started" else "number",
        sort=order if is_chosen else "none",
    )


def _number(title: str, shown: str, exact: str | None = None) -> html.Td:
    """Has the title of its column, whose head is a link, for the card on a phone."""
    return html.Td(shown, className="number", title=exact, **attributes(data_title=title))


def duration(seconds: int | None, lang: Language) -> str:
    """Minutes below an hour, then hours; "not reported" for None."""
    if seconds is None:
        return lang.text("not reported")
    if seconds < 3600:
        return lang.text("{minutes} min", minutes=lang.number(max(1, round(seconds / 60)) if seconds else 0))
    return lang.hours(seconds)


def session_address(session_id: str) -> str:
    """The address of the page of a session; clients choose its id, so it may hold anything."""
    return SESSIONS_PATH + quote(session_id, safe="")
