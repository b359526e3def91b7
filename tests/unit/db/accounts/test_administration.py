"""What can be a name is refused early, and in words."""

import pytest

from db.accounts.administration import InvalidUser, NewUser, UserAdmin


@pytest.mark.parametrize(
    ("name", "email"), [("a b", None), ("", None), ("a" * 101, None), ("alice", "a"), ("alice", "a" * 255)]
)
def test_a_name_that_is_none_is_refused_before_anything_is_asked(name: str, email: str | None) -> None:
    user_admin = UserAdmin(None, "dkd_sk_")  # type: ignore[arg-type]

    with pytest.raises(InvalidUser, match=r"^a name is 1-100 letters"):
        user_admin.add(NewUser(username=name, email=email, show_in_leaderboard=True))
