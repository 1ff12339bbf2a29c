"""What a screen reader and the Tab key find in a window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

__all__ = ["spoken", "tab_order"]


def spoken(window: QWidget) -> list[str]:
    """Return all texts of the visible widgets that a screen reader could read."""
    kinds = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        reader = QAccessible.queryAccessibleInterface(widget)
        if reader is not None:
            found += [reader.text(kind) for kind in kinds]
    return [text for text in found if text]


def tab_order(window: QWidget) -> list[QWidget]:
    """Return the widgets that Tab visits, from the focus on."""
    start = window.focusWidget() or window
    found: list[QWidget] = []
    at: QWidget | None = start
    while at is not None:
        takes_focus = at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.focusProxy() is None
        if takes_focus and at.isVisible() and at.isEnabled() and at not in found:
            found.append(at)
        at = at.nextInFocusChain()
        if at is start:
            break
    return found
