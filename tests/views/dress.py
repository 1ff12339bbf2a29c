"""Gives the test's application the look of the program."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from audiodesk.system.folders import resources
from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import Theme

__all__ = ["dress"]


def dress(application: QApplication) -> Theme:
    """Return the one theme of the application, showing the light colours."""
    icons.use_folder(resources() / "icons")
    known = application.findChild(Theme)
    theme = known if isinstance(known, Theme) else Theme(application)
    theme.choose("light")
    return theme
