"""Opens the account page in the centre of the window, and keeps it up to date while it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain.server.account import AccountFacts
from audiodesk.views.account.account_acts import AccountActs

if TYPE_CHECKING:  # loaded when a page is opened
    from audiodesk.views.account.account_page import AccountPage

__all__ = ["PageOpening"]


class PageOpening(Controller):
    """The window destroys the page when the person goes back.

    Signals:
        opened: the page is there, and its activity can be filled in (AccountPage).
    """

    opened = Signal(object)

    def __init__(self, shared: Shared, acts: AccountActs) -> None:
        super().__init__(shared)
        self._acts = acts
        self._facts: AccountFacts | None = None
        self.page: AccountPage | None = None
        self._window.page_closed.connect(self._on_closed)

    def open(self) -> None:
        """Show the page, or give it the focus if it is there."""
        if self.page is not None:
            self.page.setFocus()
            return
        from audiodesk.views.account.account_page import AccountPage

        page = self.page = AccountPage(self._acts)
        page.show_account(self._facts)
        self._window.open_page(page)
        self.opened.emit(page)

    def show(self, facts: AccountFacts | None) -> None:
        """Show whose library this is, now or when the page is opened."""
        self._facts = facts
        if self.page is not None:
            self.page.show_account(facts)

    def _on_closed(self) -> None:
        self.page = None
