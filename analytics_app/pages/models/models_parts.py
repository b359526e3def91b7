"""The facts and lists of the Models & cost page, from its rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dash import html

from analytics_app.analysis.cache_savings import cache_savings
from analytics_app.analysis.projection import Projection
from analytics_app.charts.theme import shorten
from analytics_app.components import listings, panels
from analytics_app.components.fact_tiles import Fact
from analytics_app.i18n.languages import Language
from analytics_app.pages.projects.projects_parts import cost
from analytics_app.view import View
from db.records import Spent
from db.usage.breakdown_records import Charge, ModelFigures

NAMED = 2
SHOWN_PEOPLE = 8


@dataclass(frozen=True)
class Sum:
    """The sums of several rows under one name."""

    name: str
    tokens_in: int
    tokens_out: int
    cache_read_tokens: int
    cache_creation_tokens: int
    #: None = no token has a known price.
    cost_usd: Decimal | None
    unpriced_tokens: int

    @property
    def all_tokens(self) -> int:
        """Of all four kinds."""
        return self.tokens_in + self.tokens_out + self.cache_read_tokens + self.cache_creation_tokens


def sums(rows: Iterable[tuple[str, Spent]]) -> list[Sum]:
    """Rows added up by name: the dearest first, then those with most tokens."""
    named: defaultdict[str, list[Spent]] = defaultdict(list)
    for name, row in rows:
        named[name].append(row)
    found = [_sum(name, own) for name, own in named.items()]
    return sorted(found, key=lambda one: (-(one.cost_usd or 0), -one.all_tokens, one.name))


def _sum(name: str, rows: Sequence[Spent]) -> Sum:
    return Sum(
        name=name,
        tokens_in=sum(row.tokens_in for row in rows),
        tokens_out=sum(row.tokens_out for row in rows),
        cache_read_tokens=sum(row.cache_read_tokens for row in rows),
        cache_creation_tokens=sum(row.cache_creation_tokens for row in rows),
        cost_usd=known_sum(row.cost_usd for row in rows),
        unpriced_tokens=sum(row.unpriced_tokens for row in rows),
    )


def known_sum(costs: Iterable[Decimal | None]) -> Decimal | None:
    """What is known of them; None where nothing is."""
    known = [one for one in costs if one is not None]
    return sum(known, Decimal(0)) if known else None


def by_model(rows: Iterable[ModelFigures]) -> list[Sum]:
    """The models of a period."""
    return sums((row.model, row) for row in rows)


def facts_of(rows: Sequence[ModelFigures], month: Projection, said: Language) -> list[Fact]:
    """The period's cost, the month so far and its end, what the cache saved, and what has no price."""
    models = by_model(rows)
    spent, unpriced = known_sum(one.cost_usd for one in models), sum(one.unpriced_tokens for one in models)
    saved = cache_savings(rows)
    return [
        Fact(
            said.text("Estimated cost"),
            said.text("unknown") if spent is None and unpriced else said.money(spent or Decimal(0)),
            said.text("in the period, at list price"),
        ),
        *_month(month, said),
        Fact(
            said.text("Saved by the cache"),
            _saved(saved, said) if rows else "–",
            said.text("against reading the same tokens fresh"),
        ),
        _unpriced(models, said),
    ]


def _saved(saved: Decimal | None, said: Language) -> str:
    return said.text("unknown") if saved is None else said.money(saved)


def _month(month: Projection, said: Language) -> list[Fact]:
    so_far, at_end = said.text("This month so far"), said.text("Likely by its end")
    if month.to_date is None:
        return [Fact(so_far, said.text("unknown")), Fact(at_end, said.text("unknown"))]
    facts = [Fact(so_far, said.money(Decimal(month.to_date)), said.text("whatever the period above"))]
    if not month.outlook:
        return [*facts, Fact(at_end, "–", said.text("after seven days with a cost"))]
    end = month.outlook[-1]
    span = said.text(
        "{low} to {high} in four of five cases",
        low=said.money(Decimal(end.low)),
        high=said.money(Decimal(end.high)),
    )
    return [*facts, Fact(at_end, said.money(Decimal(end.likely)), span)]


def _unpriced(models: Sequence[Sum], said: Language) -> Fact:
    without = sorted(
        (one for one in models if one.unpriced_tokens), key=lambda one: (-one.unpriced_tokens, one.name)
    )
    tokens = sum(one.unpriced_tokens for one in without)
    share = tokens / max(sum(one.all_tokens for one in models), 1)
    names = [shorten(one.name) or said.text("not reported") for one in without[:NAMED]]
    more = len(without) - len(names)
    note = ", ".join(names) + (said.text(" and {count} more", count=said.number(more)) if more else "")
    if models and not without:
        note = said.text("every token has a price")
    return Fact(said.text("Tokens without price"), said.percent(share), note)


def models(rows: Sequence[ModelFigures], view: View) -> Any:
    """Every model with its tokens of all kinds and its cost."""
    said, found = view.language, by_model(rows)
    whole = known_sum(one.cost_usd for one in found) or Decimal(0)
    titles = [
        said.text("Model"),
        "",
        said.text("Share of cost"),
        said.text("Estimated cost"),
        said.text("Tokens in"),
        said.text("Tokens out"),
        said.text("Cache read"),
        said.text("Cache written"),
    ]
    body = [_model_row(one, float(whole), said) for one in found]
    return listings.table(said.text("All models"), titles, body, shown=True)


def _model_row(one: Sum, whole: float, said: Language) -> html.Tr:
    share = float(one.cost_usd or 0) / whole if whole else 0.0
    counts = (one.tokens_in, one.tokens_out, one.cache_read_tokens, one.cache_creation_tokens)
    unpriced = one.cost_usd is None and one.unpriced_tokens
    return html.Tr(
        [
            html.Td(listings.whole_name(one.name or said.text("not reported")), className="name"),
            html.Td(listings.bar(share)),
            html.Td("–" if unpriced else said.percent(share), className="number"),
            html.Td(cost(one.cost_usd, one.unpriced_tokens, said), className="number"),
            *(html.Td(said.compact(count), className="number", title=said.number(count)) for count in counts),
        ]
    )


def charges(rows: Sequence[Charge], view: View) -> Any:
    """What each person used, and files to pass it on; for admins only."""
    said, found = view.language, sums((row.username, row) for row in rows)
    if not found:
        return panels.empty(
            said.text("Nothing to charge"), said.text("It appears with the first session of the period.")
        )
    most = float(found[0].cost_usd or 0) or 1.0
    body = [
        html.Tr(
            [
                html.Td(one.name, className="name"),
                html.Td(listings.bar(float(one.cost_usd or 0) / most)),
                html.Td(cost(one.cost_usd, one.unpriced_tokens, said), className="number"),
            ]
        )
        for one in found[:SHOWN_PEOPLE]
    ]
    table = listings.table(
        said.text("Charge-back"), [said.text("Person"), "", said.text("Estimated cost")], body
    )
    return [table, html.P([*_files(said)], className="more files")]


def _files(said: Language) -> list[html.A]:
    names = {
        "charges-people": said.text("CSV by person"),
        "charges-projects": said.text("CSV by project"),
        "charges": said.text("CSV by person and project"),
    }
    return [
        html.A(text, href=f"/csv/{name}.csv", download=f"{name}.csv", className="quiet")
        for name, text in names.items()
    ]
