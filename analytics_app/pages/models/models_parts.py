"""The tiles, lists and tables of the Models & cost page, from the tokens and costs of models and people."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import html

from analytics_app.analysis.cache_savings import cache_savings
from analytics_app.analysis.data_table import Cell, DataTable
from analytics_app.analysis.projection import Projection
from analytics_app.charts.theme import shorten
from analytics_app.components import listings, panels
from analytics_app.components.controls import csv_link
from analytics_app.components.stat_tiles import StatTile
from analytics_app.components.tables import Field, bar, item_list
from analytics_app.context.current_user import require_admin
from analytics_app.context.view import View, note_names
from analytics_app.i18n.languages import Language
from db.connection import Statements
from db.usage import breakdowns
from db.usage.breakdown_records import Charge, ModelFigures
from db.usage.usage_records import TokenUsage

NAMED = 2
SHOWN_PEOPLE = 8


@dataclass(frozen=True, kw_only=True)
class NamedUsage(TokenUsage):
    """The sums of several rows under one name."""

    name: str

    @property
    def all_tokens(self) -> int:
        """The tokens of all four kinds."""
        return self.tokens_in + self.tokens_out + self.cache_read_tokens + self.cache_creation_tokens


def sums(rows: Iterable[tuple[str, TokenUsage]]) -> list[NamedUsage]:
    """Rows added up by name: the most expensive first, then those with most tokens."""
    by_name: defaultdict[str, list[TokenUsage]] = defaultdict(list)
    for name, row in rows:
        by_name[name].append(row)
    found = [
        NamedUsage(
            name=name,
            tokens_in=sum(row.tokens_in for row in own),
            tokens_out=sum(row.tokens_out for row in own),
            cache_read_tokens=sum(row.cache_read_tokens for row in own),
            cache_creation_tokens=sum(row.cache_creation_tokens for row in own),
            cost_usd=known_sum(own),
            unpriced_tokens=sum(row.unpriced_tokens for row in own),
        )
        for name, own in by_name.items()
    ]
    return sorted(found, key=lambda one: (-(one.cost_usd or 0), -one.all_tokens, one.name))


def known_sum(rows: Iterable[TokenUsage]) -> Decimal | None:
    """The sum of the known costs; None where none is known."""
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    return sum(known, Decimal(0)) if known else None


def by_model(rows: Iterable[ModelFigures]) -> list[NamedUsage]:
    """The models of a period."""
    return sums((row.model, row) for row in rows)


def tiles_of(rows: Sequence[ModelFigures], month: Projection, lang: Language) -> list[StatTile]:
    """The period's cost, the month so far and its end, what the cache saved, and what has no price."""
    models = by_model(rows)
    used, unpriced = known_sum(models), sum(one.unpriced_tokens for one in models)
    saved, unknown = cache_savings(rows), lang.text("unknown")
    return [
        StatTile(
            lang.text("Estimated cost"),
            unknown if used is None and unpriced else lang.money(used or Decimal(0)),
            lang.text("in the period, at list price"),
        ),
        *_month(month, lang),
        StatTile(
            lang.text("Saved by the cache"),
            "–" if not rows else unknown if saved is None else lang.money(saved),
            lang.text("against reading the same tokens fresh"),
        ),
        _unpriced(models, lang),
    ]


def _month(month: Projection, lang: Language) -> list[StatTile]:
    so_far, at_end = lang.text("This month so far"), lang.text("Likely by its end")
    if month.to_date is None:
        return [StatTile(so_far, lang.text("unknown")), StatTile(at_end, lang.text("unknown"))]
    tile = StatTile(so_far, lang.money(Decimal(month.to_date)), lang.text("whatever the period above"))
    if not month.outlook:
        return [tile, StatTile(at_end, "–", lang.text("after seven days with a cost"))]
    end = month.outlook[-1]
    span = lang.text(
        "{low} to {high} in four of five cases",
        low=lang.money(Decimal(end.low)),
        high=lang.money(Decimal(end.high)),
    )
    return [tile, StatTile(at_end, lang.money(Decimal(end.likely)), span)]


def _unpriced(models: Sequence[NamedUsage], lang: Language) -> StatTile:
    without = sorted(
        (one for one in models if one.unpriced_tokens), key=lambda one: (-one.unpriced_tokens, one.name)
    )
    tokens = sum(one.unpriced_tokens for one in without)
    share = tokens / max(sum(one.all_tokens for one in models), 1)
    names = [shorten(one.name) or lang.text("not reported") for one in without[:NAMED]]
    more = len(without) - len(names)
    note = ", ".join(names) + (lang.text(" and {count} more", count=lang.number(more)) if more else "")
    if models and not without:
        note = lang.text("every token has a price")
    return StatTile(lang.text("Tokens without price"), lang.percent(share), note)


