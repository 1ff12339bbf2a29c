"""Finds out how this computer stands to its server: one question after the start, and when the window comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from audiodesk.composition import Core
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.server.storage_usage import StorageUsage

if TYPE_CHECKING:
    from audiodesk.system.account_store import KnownAccount

__all__ = ["ConnectionWatch"]

_FIRST_MS = 1000
"""How long after the start the first question is asked: what it needs takes a moment to load."""
_PATIENCE = 3.5
"""Seconds for an answer: the window says within 5 s that the server cannot be reached."""
_LEAST_SECONDS = 60.0
"""Between two questions that nobody asked for."""


class ConnectionWatch(QObject):
    """Asks for the account's usage, because whoever gets it is signed in and online.

    Signals:
        told: there is an answer: the connection, or None if it is not known; the usage, or None; the error, or None.
    """

    told = Signal(object, object, object)

    def __init__(self, core: Core, tasks: Tasks, parent: QObject, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._core, self._tasks, self._clock = core, tasks, clock
        self._account: KnownAccount | None = None
        self._asked_at: float | None = None
        self._is_asking = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.ask)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.applicationStateChanged.connect(self._on_state)

    def follow(self, account: KnownAccount | None) -> None:
        """Watch the sign-in of this account; None: there is nothing to ask."""
        self._account = account
        self._timer.stop()
        if account is not None:
            self._timer.start(_FIRST_MS)

    def ask(self) -> None:
        """Ask now, unless a question is under way."""
        if self._account is None or self._is_asking:
            return
        self._is_asking = True
        self._asked_at = self._clock()
        self._tasks.start_apart(self._usage).done(self._on_usage).failed(self._on_error)

    def _usage(self) -> StorageUsage:
        from audiodesk.services.server.patience import Patience

        with self._core.program.sign_in(patient=False) as sign_in:
            return Patience(sign_in.host, _PATIENCE).ask(lambda: sign_in.storage_account.own_usage())

    def _on_usage(self, usage: StorageUsage) -> None:
        self._is_asking = False
        if self._account is not None:
            self.told.emit(Connection.ONLINE, usage, None)

    def _on_error(self, error: AudioDeskError) -> None:
        self._is_asking = False
        if self._account is not None:
            self.told.emit(connection_after(error), None, error)

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive or self._asked_at is None:
            return
        if self._clock() - self._asked_at >= _LEAST_SECONDS:
            self.ask()
