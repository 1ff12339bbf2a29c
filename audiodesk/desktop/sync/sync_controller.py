"""The life of the synchronizer in a window: begins after the first paint, wakes, and tells how it stands."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.sync.connection_of_sync import connection_of_sync
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.server.sync_words import connection_why, not_taken_over

if TYPE_CHECKING:  # loaded on a thread of their own
    from audiodesk.composition.account import Account
    from audiodesk.domain.sync.state import SyncState

__all__ = ["SyncController"]

_AGAIN_MS = 60_000
"""After this time what syncs is loaded once more, where this computer's own trouble was in the way."""


class SyncController(Controller):
    """Syncs the open library if it belongs to an account; call on the main thread only.

    Nothing here waits for the keyring or the network: they are loaded and asked on the synchronizer's thread.

    Signals:
        account_ready: the library has an account, whose services can be used now (Account).
        state_changed: how it stands (SyncState).
        activity_requested: the person wants to see what was refused (nothing).
    """

    account_ready = Signal(object)
    state_changed = Signal(object)
    activity_requested = Signal()

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._account: Account | None = None
        self._act: QAction | None = None
        self._state: SyncState | None = None
        self._refused = 0
        self._said_refused = ""
        self._is_settled = False
        self._is_looking = self._looks_again = self._is_beginning = self._is_closed = False
        self._begins_again = self._awaits_account = self._is_settled_without = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._begin)
        self._bridge.sync_changed.connect(self._look)
        self._bridge.activity_changed.connect(self._look)
        self._bridge.signed_in.connect(lambda _event: self._on_signed_in())
        self._bridge.signed_out.connect(lambda _event: self.sync_now())
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application)

    @property
    def account(self) -> Account | None:
        """What the open library has with its account; None without an account, and until it is loaded."""
        return self._account

    @property
    def state(self) -> SyncState | None:
        """How it stood when it was last asked; None without an account."""
        return self._state

    def follow(self, act: QAction) -> None:
        """Sync when this act is triggered; it is possible while the library has an account."""
        self._act = act
        act.triggered.connect(self.sync_now)
        act.setEnabled(self._account is not None)

    def start(self) -> None:
        """Begin. To be called once, after the first paint."""
        self._begin()

    def sync_now(self) -> None:
        """Sync at once; without an account nothing happens."""
        if self._account is not None:
            self._account.synchronizer.sync_now()

    def settle_without_account(self) -> None:
        """Show that nothing is sent: no account's library is going to open by itself."""
        self._is_settled_without = True
        if self._account is None and not self._is_beginning:
            self._show_without()

    def close(self) -> None:
        """Listen no more. The library ends the synchronizer when it is closed."""
        self._is_closed = True
        self._again.stop()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.disconnect(self._on_application)

    def _begin(self) -> None:
        """Load what syncs on a thread of its own; an earlier synchronizer ends there first."""
        if self._is_beginning:
            self._begins_again = True
            return
        self._again.stop()
        self._is_beginning, self._begins_again = True, False
        self._account = None

        def load() -> Account | None:
            if not self._core.has_account:
                self._awaits_account = self._core.awaits_account
                return None
            account = self._core.sign_in()
            _ = account.synchronizer, account.activity, account.uploader
            return account

        self._tasks.start_apart(load).done(self._on_ready).failed(self._on_not_loaded)

    def _on_not_loaded(self, error: AudioDeskError) -> None:
        self._is_beginning = False
        if self._begins_again and not self._is_closed:
            self._begin()
        elif not self._is_closed:
            self._window.status.show_connection(connection_after(error) or Connection.HERE, error_sentence(error))
            self._again.start(_AGAIN_MS)

    def _on_ready(self, account: Account | None) -> None:
        self._is_beginning = False
        if self._is_closed:
            return
        if self._begins_again:
            self._begin()
            return
        if self._act is not None:
            self._act.setEnabled(account is not None)
        if account is None:
            self._show_without()
            return
        self._account = account
        account.synchronizer.start()
        account.uploader.start()
        self.account_ready.emit(account)
        self._look()

    def _show_without(self) -> None:
        """Show how a library without an account stands, once it is known that it stays open."""
        if self._is_settled_without or not self._awaits_account:
            self._window.status.show_connection(Connection.LOCAL)
            self._window.first_run.show_owner(has_account=False)

    def _on_signed_in(self) -> None:
        """Begin anew: what was built before stays with the former sign-in, or without any."""
        self._begin()

    def _on_application(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive and self._account is not None:
            self._account.synchronizer.came_to_front()

    def _look(self) -> None:
        """Read how it stands, and once more if that changes meanwhile."""
        account = self._account
        if account is None:
            return
        if self._is_looking:
            self._looks_again = True
            return
        self._is_looking, self._looks_again = True, False
        self._tasks.start(lambda: account.synchronizer.state(), "show").done(self._show).failed(
            lambda _error: self._looked()  # the account was closed meanwhile
        )

    def _show(self, state: SyncState) -> None:
        if state.progress.pulled and not self._is_settled:
            # As in ``Desk``: the code for the server is loaded by now, and stays. Searching it for garbage again and
            # again would take turns with what comes, and stop all threads each time.
            self._is_settled = True
            gc.freeze()
        self._state = state
        connection = connection_of_sync(state)
        self._window.status.show_connection(connection, connection_why(state, self._core.program.clock()))
        if state.refused > self._refused:
            self._said_refused = self._notices.offer(
                not_taken_over(state.refused), words.tr("Look"), self.activity_requested.emit, icon="triangle-alert"
            )
        elif not state.refused and self._said_refused:
            self._notices.withdraw(self._said_refused)
        self._refused = state.refused
        self.state_changed.emit(state)
        self._looked()

    def _looked(self) -> None:
        self._is_looking = False
        if self._looks_again:
            self._look()
