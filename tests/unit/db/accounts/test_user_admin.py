"""What can be a name is refused early, and in words."""

import pytest

from db.accounts.user_admin import Misnamed, Newcomer, Registrar


@pytest.mark.parametrize(
    ("name", "email"), [("a b", None), ("", None), ("a" * 101, None), ("alice", "a"), ("alice", "a" * 255)]
)
def test_a_name_that_is_none_is_refused_before_anything_is_asked(name: str, email: str | None) -> None:
    registrar = Registrar(None, "dkd_sk_")  # type: ignore[arg-type]

    with pytest.raises(Misnamed, match=r"^a name is 1-100 letters"):
        registrar.add(Newcomer(username=name, email=email, show_in_leaderboard=True))
