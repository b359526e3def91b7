"""Callbacks that run in the browser alone: the functions of assets/insights.js, tied to the components they serve."""

from typing import Any

from dash import ClientsideFunction, Dash


def in_browser(app: Dash, function: str, *places: Any, initial: bool = False) -> None:
    """Call the function of that name with the inputs and states among the places, and write to the outputs."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("insights", function),
        *places,
        # For Dash a call at once and outputs that others write to as well only go together by this name.
        prevent_initial_call="initial_duplicate" if initial else True,
    )
