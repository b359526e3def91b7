"""One look at the data: who asks, in which language, for which selection of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import flask

from analytics_app.auth.guard import current_account, preferred_languages
from analytics_app.components import filters
from analytics_app.components.filters import Selection
from analytics_app.context import Service
from analytics_app.i18n import languages
from analytics_app.i18n.languages import Language
from db.accounts import audit
from db.records import Account


@dataclass(frozen=True)
class View:
    """What a page needs to know to answer one request."""

    service: Service
    account: Account
    language: Language
    selection: Selection

    @property
    def zone(self) -> ZoneInfo:
        """The clock that this person reads: their own, else the team's. Days are always the team's."""
        return ZoneInfo(self.account.time_zone or self.service.settings.insights_timezone)

    def moment(self, moment: datetime | None) -> str:
        """A day with its time, on this person's clock."""
        if moment is None:
            return self.language.text("never")
        return self.language.moment(moment.astimezone(self.zone))


def current_view(service: Service, search: object = None, *, by_person: bool = True) -> View:
    """The view of the person who is asking now; raises 401 when nobody is. An admin's look at somebody is noted.

    `by_person`: whether what is shown can be narrowed to one person.
    """
    account = current_account()
    selection = filters.parse(search, service.today())
    if not account.is_admin or not by_person:
        # Whatever the address asks for: one person's figures are for admins.
        selection = replace(selection, person=None)
    if selection.person not in {None, account.user_id}:
        audit.record_look(service.database, actor_id=account.user_id, subject_id=selection.person)
    return View(service, account, current_language(account), selection)


def note_names(view: View) -> None:
    """An admin is shown figures by name: where they are one person's, that is noted already; else it is now."""
    if view.selection.person is None:
        audit.record_look_at_all(view.service.database, actor_id=view.account.user_id)


def current_language(account: Account | None) -> Language:
    """The language to answer in."""
    return languages.language(languages.spoken(preferred_languages(account, flask.request.cookies)))
