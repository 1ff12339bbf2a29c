"""Asks what becomes of the libraries on this computer at a sign-in, and stores the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.notices import error_text
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.server.adoption import AdoptionChoice, AdoptionQuestion
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.words.server.sign_in_words import keyring_waited_for
from audiodesk.views.account.adopt_dialog import AdoptDialog
from audiodesk.views.account.moved_dialog import MovedDialog
from audiodesk.views.account.two_ways_dialog import TwoWaysDialog

if TYPE_CHECKING:
    from audiodesk.domain.server.account import KnownAccount

__all__ = ["AdoptionAsking"]


class AdoptionAsking(Controller):
    """``keep`` and ``drop`` are called on another thread, ``done`` with the result of ``keep`` on the main thread."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._open_dialog: OpenDialog[TwoWaysDialog] = OpenDialog()

    @property
    def dialog(self) -> TwoWaysDialog | None:
        """The open question; None if there is none."""
        return self._open_dialog.shown

    def ask_moved(
        self, moved: MovedServer, *, decided: Callable[[MovedServer | None], object], drop: Callable[[], object]
    ) -> None:
        """Ask whether the server moved; ``decided`` gets ``moved`` or None, ``drop`` is called where nobody decides."""
        dialog = self._opened(MovedDialog(moved, self._window), drop)

        def go(answer: MovedServer | None) -> None:
            dialog.accept_once()
            decided(answer)

        dialog.first_chosen.connect(lambda: go(moved))
        dialog.second_chosen.connect(lambda: go(None))

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
        dialog = self._opened(AdoptDialog(question, self._window, signs_in=signs_in), drop)

        def decide(choice: AdoptionChoice) -> None:
            dialog.begin_keeping(keyring_waited_for())
            self._tasks.start_apart(lambda: keep(choice)).done(finish).failed(fail)

        def finish(account: KnownAccount) -> None:
            dialog.accept_once()
            done(account)

        def fail(error: AudioDeskError) -> None:
            dialog.show_error(error_text(error), error.details)

        dialog.first_chosen.connect(lambda: decide("adopt"))
        dialog.second_chosen.connect(lambda: decide("keep-apart"))

    def close(self) -> None:
        """Close an open question without an answer."""
        self._open_dialog.close()

    def _opened(self, dialog: TwoWaysDialog, drop: Callable[[], object]) -> TwoWaysDialog:
        dialog.cancel_requested.connect(lambda: self._tasks.start_apart(drop).failed(lambda _error: None))
        return self._open_dialog.open(dialog)
