"""A person is added only with a name, role and level that make sense."""

import pytest

from analytics_app.pages.admin.admin_people import Unfit, new_user
from db.accounts.administration import NewUser


def test_a_form_in_order_becomes_a_newcomer() -> None:
    asked = new_user(" alice ", "alice@example.org", "member", "full", in_leaderboard=False)
    assert asked == NewUser(
        username="alice",
        email="alice@example.org",
        role="member",
        share_level="full",
        show_in_leaderboard=False,
    )


def test_an_empty_address_is_none() -> None:
    assert new_user("alice", "  ", "member", "none", in_leaderboard=True).email is None


@pytest.mark.parametrize(
    "form",
    [
        ("", "", "member", "full"),
        ("-alice", "", "member", "full"),
        ("al ice", "", "member", "full"),
        ("al\x00ice", "", "member", "full"),
        ("a" * 101, "", "member", "full"),
        (None, "", "member", "full"),
        ("alice", "not an address", "member", "full"),
        ("alice", "a@b\n", "member", "everything"),
        ("alice", "", "owner", "full"),
        ("alice", "", "member", None),
        ("alice", "", {"role": "admin"}, "full"),
    ],
)
def test_a_form_that_makes_no_sense_is_unfit(form: tuple[object, object, object, object]) -> None:
    with pytest.raises(Unfit):
        new_user(*form, in_leaderboard=True)
