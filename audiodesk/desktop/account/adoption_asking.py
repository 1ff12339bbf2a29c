"""Asks whether this computer's library is brought into an account, and stores the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from audiodesk.desktop.base.notices import error_text
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion
from audiodesk.domain.words.server.sign_in_words import keyring_waited_for
from audiodesk.views.account.adopt_dialog import AdoptDialog
from audiodesk.views.frame.main_window import MainWindow

if TYPE_CHECKING:
    from audiodesk.domain.server.account import KnownAccount

__all__ = ["AdoptionAsking"]


class AdoptionAsking(QObject):
    """``keep`` and ``drop`` are called on another thread, ``done`` with the result of ``keep`` on the main thread."""

    def __init__(self, window: MainWindow, tasks: Tasks) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self.dialog: AdoptDialog | None = None

    def ask(
        self,
        question: AdoptionQuestion,
        *,
        keep: Callable[[AdoptionChoice], KnownAccount],
        drop: Callable[[], object],
        done: Callable[[KnownAccount], object],
        signs_in: bool = True,
    ) -> None:
        """Show both libraries; nothing is done before a choice, and ``drop`` is called where there is none."""
        dialog = self.dialog = AdoptDialog(question, self._window, signs_in=signs_in)

        def decide(choice: AdoptionChoice) -> None:
            dialog.begin_keeping(keyring_waited_for())
            self._tasks.start_apart(lambda: keep(choice)).done(finish).failed(fail)

        def finish(account: KnownAccount) -> None:
            dialog.accept_once()
            done(account)

        def fail(error: AudioDeskError) -> None:
            dialog.show_error(error_text(error), error.details)

        dialog.adopt_requested.connect(lambda: decide("adopt"))
        dialog.apart_requested.connect(lambda: decide("keep-apart"))
        dialog.cancel_requested.connect(lambda: self._tasks.start_apart(drop).failed(lambda _error: None))
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()

    def close(self) -> None:
        """Close an open question without an answer."""
        if self.dialog is not None:
            self.dialog.done(0)

    def _forget(self, dialog: AdoptDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()
