"""Callbacks that run in the browser alone: functions of assets/insights.js, bound to the components they serve."""

from typing import Any

from dash import ClientsideFunction, Dash


def in_browser(app: Dash, function: str, *arguments: Any, initial: bool = False) -> None:
    """Call the function of that name with the inputs and states among the arguments, and write to the outputs."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("insights", function),
        *arguments,
        # Dash accepts a call at the start, and outputs that other callbacks write to, only under this name.
        prevent_initial_call="initial_duplicate" if initial else True,
    )
