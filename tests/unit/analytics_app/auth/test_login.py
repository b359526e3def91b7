"""Where a visitor comes from, when failed logins are counted."""

import pytest

from analytics_app.auth.login import origin


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("203.0.113.7:5123", "203.0.113.7:5123"),
        (None, ""),
    ],
)
def test_one_home_counts_as_one_address(address: str | None, counted: str) -> None:
    assert origin(address) == counted