def models(rows: Sequence[ModelFigures], view: View) -> html.Table:
    """Every model with its tokens of all kinds and its cost."""
    lang, found = view.language, by_model(rows)
    whole = float(known_sum(found) or 0)

    def share(one: NamedUsage) -> float:
        return float(one.cost_usd or 0) / whole if whole else 0.0

    def percent(one: NamedUsage) -> str:
        return "–" if one.cost_usd is None and one.unpriced_tokens else lang.percent(share(one))

    return item_list(
        lang.text("All models"),
        found,
        Field(
            lang.text("Model"), lambda one: listings.whole_name(one.name or lang.text("not reported")), "name"
        ),
        Field("", lambda one: bar(share(one)), ""),
        Field(lang.text("Share of cost"), percent),
        Field(
            lang.text("Estimated cost"), lambda one: listings.cost(one.cost_usd, one.unpriced_tokens, lang)
        ),
        Field(lang.text("Tokens in"), lambda one: listings.tokens(one.tokens_in, lang)),
        Field(lang.text("Tokens out"), lambda one: listings.tokens(one.tokens_out, lang)),
        Field(lang.text("Cache read"), lambda one: listings.tokens(one.cache_read_tokens, lang)),
        Field(lang.text("Cache written"), lambda one: listings.tokens(one.cache_creation_tokens, lang)),
    )


def charges(view: View) -> Any:
    """What each person used, and files to pass it on; for admins only."""
    lang, found = view.language, sums((row.username, row) for row in read_charges(view))
    if not found:
        return panels.empty(
            lang.text("Nothing to charge"), lang.text("It appears with the first session of the period.")
        )
    most = float(found[0].cost_usd or 0) or 1.0
    table = item_list(
        lang.text("Charge-back"),
        found[:SHOWN_PEOPLE],
        Field(lang.text("Person"), lambda one: one.name, "name"),
        Field("", lambda one: bar(float(one.cost_usd or 0) / most), ""),
        Field(
            lang.text("Estimated cost"), lambda one: listings.cost(one.cost_usd, one.unpriced_tokens, lang)
        ),
        hide_titles=True,
    )
    files = [
        csv_link("charges-people", lang, lang.text("CSV by person")),
        csv_link("charges-projects", lang, lang.text("CSV by project")),
        csv_link("charges", lang, lang.text("CSV by person and project")),
    ]
    return [table, html.P(files, className="more files")]


def read_models(db: Statements, view: View) -> list[ModelFigures]:
    """Every model on every day of the period."""
    return breakdowns.list_model_figures(db, *view.selection.scope)


def models_table(view: View) -> DataTable:
    """Every model with its tokens of all kinds and its cost."""
    lang = view.language
    return _sums_table(
        lang.text("Model"),
        by_model(read_models(view.service.database, view)),
        lang.text("not reported"),
        lang,
    )


def read_charges(view: View) -> list[Charge]:
    """Every person on every project; for admins only, and noted, since it names people."""
    require_admin()
    note_names(view)
    return breakdowns.list_charges(view.service.database, *view.selection.scope)


def charges_table(view: View) -> DataTable:
    """Every person on every project."""
    lang = view.language
    return DataTable.of(
        read_charges(view),
        (lang.text("Person"), lambda row: row.username),
        (lang.text("Project"), lambda row: row.project_name or lang.text("no project")),
        (lang.text("Sessions"), lambda row: row.session_count),
        *_usage_columns(lang),
    )


def people_table(view: View) -> DataTable:
    """The charges of every person."""
    found = sums((row.username, row) for row in read_charges(view))
    return _sums_table(view.language.text("Person"), found, "", view.language)


def projects_table(view: View) -> DataTable:
    """The charges of every project."""
    lang = view.language
    found = sums((row.project_name, row) for row in read_charges(view))
    return _sums_table(lang.text("Project"), found, lang.text("no project"), lang)


def _sums_table(title: str, found: Iterable[NamedUsage], nameless: str, lang: Language) -> DataTable:
    return DataTable.of(found, (title, lambda one: one.name or nameless), *_usage_columns(lang))


def _usage_columns(lang: Language) -> list[tuple[str, Callable[[TokenUsage], Cell]]]:
    return [
        (lang.text("Tokens in"), lambda row: row.tokens_in),
        (lang.text("Tokens out"), lambda row: row.tokens_out),
        (lang.text("Cache read"), lambda row: row.cache_read_tokens),
        (lang.text("Cache written"), lambda row: row.cache_creation_tokens),
        (lang.text("Estimated cost in US dollars"), lambda row: row.cost_usd),
        (lang.text("Tokens without price"), lambda row: row.unpriced_tokens),
    ]
