"""A person is added only with a valid name, role and level."""

import pytest

from analytics_app.auth.account_changes import new_user
from analytics_app.context.form_actions import FormError
from db.accounts.administration import NewUser


def test_a_valid_form_becomes_a_new_user() -> None:
    user = new_user(" alice ", "alice@example.org", "member", "full", in_leaderboard=False)
    assert user == NewUser(
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
def test_an_invalid_form_is_refused(form: tuple[object, object, object, object]) -> None:
    with pytest.raises(FormError):
        new_user(*form, in_leaderboard=True)
