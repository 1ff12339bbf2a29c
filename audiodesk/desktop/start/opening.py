"""Offers ways out when a library cannot be opened: try again, restore or make its list, open another library."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.errors.library_place_words import list_set_aside, offered_copy, opening_advice
from audiodesk.local.database.list_copies import ListCopy
from audiodesk.local.database.list_restore import takes_in
from audiodesk.services.care.list_recovery import RECOVERABLE, ListRecovery
from audiodesk.views.dialogs.opening_dialog import OpeningDialog
from audiodesk.views.parts.times import moment

__all__ = ["OTHER", "Opening"]

OTHER = "other"
"""The answer that the library without an account should open instead."""
_AGAIN = "again"
_COPY = "copy"
_VAULT = "vault"


class Opening:
    """``recovery`` belongs to the library; ``dialog`` is the open dialog, for tests.

    ``has_other``: it is the library of an account, so the one without an account can be opened instead.
    """

    def __init__(self, recovery: ListRecovery, *, has_other: bool = False) -> None:
        self._recovery = recovery
        self._has_other = has_other
        self.dialog: OpeningDialog | None = None

    def go_on(self, error: AudioDeskError) -> str:
        """Ask what to do about ``error`` and do it.

        Return ``OTHER``, something else to open the library again, or nothing where the person gave up.
        """
        problem: AudioDeskError = error
        while True:
            copies = self._recovery.copies() if problem.code in RECOVERABLE or error.code in RECOVERABLE else []
            self.dialog = self._made(problem, error, None if not copies else copies[0])
            self.dialog.exec()
            chosen = self.dialog.chosen
            try:
                if chosen == _COPY:
                    if self._recovery.from_newest() is None:
                        raise UserError("no-copy", file=str(copies[0].path))
                elif chosen == _VAULT:
                    self._recovery.from_vault()
            except AudioDeskError as failed:
                problem = failed
                continue
            if chosen in (_COPY, _VAULT):
                self._tell_set_aside()
            return chosen

    def _tell_set_aside(self) -> None:
        """Show where the former list is kept, if there was one."""
        if (aside := self._recovery.set_aside) is not None:
            self.dialog = OpeningDialog(
                words.tr("The library can be opened again"),
                words.tr("The list is back."),
                list_set_aside(str(aside)),
                [],
                words.tr("Open"),
            )
            self.dialog.exec()

    def _made(self, problem: AudioDeskError, error: AudioDeskError, copy: ListCopy | None) -> OpeningDialog:
        ways = [(_AGAIN, words.tr("Try again"))]
        if error.code in RECOVERABLE:
            ways = [(_VAULT, words.tr("Make a list from the audio"))]
            if copy is not None:
                ways.insert(0, (_COPY, offered_copy(moment(copy.made_at))))
        if self._has_other:
            ways.append((OTHER, words.tr("Open this computer's library")))
        return OpeningDialog(
            words.tr("The library cannot be opened"),
            error_sentence(problem),
            opening_advice(problem, has_copy=copy is not None, takes=None if copy is None else takes_in(copy.path)),
            ways,
            words.tr("Close"),
            problem.details,
        )
