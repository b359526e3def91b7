"""The list of people on the Administration page, and the form that adds one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components.accounts.account_names import level_name, role_name
from analytics_app.components.accounts.api_key_list import is_usable
from analytics_app.components.sections import labelled, panel_head, submit_form
from analytics_app.components.tables import Column, Row, records
from analytics_app.context.view import View
from analytics_app.i18n.languages import Language
from analytics_app.pages.admin.admin_frame import team_moment
from db.accounts import administration, users
from db.accounts.account_records import Account, ApiKey
from db.accounts.administration import Client
from db.connection import Statements
from db.lifecycle import deletions


@dataclass(frozen=True)
class TeamAccounts:
    """All accounts with their keys, the clients of their last uploads, and the ids of those being deleted."""

    accounts: Sequence[Account]
    keys: Sequence[ApiKey]
    clients: Mapping[int, Client]
    leaving: AbstractSet[int]

    @classmethod
    def read(cls, db: Statements) -> "TeamAccounts":
        """Read them from the database."""
        return cls(
            users.list_accounts(db),
            users.list_keys(db),
            administration.list_clients(db),
            deletions.list_account_deletions(db),
        )


def people_table(team: TeamAccounts, chosen: Account | None, view: View) -> list[Any]:
    """Everybody with role, share level, usable keys, last upload and when they were last seen."""
    lang = view.language
    columns = [
        Column(lang.text("Name"), "name"),
        Column(lang.text("Role")),
        Column(lang.text("Shares")),
        Column(lang.text("Keys"), "number", head_kind="number", titled_on_phone=True),
        Column(lang.text("Last upload"), titled_on_phone=True),
        Column(lang.text("Last used"), "moment", titled_on_phone=True),
    ]
    usable = Counter(
        key.user_id for key in team.keys if is_usable(key, view) and key.user_id not in team.leaving
    )
    rows = [
        Row(
            [
                [
                    dcc.Link(person.username, href=f"/admin?person={person.user_id}"),
                    html.Span(person.email or "", className="below"),
                ],
                lang.text("Is being deleted")
                if person.user_id in team.leaving
                else role_name(person.role, lang)
                if person.active
                else lang.text("Deactivated"),
                level_name(person.share_level, lang),
                lang.number(usable[person.user_id]),
                _last_upload(team.clients.get(person.user_id), view),
                team_moment(person.last_seen_at, view),
            ],
            "chosen" if person == chosen else "",
        )
        for person in team.accounts
    ]
    count = lang.plural("{count} person", "{count} people", len(team.accounts))
    title = lang.text("People")
    return [panel_head(title, count), records(title, columns, rows, "people")]


def _last_upload(client: Client | None, view: View) -> list[Any]:
    """How many days ago, and with which client."""
    lang = view.language
    if client is None or client.last_upload_at is None:
        return [lang.text("never")]
    days = (view.service.today() - client.last_upload_at.astimezone(view.service.now().tzinfo).date()).days
    ago = lang.plural("{count} day ago", "{count} days ago", days) if days > 0 else lang.text("today")
    return [ago, html.Span(client.client, className="below")]


def add_form(lang: Language) -> html.Section:
    """A new person: name, e-mail, role and share level."""
    roles = [{"value": role, "label": role_name(role, lang)} for role in ("member", "admin")]
    levels = [{"value": level, "label": level_name(level, lang)} for level in ("metadata", "full", "none")]
    name = dbc.Input(id="add-name", type="text", maxlength=100, required=True, autocomplete="off")
    email = dbc.Input(id="add-email", type="email", maxlength=254, autocomplete="off")
    form = submit_form(
        "add-form",
        labelled(lang.text("Name"), name),
        labelled(lang.text("E-mail (optional)"), email),
        labelled(lang.text("Role"), dbc.Select(id="add-role", options=roles, value="member")),
        labelled(lang.text("Shares"), dbc.Select(id="add-level", options=levels, value="metadata")),
        html.P(id="add-problem", className="problem", role="alert"),
        html.Button(lang.text("Add person"), className="button primary", type="submit"),
    )
    return html.Section([panel_head(lang.text("Add a person")), form], className="panel")
