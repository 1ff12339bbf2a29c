"""The place of the centre, which a page takes for a while: the account's, for example."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget
from shiboken6 import isValid

__all__ = ["PagePlace"]


class PagePlace:
    """``middle`` holds what is shown without a page; a page is destroyed when it is closed."""

    def __init__(self, middle: QStackedWidget) -> None:
        self._middle = middle
        self._focus_before: QWidget | None = None
        self.page: QWidget | None = None

    def open(self, page: QWidget, focus_before: QWidget | None) -> None:
        """Show a page; ``focus_before`` gets the focus back after it."""
        self.page, self._focus_before = page, focus_before
        self._middle.addWidget(page)
        self._middle.setCurrentWidget(page)

    def close(self, index: int, otherwise: QWidget) -> None:
        """Show what is at ``index`` of the middle again, with the focus where it was, or on ``otherwise``."""
        page, self.page = self.page, None
        before, self._focus_before = self._focus_before, None
        if page is None:
            return
        focus = QApplication.focusWidget()
        had_focus = focus is not None and (focus is page or page.isAncestorOf(focus))
        self._middle.setCurrentIndex(index)
        self._middle.removeWidget(page)
        page.hide()
        page.deleteLater()
        if had_focus:
            is_there = before is not None and isValid(before) and before.isVisible()
            (before if before is not None and is_there else otherwise).setFocus()
