"""The users that an embedded server may run as: this user, or under root one that PostgreSQL accepts."""

import os
import pwd
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """The owner that a child's files have on disk and, inside a user namespace, the user id it sees as its own."""

    uid: int
    gid: int
    #: The user id the child sees as its own while the kernel still treats it as `uid`; None = no namespace.
    alias: int | None = None


def identities() -> list[Identity]:
    """Return the users that a server may run as, best first; without root that is only this user."""
    if os.geteuid() != 0:
        return [Identity(os.geteuid(), os.getegid())]
    people = {person.pw_name: person for person in pwd.getpwall() if person.pw_uid}
    system_users = [people[name] for name in ("postgres", "nobody") if name in people]
    # The alias must be a user that exists: initdb looks its name up. Only Linux has user namespaces.
    aliases = [Identity(0, 0, alias=person.pw_uid) for person in people.values() if sys.platform == "linux"]
    return [Identity(person.pw_uid, person.pw_gid) for person in system_users] + aliases[:1]
