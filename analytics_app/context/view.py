"""The view of one request: the account, its language, and the selection of data in the address."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import flask

from analytics_app.context.current_user import current_account, preferred_languages
from analytics_app.context.selection import Selection, parse
from analytics_app.context.service import Service
from analytics_app.i18n import languages
from analytics_app.i18n.languages import Language
from db import audit
from db.accounts.account_records import Account


@dataclass(frozen=True)
class View:
    """What a page needs to answer one request."""

    service: Service
    account: Account
    language: Language
    selection: Selection

    @property
    def zone(self) -> ZoneInfo:
        """The time zone for moments: the person's own, else the team's. Days are always the team's."""
        return ZoneInfo(self.account.time_zone or self.service.settings.insights_timezone)

    def moment(self, moment: datetime | None) -> str:
        """A day with its time in the person's time zone; "never" for None."""
        if moment is None:
            return self.language.text("never")
        return self.language.moment(moment.astimezone(self.zone))


def current_view(service: Service, search: object = None, *, by_person: bool = True) -> View:
    """The view of the logged-in person; raises 401 when nobody is logged in.

    `by_person`: whether the page can be narrowed to one person. An admin's view of another person is written to the
    audit log.
    """
    account = current_account()
    selection = parse(search, service.today())
    if not account.is_admin or not by_person:
        # One person's figures are for admins, whatever the address says.
        selection = replace(selection, person=None)
    if selection.person not in {None, account.user_id}:
        audit.record_person_view(service.database, actor_id=account.user_id, subject_id=selection.person)
    return View(service, account, current_language(account), selection)


def note_names(view: View) -> None:
    """Log that an admin sees figures of all people by name; those of one person are logged by `current_view`."""
    if view.selection.person is None:
        audit.record_team_view(view.service.database, actor_id=view.account.user_id)


def current_language(account: Account | None) -> Language:
    """The language to answer in."""
    return languages.language(languages.spoken(preferred_languages(account, flask.request.cookies)))
