"""What the admin page is made of: the list of people, one person with their keys, and the forms."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components import tables
from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_people import MAX_LABEL_LENGTH
from analytics_app.pages.admin.admin_removal import on_the_way_out, removal
from analytics_app.view import View
from db.accounts.account_records import Account, ApiKey
from db.accounts.administration import Client, Credentials


@dataclass(frozen=True)
class Everybody:
    """All people, and what is known beside their accounts."""

    accounts: Sequence[Account]
    keys: Sequence[ApiKey]
    clients: Mapping[int, Client]
    #: Who is being deleted.
    leaving: AbstractSet[int]

    def keys_of(self, person: Account) -> list[ApiKey]:
        """One person's keys."""
        return [key for key in self.keys if key.user_id == person.user_id]


def role_name(role: str, lang: Language) -> str:
    """A role in words."""
    return {"member": lang.text("Member"), "admin": lang.text("Admin")}[role]


def level_name(level: str, lang: Language) -> str:
    """A share level in words."""
    names = {
        "none": lang.text("Nothing"),
        "metadata": lang.text("Figures, no text"),
        "full": lang.text("Figures and text"),
    }
    return names[level]


def label_name(label: str, lang: Language) -> str:
    """A key's label as its owner wrote it; those that we give ourselves, in the reader's language."""
    ours = {"first key": lang.text("first key"), "rotated": lang.text("rotated"), "key": lang.text("key")}
    return ours.get(label, label)


def people_table(everybody: Everybody, chosen: Account | None, view: View) -> list[Any]:
    """Everybody with role, share level, usable keys, last upload and when they were last seen."""
    lang = view.language
    titles = [
        lang.text("Name"),
        lang.text("Role"),
        lang.text("Shares"),
        lang.text("Keys"),
        lang.text("Last upload"),
        lang.text("Last used"),
    ]
    usable = Counter(
        key.user_id
        for key in everybody.keys
        if _is_usable(key, view) and key.user_id not in everybody.leaving
    )
    rows = [
        _person_row(person, everybody, usable[person.user_id], view, "chosen" if person == chosen else "")
        for person in everybody.accounts
    ]
    head = html.Tr(
        [html.Th(title, scope="col", className="number" if title == titles[3] else "") for title in titles]
    )
    count = lang.plural("{count} person", "{count} people", len(everybody.accounts))
    return [
        html.Header(
            [html.H2(lang.text("People")), html.Span(count, className="note")], className="panel-head"
        ),
        tables.scrolling(
            html.Table(
                [
                    html.Caption(lang.text("People"), className="visually-hidden"),
                    html.Thead(head),
                    html.Tbody(rows),
                ],
                className="records people",
            ),
            lang.text("People"),
        ),
    ]


def _person_row(person: Account, everybody: Everybody, usable_keys: int, view: View, look: str) -> html.Tr:
    lang = view.language
    name = [
        dcc.Link(person.username, href=f"/admin?person={person.user_id}"),
        html.Span(person.email or "", className="below"),
    ]
    return html.Tr(
        [
            html.Td(name, className="name"),
            html.Td(_standing_name(person, everybody, lang)),
            html.Td(level_name(person.share_level, lang)),
            html.Td(lang.number(usable_keys), className="number", **attributes(data_title=lang.text("Keys"))),
            html.Td(
                _last_upload(everybody.clients.get(person.user_id), view),
                **attributes(data_title=lang.text("Last upload")),
            ),
            html.Td(
                _moment(person.last_seen_at, view),
                className="moment",
                **attributes(data_title=lang.text("Last used")),
            ),
        ],
        className=look,
    )


def _standing_name(person: Account, everybody: Everybody, lang: Language) -> str:
    if person.user_id in everybody.leaving:
        return lang.text("Is being deleted")
    return role_name(person.role, lang) if person.active else lang.text("Deactivated")


def _last_upload(client: Client | None, view: View) -> list[Any]:
    """How many days ago, and with which client."""
    lang = view.language
    if client is None or client.last_upload_at is None:
        return [lang.text("never")]
    days = (view.service.today() - client.last_upload_at.astimezone(view.service.now().tzinfo).date()).days
    ago = lang.plural("{count} day ago", "{count} days ago", days) if days > 0 else lang.text("today")
    return [ago, html.Span(client.client, className="below")]


def person_panel(person: Account, everybody: Everybody, view: View) -> html.Section:
    """One person's keys, and what can be done with them; of who is being deleted, only that."""
    lang = view.language
    close = dcc.Link(
        html.Span(className="icon icon-close"),
        href="/admin",
        title=lang.text("Close"),
        className="icon-button",
    )
    leaves = person.user_id in everybody.leaving
    title = person.username if leaves else lang.text("Keys of {name}", name=person.username)
    head = html.Header([html.H2(title), close], className="panel-head")
    ways = [on_the_way_out(lang)] if leaves else _ways(person, everybody.keys_of(person), view)
    return html.Section([head, *ways], className="panel")


def _ways(person: Account, keys: Sequence[ApiKey], view: View) -> list[Any]:
    lang = view.language
    listed = html.Ul([_key_row(key, view) for key in keys], className="keys")
    none = html.P(lang.text("No key yet: this person can't upload."), className="dim")
    return [
        listed if keys else none,
        _issue_form(lang),
        html.Div(
            [_rotate(lang) if keys else None, *_standing(person, lang), removal(person, view)],
            className="ways",
        ),
    ]


