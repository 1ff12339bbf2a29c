"""Signing out, here and everywhere, and removing an account's library from this computer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from audiodesk.composition.standing import standing_of
from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.words.server.account_words import (
    everywhere_question,
    removal_question,
    removal_refused,
    unsent_edits,
)
from audiodesk.domain.words.server.login_words import signed_out_sentences
from audiodesk.views.dialogs.sure_dialog import SureDialog

if TYPE_CHECKING:
    from audiodesk.desktop.account.account_controller import GoTo
    from audiodesk.services.account.library_removal import OnlyHere
    from audiodesk.services.account.signing_out import SignedOutResult

__all__ = ["LeavingActs"]


class LeavingActs(Controller):
    """Does what the account's menu offers for leaving.

    Signals:
        changed: somebody signed out (nothing).
    """

    changed = Signal()

    def __init__(self, shared: Shared, go_to: GoTo) -> None:
        super().__init__(shared)
        self._go_to = go_to
        self._open_dialog: OpenDialog[SureDialog] = OpenDialog()
        self._told = ""
        self._bridge.signed_in.connect(lambda _event: self._notices.withdraw(self._told))

    @property
    def dialog(self) -> SureDialog | None:
        """The open question; None if there is none."""
        return self._open_dialog.shown

    def sign_out(self, *, everywhere: bool = False) -> None:
        """Remove the sign-in from this computer at once, tell the server, and say what stays."""
        program = self._core.program
        self._window.status.say(words.tr("Signing out…"))

        def say(left: tuple[SignedOutResult, int]) -> None:
            result, unsent = left
            folder = str(self._core.library_folder)
            said = signed_out_sentences(told=result.told, everywhere=everywhere, folder=folder, unsent=unsent)
            told = " ".join(said)
            self._window.notice.show_notice(told, icon="info")
            self._told = told
            self._window.status.say("")
            self.changed.emit()

        def leave() -> tuple[SignedOutResult, int]:
            account = program.account_of(self._core.library_folder)
            if account is None:
                raise OutsideError("signed-out")
            result = program.signing_out.sign_out(account, everywhere=everywhere)
            unsent = 0
            with contextlib.suppress(AudioDeskError):  # a library that cannot be read hinders no sign-out
                unsent = standing_of(self._core).waiting
            return result, unsent

        self._tasks.start_apart(leave).done(say).failed(self._notices.show_error)

    def ask_everywhere(self, email: str) -> None:
        """Ask once, then sign out on all computers."""
        name = words.tr("Sign out everywhere")
        dialog = SureDialog(name, everywhere_question(email), name, parent=self._window)
        dialog.confirmed.connect(lambda: self.sign_out(everywhere=True))
        self._open_dialog.open(dialog)

    def ask_removal(self, email: str) -> None:
        """Say what would be lost if this library left this computer; if nothing, ask and remove it."""
        task = self._tasks.start(self._only_here, "show")
        task.done(lambda found: self._show_removal(email, found)).failed(self._notices.show_error)

    def _only_here(self) -> OnlyHere:
        """On the reading thread: return what would be lost."""
        from audiodesk.services.account.library_removal import only_here

        return only_here(self._core.database)

    def _show_removal(self, email: str, found: OnlyHere) -> None:
        name = words.tr("Remove this library from here")
        items = [*found.takes, *unsent_edits(found.changes)]
        if items:
            self._open_dialog.open(SureDialog(name, removal_refused(items), items=items, parent=self._window))
            return
        dialog = SureDialog(name, removal_question(email, found.size), words.tr("Remove"), parent=self._window)
        dialog.confirmed.connect(self._remove)
        self._open_dialog.open(dialog)

    def _remove(self) -> None:
        program = self._core.program
        account = program.account_of(self._core.library_folder)
        if account is not None:
            self._go_to(program.folders.local_library, lambda: program.remove_library(account))
