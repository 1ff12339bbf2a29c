"""Asks the server how much of its storage the account uses, when somebody looks at the account."""

from __future__ import annotations

from PySide6.QtCore import Signal

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.connection import Connection, connection_after
from audiodesk.domain.server.storage_usage import StorageUsage

__all__ = ["UsageAsking"]

_PATIENCE = 3.5
"""Seconds for an answer: the page says within 5 s that the server cannot be reached."""


class UsageAsking(Controller):
    """Nothing is asked unasked: the synchronizer knows the connection, and with the back end ``local`` nothing is sent.

    Signals:
        told: there is an answer: the connection, or None if it is not known; the usage, or None; the error, or None.
    """

    told = Signal(object, object, object)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._is_signed_in = self._is_asking = False

    def allow(self, *, is_signed_in: bool) -> None:
        """Note whether there is a sign-in; without one nothing is asked, and an answer that comes is dropped."""
        self._is_signed_in = is_signed_in

    def ask(self) -> None:
        """Ask now, unless a question is under way."""
        if not self._is_signed_in or self._is_asking:
            return
        self._is_asking = True
        self._tasks.start_apart(self._usage).done(self._on_usage).failed(self._on_error)

    def _usage(self) -> StorageUsage:
        from audiodesk.services.server.patience import Patience

        with self._core.program.sign_in(self._core.library_folder, patient=False) as sign_in:
            return Patience(sign_in.host, _PATIENCE).ask(lambda: sign_in.storage_account.own_usage())

    def _on_usage(self, usage: StorageUsage) -> None:
        self._is_asking = False
        if self._is_signed_in:
            self.told.emit(Connection.ONLINE, usage, None)

    def _on_error(self, error: AudioDeskError) -> None:
        self._is_asking = False
        if self._is_signed_in:
            self.told.emit(connection_after(error), None, error)
