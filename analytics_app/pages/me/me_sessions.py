"""The table of my sessions: searched, sorted and leafed through at the server, and all of that in the address."""

from dataclasses import dataclass, replace
from typing import Any, cast, get_args
from urllib.parse import parse_qs, quote, urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components import panels, tables
from analytics_app.components.attributes import attributes
from analytics_app.components.filters import query_of
from analytics_app.i18n.languages import Language
from analytics_app.view import View
from db.connection import Statements
from db.usage import own_sessions
from db.usage.own_sessions import MAX_COUNT, OwnSession, Sort, Wanted

PAGE_ROWS = 15
MAX_SEARCH_LENGTH = 200
#: Below it every session has its page.
SESSIONS_PATH = "/me/sessions/"


@dataclass(frozen=True)
class RankedPerson:
    """Where in the list the reader is."""

    search: str = ""
    sort: Sort = "started"
    descending: bool = True
    #: From 1.
    page: int = 1

    @property
    def wanted(self) -> Wanted:
        """What has to be read for it."""
        offset = (self.page - 1) * PAGE_ROWS
        return Wanted(
            search=self.search, sort=self.sort, descending=self.descending, limit=PAGE_ROWS, offset=offset
        )


@dataclass(frozen=True)
class Listed:
    """A page of the list, and how long the list is."""

    place: RankedPerson
    rows: list[OwnSession]
    found: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.found // PAGE_ROWS))


