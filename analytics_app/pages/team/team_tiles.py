"""The five tiles of the Team page, from the sums of two periods."""

from decimal import Decimal

from analytics_app.components.stat_tiles import PeriodComparison, StatTile
from analytics_app.i18n.languages import Language
from db.records import Coverage, Totals


def tiles_of(series: PeriodComparison[Totals], coverage: Coverage, lang: Language) -> list[StatTile]:
    """Sessions, tokens, cost, time and people."""
    return [
        _sessions(series, lang),
        _tokens(series, lang),
        _cost(series, lang),
        _time(series, lang),
        _people(series, coverage, lang),
    ]


def _sessions(series: PeriodComparison[Totals], lang: Language) -> StatTile:
    # The full days since the first session: a team that had not begun yet was not idle.
    days, full = series.full_days, series.days[: series.full_days]
    if not series.before.session_count:
        days = next((len(full) - place for place, day in enumerate(full) if day.session_count), 0)
    a_day = series.full.session_count / days if days else series.now.session_count
    count = lang.number(round(a_day)) if a_day >= 1 else "< 1"
    return series.tile(
        lang.text("Sessions"),
        lambda sums: sums.session_count,
        lambda sums: lang.compact(sums.session_count),
        note=lang.text("{count} a day", count=count) if series.now.session_count else "",
    )


def _tokens(series: PeriodComparison[Totals], lang: Language) -> StatTile:
    now = series.now
    cached = now.cache_read_tokens + now.cache_creation_tokens
    parts = lang.text(
        "{in_} in · {out} out", in_=lang.compact(now.tokens_in), out=lang.compact(now.tokens_out)
    )
    return series.tile(
        lang.text("Tokens"),
        lambda sums: sums.tokens,
        lambda sums: lang.compact(sums.tokens),
        beside=lang.text("+ {tokens} cache", tokens=lang.compact(cached)) if cached else "",
        note=parts if now.tokens else "",
        wide=True,
    )


def _cost(series: PeriodComparison[Totals], lang: Language) -> StatTile:
    return series.tile(
        lang.text("Estimated cost"),
        known_cost,
        lambda sums: lang.known(known_cost(sums), lang.money),
        more_is_good=False,
        note=price_note(series.now.unpriced_tokens, lang, any_priced=series.now.cost_usd is not None),
    )


def price_note(unpriced: int, lang: Language, *, any_priced: bool) -> str:
    """How many tokens have no price; "" where there are no tokens."""
    if unpriced:
        return lang.text("{tokens} tokens without price", tokens=lang.compact(unpriced))
    return lang.text("every token has a price") if any_priced else ""


def known_cost(sums: Totals) -> Decimal | None:
    """What is known of the cost; None, and never 0, where tokens were used and none has a price."""
    return None if sums.cost_usd is None and sums.unpriced_tokens else sums.cost_usd or Decimal(0)


def _time(series: PeriodComparison[Totals], lang: Language) -> StatTile:
    seconds = series.now.duration_seconds
    minutes = round(seconds / 60 / max(series.now.session_count, 1))
    return series.tile(
        lang.text("Coding time"),
        lambda sums: sums.duration_seconds,
        lambda sums: lang.hours(sums.duration_seconds),
        note=lang.text("{minutes} min a session", minutes=lang.number(minutes)) if seconds else "",
    )


def _people(series: PeriodComparison[Totals], coverage: Coverage, lang: Language) -> StatTile:
    now = series.now.active_users
    each = round(series.now.session_count / max(now, 1))
    return series.tile(
        lang.text("Active developers"),
        lambda sums: sums.active_users,
        lambda sums: lang.number(sums.active_users),
        beside=lang.text("of {known}", known=lang.number(coverage.people_known)),
        note=lang.plural("{count} session each", "{count} sessions each", each) if now else "",
    )
