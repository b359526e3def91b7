"""A person is added only with a name, role and level that make sense."""

import pytest

from analytics_app.people import Unfit, Wish, wish


def test_a_form_in_order_becomes_a_wish() -> None:
    asked = wish(" alice ", "alice@example.org", "member", "full")
    assert asked == Wish("alice", "alice@example.org", "member", "full")


def test_an_empty_address_is_none() -> None:
    assert wish("alice", "  ", "member", "none").email is None


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
        wish(*form)
