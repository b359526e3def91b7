"""What is mine alone: my data as a file, and how I want my pages; plain routes beside those of Dash."""

import json
from collections.abc import Container
from zoneinfo import available_timezones

import flask
from flask.typing import ResponseReturnValue
from werkzeug import Response

from analytics_app.auth.guard import current_account
from analytics_app.auth.login import LANGUAGE_SECONDS
from analytics_app.context import Service
from analytics_app.i18n.languages import LANGUAGES
from analytics_app.pages.me.me_account import THEMES
from db.accounts.preferences import change_preferences
from db.lifecycle import data_export


def install(server: flask.Flask, service: Service) -> None:
    """Add the routes; both know only who is asking."""

    @server.get("/me/data.json")
    def own_data_file() -> ResponseReturnValue:
        person = current_account()
        # Sent while it is read: years of sessions need no memory.
        pieces = data_export.stream_data_export(service.database, person.user_id)
        name = json.dumps(f"insights-{person.username}-{service.today().isoformat()}.json")
        return flask.Response(
            pieces,
            mimetype="application/json",
            headers={"Content-Disposition": f"attachment; filename={name}"},
        )

    @server.post("/me/preferences")
    def preferences() -> ResponseReturnValue:
        person, form = current_account(), flask.request.form
        locale = _one_of(form.get("locale"), LANGUAGES)
        change_preferences(
            service.database,
            person.user_id,
            locale=locale,
            time_zone=_one_of(form.get("time_zone"), available_timezones()),
            theme=_one_of(form.get("theme"), THEMES),
        )
        answer = flask.redirect("/me", 303)
        _say_language(answer, locale)
        return answer


def _one_of(chosen: str | None, known: Container[str]) -> str | None:
    """What was chosen, if there is such a thing; None = as they have it."""
    return chosen if chosen is not None and chosen in known else None


def _say_language(answer: Response, locale: str | None) -> None:
    """The cookie counts before the setting: it must not go on saying something else."""
    if locale is None:
        answer.delete_cookie("language")
        return
    secure = flask.request.is_secure
    answer.set_cookie(
        "language", locale, max_age=LANGUAGE_SECONDS, httponly=True, samesite="Lax", secure=secure
    )
