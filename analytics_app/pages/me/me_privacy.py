"""Privacy on the page Me: what is stored of the reader and what the team sees, in three levels, and the leaderboard."""

from typing import Any

from dash import html

from analytics_app.components.accounts.account_names import level_name
from analytics_app.components.attributes import attributes
from analytics_app.components.sections import panel_head, small_button
from analytics_app.i18n.languages import Language
from db.accounts.account_records import Account, SettingsChange, ShareLevel
from db.accounts.users import SHARE_LEVELS

#: The rank of a level: each stores what those below it do.
RANKS = {"none": 0, "metadata": 1, "full": 2}


def level_of(clicked: object) -> ShareLevel | None:
    """The level that a click names, if it is one."""
    return next((known for known in SHARE_LEVELS if known == clicked), None)


def panel(account: Account, lang: Language, notice: str = "") -> list[Any]:
    """The levels with the reader's own marked, and the leaderboard."""
    return [
        panel_head(lang.text("Privacy"), lang.text("applied before anything is stored")),
        html.P(notice, className="done" if notice else "", role="status"),
        html.Div([_level(name, account, lang) for name in SHARE_LEVELS], className="levels"),
        _leaderboard(account, lang),
    ]


def _level(name: ShareLevel, account: Account, lang: Language) -> html.Article:
    """One level: what it stores, what the team sees, and the button that chooses it."""
    is_chosen = account.share_level == name
    summary = {
        "none": lang.text("Uploads are answered and forgotten."),
        "metadata": lang.text("How much and with what, never a word of what was said."),
        "full": lang.text("Also what was said, so that you can read it again here."),
    }[name]
    stored = {
        lang.text("Times, tokens and models"): RANKS["metadata"],
        lang.text("Project, branch and machine"): RANKS["metadata"],
        lang.text("Names and outcomes of tools"): RANKS["metadata"],
        lang.text("Messages and plans, without secrets"): RANKS["full"],
        lang.text("Input and output of tools"): RANKS["full"],
    }
    seen = {
        lang.text("Your part in the team's sums"): RANKS["metadata"],
        lang.text("Your figures by name, for admins"): RANKS["metadata"],
        # At no level at all: listed because people ask for it.
        lang.text("Your text"): len(RANKS),
    }
    return html.Article(
        [
            html.H3(level_name(name, lang)),
            html.P(summary, className="dim"),
            _answers(lang.text("Stored"), stored, RANKS[name], lang),
            _answers(lang.text("Seen by the team"), seen, RANKS[name], lang),
            html.Div(_choose(name, account, lang), className="level-action"),
        ],
        className="level chosen" if is_chosen else "level",
        **attributes(aria_current="true" if is_chosen else "false"),
    )


def _answers(title: str, needed_ranks: dict[str, int], rank: int, lang: Language) -> html.Div:
    """Yes or no for each line, by a sign and a hidden word, never by colour alone."""
    lines = [
        html.Li(
            [
                html.Span("✓" if rank >= needed else "–", className="sign", **attributes(aria_hidden="true")),
                html.Span(
                    lang.text("yes: ") if rank >= needed else lang.text("no: "), className="visually-hidden"
                ),
                html.Span(text),
            ],
            className="yes" if rank >= needed else "no",
        )
        for text, needed in needed_ranks.items()
    ]
    return html.Div([html.H4(title), html.Ul(lines)], className="level-part")


def _choose(name: ShareLevel, account: Account, lang: Language) -> Any:
    """One click; two where stored text would be deleted."""
    if account.share_level == name:
        return html.Span([html.Span("✓ "), lang.text("This is your level")], className="mood-good")
    choose, is_loss = lang.text("Choose this level"), account.share_level == "full"
    name_of_button = lang.text("Delete the text now") if is_loss else choose
    choice = small_button(name_of_button, {"level": name}, danger=is_loss)
    if not is_loss:
        return choice
    consequence = lang.text(
        "All text of yours that is stored is deleted at once and for good. Your figures stay."
    )
    return html.Details(
        [
            html.Summary(choose, className="button small"),
            html.Div([html.P(consequence), choice], className="popover-box above"),
        ],
        className="dropdown-box",
    )


def _leaderboard(account: Account, lang: Language) -> html.Div:
    if account.show_in_leaderboard:
        text = lang.text("You take part: your name and your totals are on the leaderboard.")
        name = lang.text("Leave the leaderboard")
    else:
        text = lang.text("You do not take part: nobody sees your name on the leaderboard.")
        name = lang.text("Take part")
    return html.Div(
        [
            html.Div([html.H3(lang.text("Leaderboard")), html.P(text, className="dim")]),
            html.Button(name, id="me-leaderboard", className="button small", type="button"),
        ],
        className="switch-line",
    )


def notice(before: Account, change: SettingsChange, lang: Language) -> str:
    """The outcome of a change, compared with the account before it."""
    if change.purged:
        return lang.text("Your text is deleted. From now on only figures are kept, or nothing, as you chose.")
    if change.purging:
        return lang.text("Your text is being deleted; from this moment on nobody is shown any of it.")
    if change.account.share_level != before.share_level:
        return lang.text("Changed. It counts from the next upload on.")
    return lang.text("Changed.")
