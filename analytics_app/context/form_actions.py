"""Runs what a person clicked or sent, and shows the outcome: between the callbacks of the pages and db."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from dash import ctx, html
from dash.exceptions import PreventUpdate

from analytics_app.i18n.languages import Language
from db.accounts.administration import CannotDeleteSelf, LastAdmin, TooManyKeys
from db.accounts.passwords import WeakPassword
from db.errors import Conflict, NoSuchPerson


class FormError(Exception):
    """A form can't be carried out as it was sent; the message is a msgid of the catalogue."""


#: What a person reads when the database layer refuses a change.
REFUSALS: Final[Mapping[type[Exception], FormError]] = {
    CannotDeleteSelf: FormError(
        "Only another admin can delete your account; your data you delete on the page Me."
    ),
    Conflict: FormError("This name is taken."),
    LastAdmin: FormError("This is the last admin: make somebody else one first."),
    NoSuchPerson: FormError("This person is not there any more."),
    TooManyKeys: FormError(
        "That is too many keys. Stop those that nobody uses, or make the next one tomorrow."
    ),
    WeakPassword: FormError(
        "That password is one of the first that are guessed. Choose a longer or rarer one."
    ),
}


def clicked() -> Any:
    """Return the id of the clicked component; raises PreventUpdate if a component has merely appeared."""
    if not any(event["value"] for event in ctx.triggered):
        raise PreventUpdate
    return ctx.triggered_id


def attempt(action: Callable[[], Any], lang: Language) -> tuple[Any, str]:
    """Run the action; return its result and "", or None and the reason of the refusal."""
    try:
        return action(), ""
    except FormError as problem:
        return None, lang.text(str(problem))
    except tuple(REFUSALS) as reason:
        return None, lang.text(str(REFUSALS[type(reason)]))


def outcome(action: Callable[[], Any], lang: Language) -> Any:
    """Run the action; return the component that it returns, or one with the reason of the refusal."""
    shown, problem = attempt(action, lang)
    return html.P(problem, className="problem") if problem else shown


def done(text: str) -> html.P:
    """The outcome of an action that returns nothing else."""
    return html.P(text, className="done")
