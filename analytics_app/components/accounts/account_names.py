"""Roles and share levels in the reader's language, for the pages that show accounts."""

from analytics_app.i18n.languages import Language


def role_name(role: str, lang: Language) -> str:
    """A role in the reader's language."""
    return {"member": lang.text("Member"), "admin": lang.text("Admin")}[role]


def level_name(level: str, lang: Language) -> str:
    """A share level in the reader's language."""
    names = {
        "none": lang.text("Nothing"),
        "metadata": lang.text("Figures, no text"),
        "full": lang.text("Figures and text"),
    }
    return names[level]
