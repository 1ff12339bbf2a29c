"""Pauses uploads and lets them go on, and says why they all wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain import words
from audiodesk.domain.words.errors.error_words import error_action, error_sentence

if TYPE_CHECKING:  # loaded on a thread of their own
    from audiodesk.composition.account import Account
    from audiodesk.services.uploading.uploader import UploaderState

__all__ = ["UploadController"]


class UploadController(Controller):
    """Follows the uploader of the open library; without an account there is nothing to do."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._account: Account | None = None
        self._said = ""
        self._act = self._window.acts.pause_uploads
        self._act.setEnabled(False)
        self._act.triggered.connect(self._pause)
        self._bridge.uploads_changed.connect(self._look)

    def follow(self, account: Account) -> None:
        """Begin with an account's uploader."""
        self._account = account
        self._act.setEnabled(True)
        self._look()

    def _pause(self, is_paused: bool) -> None:  # noqa: FBT001 - the signal's argument
        if self._account is None:
            return
        uploader = self._account.uploader
        self._tasks.start(uploader.pause if is_paused else uploader.resume, "edit").failed(self._notices.show_error)

    def _look(self) -> None:
        if self._account is None:
            return
        uploader = self._account.uploader
        self._tasks.start(lambda: (uploader.is_paused, uploader.state()), "read").done(self._show)

    def _show(self, found: tuple[bool, UploaderState]) -> None:
        is_paused, state = found
        self._act.setChecked(is_paused)
        error = state.error if state.waits == "server_owner" else None
        code = "" if error is None else error.code
        if error is not None and code != self._said:
            self._window.status.say(
                words.tr("{what} {action}").format(what=error_sentence(error), action=error_action(error))
            )
        self._said = code
