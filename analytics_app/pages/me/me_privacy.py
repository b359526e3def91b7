"""What is kept of my sessions and what the team sees of me: three levels side by side, and the leaderboard."""

from typing import Any

from dash import html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_parts import level_name
from db.accounts.account_records import Account, SettingsChange, ShareLevel
from db.accounts.users import SHARE_LEVELS

#: What a level keeps: nothing, figures, figures and text.
KEPT = {"none": 0, "metadata": 1, "full": 2}


def level(clicked: object) -> ShareLevel | None:
    """The level that a click names, if it is one."""
    return next((known for known in SHARE_LEVELS if known == clicked), None)


def panel(account: Account, lang: Language, notice: str = "") -> list[Any]:
    """All of it as the person has it now."""
    return [
        html.Header(
            [
                html.H2(lang.text("Privacy")),
                html.Span(lang.text("applied before anything is stored"), className="note"),
            ],
            className="panel-head",
        ),
        html.P(notice, className="done" if notice else "", role="status"),
        html.Div([_level(name, account, lang) for name in SHARE_LEVELS], className="levels"),
        _leaderboard(account, lang),
    ]


def _level(name: ShareLevel, account: Account, lang: Language) -> html.Article:
    """One level: what it stores, what the team sees, and how to get there."""
    chosen = account.share_level == name
    return html.Article(
        [
            html.H3(level_name(name, lang)),
            html.P(_in_short(name, lang), className="dim"),
            _lines(lang.text("Stored"), _stored(lang), KEPT[name], lang),
            _lines(lang.text("Seen by the team"), _seen(lang), KEPT[name], lang),
            html.Div(_way_there(name, account, lang), className="level-action"),
        ],
        className="level chosen" if chosen else "level",
        **attributes(aria_current="true" if chosen else "false"),
    )


def _in_short(name: str, lang: Language) -> str:
    return {
        "none": lang.text("Uploads are answered and forgotten."),
        "metadata": lang.text("How much and with what, never a word of what was said."),
        "full": lang.text("Also what was said, so that you can read it again here."),
    }[name]


def _stored(lang: Language) -> list[tuple[str, int]]:
    """What there is to store, and from which level on it is."""
    return [
        (lang.text("Times, tokens and models"), KEPT["metadata"]),
        (lang.text("Project, branch and machine"), KEPT["metadata"]),
        (lang.text("Names and outcomes of tools"), KEPT["metadata"]),
        (lang.text("Messages and plans, without secrets"), KEPT["full"]),
        (lang.text("Input and output of tools"), KEPT["full"]),
    ]


def _seen(lang: Language) -> list[tuple[str, int]]:
    return [
        (lang.text("Your part in the team's sums"), KEPT["metadata"]),
        (lang.text("Your figures by name, for admins"), KEPT["metadata"]),
        # Nobody, at any level: a line of its own, since that is what people ask.
        (lang.text("Your text"), len(KEPT)),
    ]


def _lines(title: str, lines: list[tuple[str, int]], kept: int, lang: Language) -> html.Div:
    return html.Div(
        [html.H4(title), html.Ul([_line(text, kept >= needed, lang) for text, needed in lines])],
        className="level-part",
    )


def _line(text: str, yes: bool, lang: Language) -> html.Li:
    """A sign and a word: no colour alone says it."""
    sign = html.Span("✓" if yes else "–", className="sign", **attributes(aria_hidden="true"))
    word = html.Span(lang.text("yes: ") if yes else lang.text("no: "), className="visually-hidden")
    return html.Li([sign, word, html.Span(text)], className="yes" if yes else "no")


def _way_there(name: ShareLevel, account: Account, lang: Language) -> Any:
    """One click; two where text would be lost."""
    if account.share_level == name:
        return html.Span([html.Span("✓ "), lang.text("This is your level")], className="mood-good")
    choose, losing = lang.text("Choose this level"), account.share_level == "full"
    button = html.Button(
        lang.text("Delete the text now") if losing else choose,
        id={"level": name},
        className="button danger small" if losing else "button small",
        type="button",
    )
    if not losing:
        return button
    consequence = lang.text(
        "All text of yours that is stored is deleted at once and for good. Your figures stay."
    )
    return html.Details(
        [
            html.Summary(choose, className="button small"),
            html.Div([html.P(consequence), button], className="popover-box above"),
        ],
        className="dropdown-box",
    )


def _leaderboard(account: Account, lang: Language) -> html.Div:
    taking_part = account.show_in_leaderboard
    words = (
        lang.text("You take part: your name and your totals are on the leaderboard.")
        if taking_part
        else lang.text("You do not take part: nobody sees your name on the leaderboard.")
    )
    name = lang.text("Leave the leaderboard") if taking_part else lang.text("Take part")
    return html.Div(
        [
            html.Div([html.H3(lang.text("Leaderboard")), html.P(words, className="dim")]),
            html.Button(name, id="me-leaderboard", className="button small", type="button"),
        ],
        className="switch-line",
    )


def notice(before: Account, change: SettingsChange, lang: Language) -> str:
    """What has become of the change."""
    if change.purged:
        return lang.text("Your text is deleted. From now on only figures are kept, or nothing, as you chose.")
    if change.purging:
        return lang.text("Your text is being deleted; from this moment on nobody is shown any of it.")
    if change.account.share_level != before.share_level:
        return lang.text("Changed. It counts from the next upload on.")
    return lang.text("Changed.")
