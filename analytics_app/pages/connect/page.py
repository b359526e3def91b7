"""The Connect page: three steps to the first session; the third turns green when an upload arrives."""

from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.exceptions import PreventUpdate

from analytics_app.auth.account_changes import user_admin
from analytics_app.components.attributes import attributes
from analytics_app.components.browser import in_browser
from analytics_app.components.controls import radio_segments
from analytics_app.components.shell import Entry
from analytics_app.context import form_actions
from analytics_app.context.current_user import current_account
from analytics_app.context.service import Service
from analytics_app.context.view import View, current_view
from analytics_app.pages.connect import client_commands
from analytics_app.pages.me.me_sessions import session_address
from db.uploads import last_upload
from db.uploads.last_upload import LastUpload

ENTRY = Entry("/connect", "Connect", "plug", "you")
REFRESH_EVERY_MS = 2_000
#: In place of the key until there is one.
NO_KEY = "YOUR_KEY"
KEY_LABEL = "connect"


def layout(view: View) -> html.Div:
    """The three steps; only uploads after this moment count as new."""
    lang = view.language
    before = last_upload.fetch_last_upload(view.service.database, view.account.user_id)
    intro = lang.text("Three steps to your first session. You can come back for every further machine.")
    return html.Div(
        [
            html.Header(
                html.Div([html.H1(lang.text("Connect")), html.P(intro, className="subtitle")]),
                className="page-head",
            ),
            html.Ol(
                [
                    _step(1, lang.text("Make a key"), _key_step(view)),
                    _step(2, lang.text("Tell your client"), _client_step(view)),
                    _step(
                        3,
                        lang.text("Wait for the first upload"),
                        [html.Div(_waiting(before, view), id="connect-state", role="status")],
                    ),
                ],
                className="steps",
            ),
            dcc.Store(id="connect-since", data=before.inbox_id if before else 0),
            dcc.Interval(id="connect-tick", interval=REFRESH_EVERY_MS),
        ],
        className="page connect",
    )


def _step(number: int, title: str, content: list[Any]) -> html.Li:
    head = html.Header(
        [html.Span(str(number), className="step-number", **attributes(aria_hidden="true")), html.H2(title)],
        className="step-head",
    )
    return html.Li([head, html.Div(content, className="step-body")], className="panel step")


def _key_step(view: View) -> list[Any]:
    lang = view.language
    hint = lang.text("It is shown once, and then stands in the commands below. You can stop it on your page.")
    button = html.Button(
        lang.text("Make a key"), id="connect-make", className="button primary", type="button"
    )
    return [
        html.P(hint, className="dim"),
        html.Div(button, id="connect-key", **attributes(aria_live="polite")),
    ]


def _client_step(view: View) -> list[Any]:
    names = client_commands.names(view.language)
    commands = client_commands.snippets(view, NO_KEY)
    return [
        radio_segments("connect-client", names),
        html.Div(commands, id="connect-snippets", className="clients show-curl"),
    ]


def register(app: Dash, service: Service) -> None:
    """One callback makes a key, one polls for an upload; both concern only the person who asks."""

    @app.callback(
        Output("connect-key", "children"),
        Output("connect-snippets", "children"),
        Input("connect-make", "n_clicks"),
        prevent_initial_call=True,
    )
    def make_key(clicks: object) -> tuple[Any, Any]:
        person = current_account()
        if not clicks:
            raise PreventUpdate
        view = current_view(service)
        lang, admin = view.language, user_admin(service, person)
        secrets, problem = form_actions.attempt(lambda: admin.issue_key(person.user_id, KEY_LABEL), lang)
        if problem:
            return html.P(problem, className="problem"), no_update
        return client_commands.key_line(secrets.key, lang), client_commands.snippets(view, secrets.key)

    @app.callback(
        Output("connect-state", "children"),
        Input("connect-tick", "n_intervals"),
        State("connect-since", "data"),
        prevent_initial_call=True,
    )
    def ask_for_last_upload(_ticks: object, since: object) -> Any:
        view = current_view(service)
        newest = last_upload.fetch_last_upload(service.database, view.account.user_id)
        known = since if isinstance(since, int) else 0
        return _arrived(newest, view) if newest and newest.inbox_id > known else _waiting(newest, view)

    in_browser(
        app,
        "chooseClient",
        Output("connect-snippets", "className"),
        Input("connect-client", "value"),
    )


def _waiting(last: LastUpload | None, view: View) -> html.Div:
    """No new upload yet; or why none can arrive."""
    lang = view.language
    if view.account.share_level == "none":
        return _state(
            "look",
            "!",
            lang.text("Nothing will arrive"),
            [
                lang.text("Your level is “Nothing”: uploads are answered and forgotten."),
                " ",
                dcc.Link(lang.text("Change it under Privacy"), href="/me#privacy"),
            ],
        )
    text = lang.text("This turns green by itself. Nothing has come from you so far.")
    if last:
        came = view.moment(last.received_at)
        text = lang.text("Your last upload came {time}. This turns green with the next one.", time=came)
    return _state("waiting", "…", lang.text("Waiting for an upload"), [text])


def _arrived(last_upload: LastUpload, view: View) -> html.Div:
    lang = view.language
    when = lang.text("Received {time}.", time=view.moment(last_upload.received_at))
    if last_upload.state == "quarantined":
        text = lang.text(
            "It could not be used and is kept for an admin to look at: {reason}",
            reason=last_upload.reason or "",
        )
        return _state("look", "!", lang.text("An upload has arrived, with a flaw"), [text])
    if last_upload.state == "pending":
        return _state(
            "good", "✓", lang.text("Your upload has arrived"), [when, " ", lang.text("It is being stored.")]
        )
    opened = (
        dcc.Link(lang.text("Open the session"), href=session_address(last_upload.name))
        if last_upload.kind == "session"
        else dcc.Link(lang.text("To my page"), href="/me")
    )
    return _state("good", "✓", lang.text("Your upload has arrived"), [when, " ", opened])


def _state(kind: str, sign: str, title: str, text: list[Any]) -> html.Div:
    """A colour, a sign and a text, so that none of them carries the meaning alone."""
    return html.Div(
        [
            html.Span(sign, className="state-sign", **attributes(aria_hidden="true")),
            html.Div([html.Strong(title), html.P(text)]),
        ],
        className=f"state {kind}",
    )
