"""HTML attributes whose names are no Python names, for components to pass on."""

from typing import Any


def attributes(**values: str | None) -> dict[str, Any]:
    """Underscores become dashes, as in aria_label → aria-label; None is left out. For use as ** in a component."""
    return {name.replace("_", "-"): value for name, value in values.items() if value is not None}
