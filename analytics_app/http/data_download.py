"""Plain routes for the page Me: the download of all one's data, and the form of preferences."""

import json
from collections.abc import Container
from zoneinfo import available_timezones

import flask
from flask.typing import ResponseReturnValue

from analytics_app.auth.login import set_language
from analytics_app.context.current_user import current_account
from analytics_app.context.service import Service
from analytics_app.i18n.languages import LANGUAGES
from analytics_app.pages.me.me_account import THEMES
from db.accounts.preferences import change_preferences
from db.lifecycle import data_export


def install(server: flask.Flask, service: Service) -> None:
    """Add the routes; both concern only the person who asks."""

    @server.get("/me/data.json")
    def own_data_file() -> ResponseReturnValue:
        person = current_account()
        # Streamed while it is read, so that years of sessions need no memory.
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
        # The cookie counts before the setting, so it must not contradict it.
        if locale is None:
            answer.delete_cookie("language")
        else:
            set_language(answer, locale)
        return answer


def _one_of(chosen: str | None, known: Container[str]) -> str | None:
    """What was chosen, if it exists; None = the default."""
    return chosen if chosen is not None and chosen in known else None
