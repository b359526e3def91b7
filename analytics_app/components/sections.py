"""The frame of panels that hold no chart: head, section, form, button, and the place of content to come."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from analytics_app.components.attributes import attributes
from analytics_app.i18n.languages import Language


def panel_head(title: str, beside: Any = None) -> html.Header:
    """The title of a panel, and a note or a link beside it."""
    note = html.Span(beside, className="note") if isinstance(beside, str) else beside
    return html.Header([html.H2(title), note] if note else html.H2(title), className="panel-head")


def section(title: str, note: str, body: list[Any]) -> html.Section:
    """A panel with its head, named by its title."""
    return html.Section([panel_head(title, note), *body], className="panel", **attributes(aria_label=title))


def close_link(href: str, lang: Language) -> dcc.Link:
    """Leads back to the page without the panel."""
    icon = html.Span(className="icon icon-close")
    return dcc.Link(icon, href=href, title=lang.text("Close"), className="icon-button")


def placeholder(identifier: str, kind: str | None = None) -> html.Div:
    """The element that a callback fills, before it has done so."""
    return html.Div(html.Div(className="skeleton fill tall"), id=identifier, className=kind)


def submit_form(identifier: str, *content: Any, kind: str | None = None) -> dbc.Form:
    """A form that a callback answers, with `n_submit` as its input."""
    return dbc.Form(list(content), id=identifier, prevent_default_on_submit=True, class_name=kind)


def small_button(name: str, identifier: Any, *, danger: bool = False) -> html.Button:
    """A small button that a callback answers; `danger` for what can't be undone."""
    kind = "button danger small" if danger else "button small"
    return html.Button(name, id=identifier, className=kind, type="button")


def labelled(title: str, control: Any) -> html.Label:
    """A control of a form below its title."""
    return html.Label([html.Span(title), control], className="field")
