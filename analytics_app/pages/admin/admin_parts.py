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
from analytics_app.pages.admin.admin_people import LONGEST_LABEL
from analytics_app.pages.admin.admin_removal import on_the_way_out, removal
from analytics_app.view import View
from db.accounts.user_admin import Client, Secrets
from db.records import Account, ApiKey


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


def role_name(role: str, said: Language) -> str:
    """A role in words."""
    return {"member": said.text("Member"), "admin": said.text("Admin")}[role]


def level_name(level: str, said: Language) -> str:
    """A share level in words."""
    names = {
        "none": said.text("Nothing"),
        "metadata": said.text("Figures, no text"),
        "full": said.text("Figures and text"),
    }
    return names[level]


def label_name(label: str, said: Language) -> str:
    """A key's label as its owner wrote it; those that we give ourselves, in the reader's language."""
    ours = {"first key": said.text("first key"), "rotated": said.text("rotated"), "key": said.text("key")}
    return ours.get(label, label)


def people_table(everybody: Everybody, chosen: Account | None, view: View) -> list[Any]:
    """Everybody with role, share level, usable keys, last upload and when they were last seen."""
    said = view.language
    titles = [
        said.text("Name"),
        said.text("Role"),
        said.text("Shares"),
        said.text("Keys"),
        said.text("Last upload"),
        said.text("Last used"),
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
    count = said.plural("{count} person", "{count} people", len(everybody.accounts))
    return [
        html.Header(
            [html.H2(said.text("People")), html.Span(count, className="note")], className="panel-head"
        ),
        tables.scrolling(
            html.Table(
                [
                    html.Caption(said.text("People"), className="visually-hidden"),
                    html.Thead(head),
                    html.Tbody(rows),
                ],
                className="records people",
            ),
            said.text("People"),
        ),
    ]


def _person_row(person: Account, everybody: Everybody, usable_keys: int, view: View, look: str) -> html.Tr:
    said = view.language
    name = [
        dcc.Link(person.username, href=f"/admin?person={person.user_id}"),
        html.Span(person.email or "", className="below"),
    ]
    return html.Tr(
        [
            html.Td(name, className="name"),
            html.Td(_standing_name(person, everybody, said)),
            html.Td(level_name(person.share_level, said)),
            html.Td(said.number(usable_keys), className="number", **attributes(data_title=said.text("Keys"))),
            html.Td(
                _last_upload(everybody.clients.get(person.user_id), view),
                **attributes(data_title=said.text("Last upload")),
            ),
            html.Td(
                _moment(person.last_seen_at, view),
                className="moment",
                **attributes(data_title=said.text("Last used")),
            ),
        ],
        className=look,
    )


def _standing_name(person: Account, everybody: Everybody, said: Language) -> str:
    if person.user_id in everybody.leaving:
        return said.text("Is being deleted")
    return role_name(person.role, said) if person.active else said.text("Deactivated")


def _last_upload(client: Client | None, view: View) -> list[Any]:
    """How many days ago, and with which client."""
    said = view.language
    if client is None or client.last_upload_at is None:
        return [said.text("never")]
    days = (view.service.today() - client.last_upload_at.astimezone(view.service.now().tzinfo).date()).days
    ago = said.plural("{count} day ago", "{count} days ago", days) if days > 0 else said.text("today")
    return [ago, html.Span(client.client, className="below")]


def person_panel(person: Account, everybody: Everybody, view: View) -> html.Section:
    """One person's keys, and what can be done with them; of who is being deleted, only that."""
    said = view.language
    close = dcc.Link(
        html.Span(className="icon icon-close"),
        href="/admin",
        title=said.text("Close"),
        className="icon-button",
    )
    leaves = person.user_id in everybody.leaving
    title = person.username if leaves else said.text("Keys of {name}", name=person.username)
    head = html.Header([html.H2(title), close], className="panel-head")
    ways = [on_the_way_out(said)] if leaves else _ways(person, everybody.keys_of(person), view)
    return html.Section([head, *ways], className="panel")


def _ways(person: Account, keys: Sequence[ApiKey], view: View) -> list[Any]:
    said = view.language
    listed = html.Ul([_key_row(key, view) for key in keys], className="keys")
    none = html.P(said.text("No key yet: this person can't upload."), className="dim")
    return [
        listed if keys else none,
        _issue_form(said),
        html.Div(
            [_rotate(said) if keys else None, *_standing(person, said), removal(person, view)],
            className="ways",
        ),
    ]


def _key_row(key: ApiKey, view: View) -> html.Li:
    said = view.language
    usable = _is_usable(key, view)
    created = said.text("since {time}", time=_moment(key.created_at, view))
    used = said.text("last used {time}", time=_moment(key.last_used_at, view))
    state = used if usable else said.text("stopped")
    button = html.Button(
        said.text("Stop this key"), id={"revoke": key.key_id}, className="button danger small", type="button"
    )
    revoke = asks_first(said.text("Stop"), said.text("Uploads with this key stop at once."), button)
    return html.Li(
        [
            html.Div(
                [html.Strong(label_name(key.label, said)), html.Code(f"{key.prefix}…")], className="key-name"
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


def _issue_form(said: Language) -> dbc.Form:
    label = dbc.Input(
        id="key-label", type="text", maxlength=LONGEST_LABEL, placeholder=said.text("laptop, CI …")
    )
    return dbc.Form(
        [
            html.Label([html.Span(said.text("New key for")), label], className="field"),
            html.Button(said.text("Issue key"), className="button", type="submit"),
        ],
        id="key-form",
        prevent_default_on_submit=True,
        class_name="inline-form",
    )


def _rotate(said: Language) -> html.Details:
    button = html.Button(
        said.text("Stop all and issue a new one"),
        id="keys-rotate",
        className="button danger small",
        type="button",
    )
    consequence = said.text("All keys of this person stop at once. You get a new one to hand over.")
    return asks_first(said.text("Rotate keys"), consequence, button)


def _standing(person: Account, said: Language) -> list[Any]:
    """What the person may do at all."""
    role = (
        _change("member", said.text("Make a member"), said.text("They see and change others no more."), said)
        if person.is_admin
        else _change("admin", said.text("Make an admin"), said.text("They see and change everybody."), said)
    )
    access = (
        _change(
            "deactivate",
            said.text("Deactivate"),
            said.text("Keys and logins stop at once; what was uploaded stays."),
            said,
        )
        if person.active
        else _change(
            "activate", said.text("Activate again"), said.text("Keys and password count again."), said
        )
    )
    return [role, access]


def _change(standing: str, title: str, consequence: str, said: Language) -> html.Details:
    look = "button danger small" if standing in {"member", "deactivate"} else "button small"
    button = html.Button(said.text("Do it"), id={"standing": standing}, className=look, type="button")
    return asks_first(title, consequence, button)


def add_form(said: Language) -> html.Section:
    """A new person: name, e-mail, role and share level."""
    roles = [{"value": role, "label": role_name(role, said)} for role in ("member", "admin")]
    levels = [{"value": level, "label": level_name(level, said)} for level in ("metadata", "full", "none")]
    form = dbc.Form(
        [
            _field(
                said.text("Name"),
                dbc.Input(id="add-name", type="text", maxlength=100, required=True, autocomplete="off"),
            ),
            _field(
                said.text("E-mail (optional)"),
                dbc.Input(id="add-email", type="email", maxlength=254, autocomplete="off"),
            ),
            _field(said.text("Role"), dbc.Select(id="add-role", options=roles, value="member")),
            _field(said.text("Shares"), dbc.Select(id="add-level", options=levels, value="metadata")),
            html.P(id="add-problem", className="problem", role="alert"),
            html.Button(said.text("Add person"), className="button primary", type="submit"),
        ],
        id="add-form",
        prevent_default_on_submit=True,
    )
    return html.Section(
        [html.Header(html.H2(said.text("Add a person")), className="panel-head"), form], className="panel"
    )


def _field(title: str, control: Any) -> html.Label:
    return html.Label([html.Span(title), control], className="field")


def secrets_box(secrets: Secrets, said: Language) -> html.Section:
    """The one time that a key or password can be read."""
    shown = [_secret("secret-key", said.text("API key"), secrets.key, said)]
    if secrets.password:
        shown.append(_secret("secret-password", said.text("First password"), secrets.password, said))
    return html.Section(
        [
            html.H2(said.text("For {name}, shown only now", name=secrets.username)),
            html.P(said.text("Copy it before you leave this page. Nobody can read it again, not even you.")),
            *shown,
        ],
        className="panel secrets",
    )


def _secret(identifier: str, title: str, value: str, said: Language) -> html.Div:
    copy = attributes(data_copy=identifier, data_done=said.text("Copied"))
    return html.Div(
        [
            html.Span(title, className="secret-title"),
            html.Code(value, id=identifier),
            html.Button(said.text("Copy"), className="button small", type="button", **copy),
        ],
        className="secret",
    )


def revoked_note(stopped: bool, said: Language) -> html.P:
    """What became of revoking a key."""
    return html.P(
        said.text("The key is stopped.") if stopped else said.text("The key was stopped before."),
        className="done",
    )


def _is_usable(key: ApiKey, view: View) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > view.service.now())


def _moment(moment: datetime | None, view: View) -> str:
    if moment is None:
        return view.language.text("never")
    return view.language.moment(moment.astimezone(view.service.now().tzinfo))