def place_of(search: object) -> RankedPerson:
    """Read the query of an address; whatever it says wrongly counts as not said."""
    query = parse_qs(search.removeprefix("?")) if isinstance(search, str) else {}
    sort = query.get("sort", ["-started"])[0]
    name = sort.removeprefix("-")
    known = name in get_args(Sort)
    page = query.get("page", ["1"])[0]
    typed = "".join(filter(str.isprintable, query.get("q", [""])[0]))
    return RankedPerson(
        search=typed.strip()[:MAX_SEARCH_LENGTH],
        sort=cast(Sort, name) if known else "started",
        descending=sort.startswith("-") or not known,
        page=min(int(page), MAX_COUNT // PAGE_ROWS)
        if page.isascii() and page.isdecimal() and 0 < len(page) < 9 and int(page)
        else 1,
    )


def read(db: Statements, user_id: int, place: RankedPerson) -> Listed:
    """The rows of this page."""
    found = own_sessions.count_own_sessions(db, user_id, place.search)
    return Listed(place, own_sessions.list_own_sessions(db, user_id, place.wanted), found)


def panel(lang: Language) -> html.Section:
    """The frame with its search; the rows come later."""
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


def note(listed: Listed, lang: Language) -> str:
    """How many there are."""
    if listed.found >= MAX_COUNT:
        return lang.text("{count} and more", count=lang.number(MAX_COUNT))
    if listed.place.search:
        return lang.plural("{count} session", "{count} sessions", listed.found)
    # The list does not know the page's period.
    return lang.plural("{count} session in all", "{count} sessions in all", listed.found)


def rows(listed: Listed, view: View) -> Any:
    """The table and its pager; why it is empty, where it is."""
    if listed.rows:
        return [_table(listed, view), _pager(listed, view)]
    lang = view.language
    if listed.place.search:
        lift = dcc.Link(lang.text("Show all sessions"), href=_address(RankedPerson(), view))
        return panels.empty(lang.text("No session matches"), lift)
    if listed.found:
        return panels.empty(
            lang.text("The list is not that long"),
            dcc.Link(lang.text("To its beginning"), href=_address(replace(listed.place, page=1), view)),
        )
    return panels.empty(
        lang.text("No session has arrived yet"),
        dcc.Link(lang.text("Connect a client: it takes three steps"), href="/connect"),
    )


def _table(listed: Listed, view: View) -> html.Div:
    lang = view.language
    head = [
        _sorting("started", lang.text("Started"), listed.place, view),
        html.Th(lang.text("Project"), scope="col"),
        html.Th(lang.text("Model"), scope="col"),
        _sorting("duration", lang.text("Duration"), listed.place, view),
        _sorting("messages", lang.text("Messages"), listed.place, view),
        _sorting("tokens", lang.text("Tokens"), listed.place, view),
    ]
    table = html.Table(
        [
            html.Caption(lang.text("My sessions"), className="visually-hidden"),
            html.Thead(html.Tr(head)),
            html.Tbody([_row(session, view) for session in listed.rows]),
        ],
        className="records sessions",
    )
    return tables.scrolling(table, lang.text("My sessions"))


def _sorting(sort: Sort, title: str, place: RankedPerson, view: View) -> html.Th:
    """A head that sorts by its column, first from the top; said to those who listen, too."""
    chosen = place.sort == sort
    target = RankedPerson(place.search, sort, not (chosen and place.descending))
    arrow = html.Span(
        ("▼" if place.descending else "▲") if chosen else "",
        className="sign",
        **attributes(aria_hidden="true"),
    )
    order = ("descending" if place.descending else "ascending") if chosen else "none"
    return html.Th(
        dcc.Link([title, " ", arrow], href=_address(target, view), className="sorter"),
        scope="col",
        className="" if sort == "started" else "number",
        **attributes(aria_sort=order),
    )


def _row(session: OwnSession, view: View) -> html.Tr:
    lang = view.language
    project = session.project_name or lang.text("no project")
    name = html.Td(
        [
            html.Span(project, className="" if session.project_name else "dim"),
            html.Span(session.git_branch or "", className="below"),
        ],
        className="name",
    )
    started = dcc.Link(view.moment(session.started_at), href=session_address(session.session_id))
    return html.Tr(
        [
            html.Td(started, className="moment"),
            name,
            html.Td(session.model or lang.text("not reported"), className="model"),
            _number(lang.text("Duration"), duration(session.duration_seconds, lang)),
            _number(lang.text("Messages"), lang.number(session.total_messages)),
            _number(lang.text("Tokens"), lang.compact(session.tokens), lang.number(session.tokens)),
        ]
    )


def _number(title: str, shown: str, exact: str = "") -> html.Td:
    return html.Td(shown, className="number", title=exact or None, **attributes(data_title=title))


def duration(seconds: int | None, lang: Language) -> str:
    """Minutes as long as they are few, then hours."""
    if seconds is None:
        return lang.text("not reported")
    if seconds < 3600:
        return lang.text("{minutes} min", minutes=lang.number(max(1, round(seconds / 60)) if seconds else 0))
    return lang.hours(seconds)


def session_address(session_id: str) -> str:
    """The page of this session; its name comes from outside, and may hold anything."""
    return SESSIONS_PATH + quote(session_id, safe="")


def _pager(listed: Listed, view: View) -> html.Nav | None:
    if listed.pages == 1:
        return None
    lang, page = view.language, listed.place.page
    where = lang.text("Page {page} of {pages}", page=lang.number(page), pages=lang.number(listed.pages))
    return html.Nav(
        [
            _step(lang.text("Back"), page - 1, listed, view),
            html.Span(where, className="dim"),
            _step(lang.text("Next"), page + 1, listed, view),
        ],
        className="pager",
        **attributes(aria_label=lang.text("Pages of the list")),
    )


def _step(name: str, page: int, listed: Listed, view: View) -> dcc.Link | html.Span:
    if not 1 <= page <= listed.pages:
        return html.Span(name, className="button small off", **attributes(aria_hidden="true"))
    return dcc.Link(name, href=_address(replace(listed.place, page=page), view), className="button small")


def _address(place: RankedPerson, view: View) -> str:
    """The same period with this place in the list."""
    fields = {"q": place.search} if place.search else {}
    if (place.sort, place.descending) != ("started", True):
        fields["sort"] = f"-{place.sort}" if place.descending else place.sort
    if place.page > 1:
        fields["page"] = str(place.page)
    before = query_of(view.selection)
    after = urlencode(fields)
    return "/me" + before + (("&" if before else "?") + after if after else "")
