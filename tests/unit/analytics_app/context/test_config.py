"""A bad setting stops the start with a sentence."""

from pathlib import Path

import pytest

from analytics_app.context.config import AnalyticsSettings, web_address


@pytest.mark.parametrize("value", ["ftp://a", "https://a b", "https://a'b", "a.example.org", "https://"])
def test_an_address_that_would_break_a_command_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        web_address(value)


def test_exports_are_in_a_folder_here_or_elsewhere() -> None:
    chosen = [
        AnalyticsSettings(secret_key="k" * 32, export_url=url)
        for url in ("/srv/exports/", "s3://lake/team", "", None)
    ]
    ours = AnalyticsSettings(secret_key="k" * 32).insights_home.resolve() / "exports"
    assert [settings.export_folder for settings in chosen] == [Path("/srv/exports"), None, ours, ours]