def _key_row(key: ApiKey, view: View) -> html.Li:
    lang = view.language
    usable = _is_usable(key, view)
    created = lang.text("since {time}", time=_moment(key.created_at, view))
    used = lang.text("last used {time}", time=_moment(key.last_used_at, view))
    state = used if usable else lang.text("stopped")
    button = html.Button(
        lang.text("Stop this key"), id={"revoke": key.key_id}, className="button danger small", type="button"
    )
    revoke = asks_first(lang.text("Stop"), lang.text("Uploads with this key stop at once."), button)
    return html.Li(
        [
            html.Div(
                [html.Strong(label_name(key.label, lang)), html.Code(f"{key.prefix}…")], className="key-name"
            ),
            html.Div(f"{created} · {state}", className="below"),
            revoke if usable else None,
        ],
        className="key" if usable else "key stopped",
    )


def asks_first(title: str, consequence: str, button: html.Button) -> html.Details:
    """Two clicks for what can't be undone."""
    return html.Details(
        [
            html.Summary(title, className="quiet"),
            html.Div([html.P(consequence), button], className="popover-box"),
        ],
        className="dropdown-box asks-first",
    )


def _issue_form(lang: Language) -> dbc.Form:
    label = dbc.Input(
        id="key-label", type="text", maxlength=MAX_LABEL_LENGTH, placeholder=lang.text("laptop, CI …")
    )
    return dbc.Form(
        [
            html.Label([html.Span(lang.text("New key for")), label], className="field"),
            html.Button(lang.text("Issue key"), className="button", type="submit"),
        ],
        id="key-form",
        prevent_default_on_submit=True,
        class_name="inline-form",
    )


def _rotate(lang: Language) -> html.Details:
    button = html.Button(
        lang.text("Stop all and issue a new one"),
        id="keys-rotate",
        className="button danger small",
        type="button",
    )
    consequence = lang.text("All keys of this person stop at once. You get a new one to hand over.")
    return asks_first(lang.text("Rotate keys"), consequence, button)


def _standing(person: Account, lang: Language) -> list[Any]:
    """What the person may do at all."""
    role = (
        _change("member", lang.text("Make a member"), lang.text("They see and change others no more."), lang)
        if person.is_admin
        else _change("admin", lang.text("Make an admin"), lang.text("They see and change everybody."), lang)
    )
    access = (
        _change(
            "deactivate",
            lang.text("Deactivate"),
            lang.text("Keys and logins stop at once; what was uploaded stays."),
            lang,
        )
        if person.active
        else _change(
            "activate", lang.text("Activate again"), lang.text("Keys and password count again."), lang
        )
    )
    return [role, access]


def _change(standing: str, title: str, consequence: str, lang: Language) -> html.Details:
    look = "button danger small" if standing in {"member", "deactivate"} else "button small"
    button = html.Button(lang.text("Do it"), id={"standing": standing}, className=look, type="button")
    return asks_first(title, consequence, button)


def add_form(lang: Language) -> html.Section:
    """A new person: name, e-mail, role and share level."""
    roles = [{"value": role, "label": role_name(role, lang)} for role in ("member", "admin")]
    levels = [{"value": level, "label": level_name(level, lang)} for level in ("metadata", "full", "none")]
    form = dbc.Form(
        [
            _field(
                lang.text("Name"),
                dbc.Input(id="add-name", type="text", maxlength=100, required=True, autocomplete="off"),
            ),
            _field(
                lang.text("E-mail (optional)"),
                dbc.Input(id="add-email", type="email", maxlength=254, autocomplete="off"),
            ),
            _field(lang.text("Role"), dbc.Select(id="add-role", options=roles, value="member")),
            _field(lang.text("Shares"), dbc.Select(id="add-level", options=levels, value="metadata")),
            html.P(id="add-problem", className="problem", role="alert"),
            html.Button(lang.text("Add person"), className="button primary", type="submit"),
        ],
        id="add-form",
        prevent_default_on_submit=True,
    )
    return html.Section(
        [html.Header(html.H2(lang.text("Add a person")), className="panel-head"), form], className="panel"
    )


def _field(title: str, control: Any) -> html.Label:
    return html.Label([html.Span(title), control], className="field")


def secrets_box(secrets: Credentials, lang: Language) -> html.Section:
    """The one time that a key or password can be read."""
    shown = [_secret("secret-key", lang.text("API key"), secrets.key, lang)]
    if secrets.password:
        shown.append(_secret("secret-password", lang.text("First password"), secrets.password, lang))
    return html.Section(
        [
            html.H2(lang.text("For {name}, shown only now", name=secrets.username)),
            html.P(lang.text("Copy it before you leave this page. Nobody can read it again, not even you.")),
            *shown,
        ],
        className="panel secrets",
    )


def _secret(identifier: str, title: str, value: str, lang: Language) -> html.Div:
    copy = attributes(data_copy=identifier, data_done=lang.text("Copied"))
    return html.Div(
        [
            html.Span(title, className="secret-title"),
            html.Code(value, id=identifier),
            html.Button(lang.text("Copy"), className="button small", type="button", **copy),
        ],
        className="secret",
    )


def revoked_note(stopped: bool, lang: Language) -> html.P:
    """What became of revoking a key."""
    return html.P(
        lang.text("The key is stopped.") if stopped else lang.text("The key was stopped before."),
        className="done",
    )


def _is_usable(key: ApiKey, view: View) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > view.service.now())


def _moment(moment: datetime | None, view: View) -> str:
    if moment is None:
        return view.language.text("never")
    return view.language.moment(moment.astimezone(view.service.now().tzinfo))
