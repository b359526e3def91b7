"""After the login, only to pages of our own."""

import pytest

from analytics_app.auth.guard import own_path


@pytest.mark.parametrize("target", ["/", "/?days=7", "/admin?person=3", "/leaderboard#top"])
def test_a_path_of_our_own_is_kept(target: str) -> None:
    assert own_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "admin",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/a\nb",
        "/\t/evil",
        "javascript:alert(1)",
        "/login?next=/login",
        7,
    ],
)
def test_anything_else_leads_home(target: object) -> None:
    assert own_path(target) == "/"
