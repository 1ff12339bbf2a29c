"""The acts of the account, with words, keys and icons: the button's menu, the menu bar and the page share them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts, KnownAccount
from audiodesk.views.parts import icons

__all__ = ["AccountActs"]


class AccountActs(QObject):
    """One attribute for each act; ``show_account`` decides which are possible.

    Signals:
        account_requested: change to this known account (KnownAccount).
    """

    account_requested = Signal(object)

    def __init__(self, window: QWidget, sync_now: QAction | None = None) -> None:
        """``sync_now`` is the window's act for it, if it has one; then the window decides when it is possible."""
        super().__init__(window)
        self._window = window
        self._has_own_sync = sync_now is None
        self.sign_in = self._make(words.tr("Sign in…"), "circle-user-round")
        self.open_page = self._make(words.tr("Account and activity"), "circle-user-round")
        self.sync_now = sync_now or self._make(words.tr("Sync now"), "refresh-cw", QKeySequence("F5"))
        self.sync_now.setIconVisibleInMenu(True)
        self.bring_in = self._make(words.tr("Bring in this computer's library…"), "hard-drive")
        self.other_account = self._make(words.tr("Another account…"))
        self.without_account = self._make(words.tr("This computer's library, without an account"))
        self.without_account.setCheckable(True)
        self.sign_out = self._make(words.tr("Sign out"), "log-out")
        self.sign_out_everywhere = self._make(words.tr("Sign out everywhere…"))
        self.remove_library = self._make(words.tr("Remove this library from here…"))
        self.change = QMenu(words.tr("Change account"), window)
        self.change.setIcon(icons.icon("users"))
        self.show_account(None)

    def show_account(self, facts: AccountFacts | None, *, has_local_library: bool = False) -> None:
        """Allow what is possible with this account; None: the library has no account."""
        is_in = facts is not None and facts.is_signed_in
        self.sign_in.setEnabled(not is_in)
        self.sign_in.setVisible(not is_in)
        for act in (self.sign_out, self.sign_out_everywhere):
            act.setEnabled(is_in)
        if self._has_own_sync:
            self.sync_now.setEnabled(is_in)
        self.without_account.setChecked(facts is None)
        self.without_account.setEnabled(facts is not None)
        self.bring_in.setEnabled(is_in and has_local_library)
        self.remove_library.setEnabled(facts is not None)

    def show_known(self, accounts: Sequence[KnownAccount], current: str) -> None:
        """Offer these accounts to change to; ``current`` is the name (host/user id) of the open one."""
        self.change.clear()
        hosts = {account.host for account in accounts}
        for account in accounts:
            name = account.email
            act = self.change.addAction(f"{name} · {account.host}" if len(hosts) > 1 else name)
            act.setCheckable(True)
            act.setChecked(account.name == current)
            act.setEnabled(account.name != current)
            act.triggered.connect(lambda _checked=False, chosen=account: self.account_requested.emit(chosen))
        self.change.addAction(self.without_account)
        self.change.addSeparator()
        self.change.addAction(self.other_account)

    def fill(self, menu: QMenu) -> None:
        """Put all acts into a menu: of the button, or of the menu bar."""
        menu.addActions([self.sign_in, self.open_page, self.sync_now])
        menu.addSeparator()
        menu.addAction(self.bring_in)
        menu.addMenu(self.change)
        menu.addSeparator()
        menu.addActions([self.sign_out, self.sign_out_everywhere, self.remove_library])

    def _make(self, text: str, icon: str = "", keys: QKeySequence | None = None) -> QAction:
        act = QAction(text, self)
        if icon:
            act.setIcon(icons.icon(icon))
        if keys is not None:
            act.setShortcut(keys)
            act.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._window.addAction(act)
        return act
