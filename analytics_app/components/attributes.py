"""HTML attributes whose names are no Python names, for components to pass on."""

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """Underscores become dashes: aria_label → aria-label; for use as ** in a component."""
    return {name.replace("_", "-"): value for name, value in values.items()}
