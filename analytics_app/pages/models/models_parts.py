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
from db.usage.breakdown_records import Charge, ModelFigures
from db.usage.usage_records import TokenUsage

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


def sums(rows: Iterable[tuple[str, TokenUsage]]) -> list[Sum]:
    """Rows added up by name: the dearest first, then those with most tokens."""
    named: defaultdict[str, list[TokenUsage]] = defaultdict(list)
    for name, row in rows:
        named[name].append(row)
    found = [_sum(name, own) for name, own in named.items()]
    return sorted(found, key=lambda one: (-(one.cost_usd or 0), -one.all_tokens, one.name))


def _sum(name: str, rows: Sequence[TokenUsage]) -> Sum:
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


def facts_of(rows: Sequence[ModelFigures], month: Projection, lang: Language) -> list[Fact]:
    """The period's cost, the month so far and its end, what the cache saved, and what has no price."""
    models = by_model(rows)
    spent, unpriced = known_sum(one.cost_usd for one in models), sum(one.unpriced_tokens for one in models)
    saved = cache_savings(rows)
    return [
        Fact(
            lang.text("Estimated cost"),
            lang.text("unknown") if spent is None and unpriced else lang.money(spent or Decimal(0)),
            lang.text("in the period, at list price"),
        ),
        *_month(month, lang),
        Fact(
            lang.text("Saved by the cache"),
            _saved(saved, lang) if rows else "–",
            lang.text("against reading the same tokens fresh"),
        ),
        _unpriced(models, lang),
    ]


def _saved(saved: Decimal | None, lang: Language) -> str:
    return lang.text("unknown") if saved is None else lang.money(saved)


def _month(month: Projection, lang: Language) -> list[Fact]:
    so_far, at_end = lang.text("This month so far"), lang.text("Likely by its end")
    if month.to_date is None:
        return [Fact(so_far, lang.text("unknown")), Fact(at_end, lang.text("unknown"))]
    facts = [Fact(so_far, lang.money(Decimal(month.to_date)), lang.text("whatever the period above"))]
    if not month.outlook:
        return [*facts, Fact(at_end, "–", lang.text("after seven days with a cost"))]
    end = month.outlook[-1]
    span = lang.text(
        "{low} to {high} in four of five cases",
        low=lang.money(Decimal(end.low)),
        high=lang.money(Decimal(end.high)),
    )
    return [*facts, Fact(at_end, lang.money(Decimal(end.likely)), span)]


def _unpriced(models: Sequence[Sum], lang: Language) -> Fact:
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
    return Fact(lang.text("Tokens without price"), lang.percent(share), note)


def models(rows: Sequence[ModelFigures], view: View) -> Any:
    """Every model with its tokens of all kinds and its cost."""
    lang, found = view.language, by_model(rows)
    whole = known_sum(one.cost_usd for one in found) or Decimal(0)
    titles = [
        lang.text("Model"),
        "",
        lang.text("Share of cost"),
        lang.text("Estimated cost"),
        lang.text("Tokens in"),
        lang.text("Tokens out"),
        lang.text("Cache read"),
        lang.text("Cache written"),
    ]
    body = [_model_row(one, float(whole), lang) for one in found]
    return listings.table(lang.text("All models"), titles, body, shown=True)


def _model_row(one: Sum, whole: float, lang: Language) -> html.Tr:
    share = float(one.cost_usd or 0) / whole if whole else 0.0
    counts = (one.tokens_in, one.tokens_out, one.cache_read_tokens, one.cache_creation_tokens)
    unpriced = one.cost_usd is None and one.unpriced_tokens
    return html.Tr(
        [
            html.Td(listings.whole_name(one.name or lang.text("not reported")), className="name"),
            html.Td(listings.bar(share)),
            html.Td("–" if unpriced else lang.percent(share), className="number"),
            html.Td(cost(one.cost_usd, one.unpriced_tokens, lang), className="number"),
            *(html.Td(lang.compact(count), className="number", title=lang.number(count)) for count in counts),
        ]
    )


def charges(rows: Sequence[Charge], view: View) -> Any:
    """What each person used, and files to pass it on; for admins only."""
    lang, found = view.language, sums((row.username, row) for row in rows)
    if not found:
        return panels.empty(
            lang.text("Nothing to charge"), lang.text("It appears with the first session of the period.")
        )
    most = float(found[0].cost_usd or 0) or 1.0
    body = [
        html.Tr(
            [
                html.Td(one.name, className="name"),
                html.Td(listings.bar(float(one.cost_usd or 0) / most)),
                html.Td(cost(one.cost_usd, one.unpriced_tokens, lang), className="number"),
            ]
        )
        for one in found[:SHOWN_PEOPLE]
    ]
    table = listings.table(
        lang.text("Charge-back"), [lang.text("Person"), "", lang.text("Estimated cost")], body
    )
    return [table, html.P([*_files(lang)], className="more files")]


def _files(lang: Language) -> list[html.A]:
    names = {
        "charges-people": lang.text("CSV by person"),
        "charges-projects": lang.text("CSV by project"),
        "charges": lang.text("CSV by person and project"),
    }
    return [
        html.A(text, href=f"/csv/{name}.csv", download=f"{name}.csv", className="quiet")
        for name, text in names.items()
    ]
