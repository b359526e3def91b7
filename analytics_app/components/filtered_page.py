"""The frame of the pages with a filter bar: head, tiles, panels, and one callback that fills all of them.

A page declares the ids that it fills and reads its rows in one database snapshot; the frame draws the charts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dash import Dash, Output, State, dcc, html, no_update

from analytics_app.charts import theme
from analytics_app.charts.chart import Chart
from analytics_app.charts.theme import ChartStyle
from analytics_app.components import live, page_header, panels, stat_tiles
from analytics_app.components.panels import Panel
from analytics_app.components.shell import Entry
from analytics_app.components.stat_tiles import StatTile
from analytics_app.context.current_user import require_admin
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from db.connection import Statements
from db.usage.usage_records import Choices


@dataclass(frozen=True)
class PageRequest:
    """What a page answers: the snapshot to read from, the view, what the filter bar offers, and the page's state."""

    db: Statements
    view: View
    choices: Choices
    style: ChartStyle
    #: A text that changes whenever a figure can have changed; read before the snapshot.
    marker: str
    state: object = None


@dataclass(frozen=True)
class PageAnswer:
    """What a page shows; a part that is left out stays as it is."""

    tiles: Sequence[StatTile] | None = None
    #: Name of a panel → its chart, and what stands over the chart while it is empty (None = it is not).
    charts: Mapping[str, tuple[Chart, Any]] = field(default_factory=dict)
    #: Id → children, or the value of the property that the page declared for it.
    parts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TileRow:
    """How many tiles a page has, and the CSS classes of their row ("four") and of each ("fact")."""

    count: int
    columns: str = ""
    kind: str = ""


@dataclass(frozen=True)
class FilteredPage:
    """A page with a filter bar: its address, its tiles and panels, and whatever else its callback fills."""

    entry: Entry
    #: The ids of the head, the tiles, the comparison and the footer start with it.
    name: str
    tiles: TileRow
    panels: Sequence[Panel]
    #: Panels that the page lays out by itself.
    details: Sequence[Panel] = ()
    #: Further ids whose children the page fills.
    texts: Sequence[str] = ()
    #: Further ids → the property that the page fills.
    properties: Mapping[str, str] = field(default_factory=dict)
    #: The id of a store whose data the page reads before it answers.
    state: str | None = None
    #: Is there a line below the tiles that says what they compare, and a footer?
    compares: bool = False
    has_footer: bool = False

    def layout(
        self, view: View, *, above: Sequence[Any] = (), below: Sequence[Any] = (), kind: str = ""
    ) -> html.Div:
        """The page before its figures have come, with further parts around its tiles; `kind` is a CSS class."""
        return html.Div(
            [
                *page_header.components(self.name, view.language.text(self.entry.name), view.language),
                *above,
                stat_tiles.skeleton(self.name, **vars(self.tiles)),
                html.P(id=f"{self.name}-compared", className="compared") if self.compares else None,
                *below,
                html.Div(panels.sections(self.panels, view), className="panels"),
                html.Footer(id=f"{self.name}-footer", className="coverage") if self.has_footer else None,
                dcc.Store(id=self.state) if self.state else None,
            ],
            className=f"page {kind}".strip(),
        )

    def register(self, app: Dash, service: Service, answer: Callable[[PageRequest], PageAnswer]) -> None:
        """One callback for the whole page, so that all of it is of one moment."""
        lines = {"compared": self.compares, "footer": self.has_footer}
        children = [*page_header.ids(self.name), f"{self.name}-tiles", *self.texts]
        children += [f"{self.name}-{line}" for line, shown in lines.items() if shown]
        outputs = {**dict.fromkeys(children, "children"), **self.properties}
        for panel in (*self.panels, *self.details):
            outputs |= {} if panel.for_admins else panel.outputs

        @app.callback(
            output={identifier: Output(identifier, name) for identifier, name in outputs.items()},
            inputs=[*page_header.inputs(), *([State(self.state, "data")] if self.state else [])],
        )
        def show_page(search: object, theme_name: object, _news: object, *state: object) -> dict[str, Any]:
            view = current_view(service, search)
            # Read before the figures: a change in between is asked for again, never missed.
            marker, style = live.marker(service), ChartStyle(theme.palette(theme_name), view.language)
            with service.database.snapshot() as snapshot:
                choices = page_header.choices(snapshot, view)
                found = answer(PageRequest(snapshot, view, choices, style, marker, *state))
            head = page_header.parts(self.name, view, choices, marker, self.entry.path)
            return {**dict.fromkeys(outputs, no_update), **head, **self._filled(found, style)}

    def register_admin_list(
        self, app: Dash, service: Service, name: str, content: Callable[[View], Any]
    ) -> None:
        """A separate callback for the rows of a list that names people; it answers admins only."""

        @app.callback(output=Output(f"{name}-rows", "children"), inputs=page_header.inputs())
        def show_list(search: object, _theme: object, _news: object) -> Any:
            require_admin()
            return content(current_view(service, search))

    def _filled(self, answer: PageAnswer, style: ChartStyle) -> dict[str, Any]:
        """The answer by the ids of its parts; here its charts are drawn."""
        parts = dict(answer.parts)
        if answer.tiles is not None:
            parts[f"{self.name}-tiles"] = stat_tiles.tiles(answer.tiles, style.language)
        for name, (chart, empty) in answer.charts.items():
            parts[f"{name}-figure"] = chart.figure(style)
            parts[f"{name}-empty"] = empty or []
            parts[f"{name}-legend"] = panels.legend(chart.legend(style))
        return parts
