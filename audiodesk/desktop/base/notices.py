"""Shows trouble in the window: one sentence and one action in the calm bar, never a modal box."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject

from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import BroughtBack, Trouble
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.importing.import_words import cut_short_sentence
from audiodesk.domain.words.program.status_words import brought_back_sentence
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.frame.main_window import MainWindow

__all__ = ["Notices", "error_text"]

_log = logging.getLogger(__name__)


class Notices(QObject):
    """The only way for controllers to report trouble."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._bar = window.notice
        self._actions: dict[str, Callable[[], object]] = {}
        self._count = 0
        self._bar.action_requested.connect(self._on_action)

    def show_error(self, error: AudioDeskError) -> str:
        """Show what went wrong and what to do. Returns the whole text shown, for ``withdraw``."""
        _log.warning("told: %s %s", error, error.details)
        sentence = error_text(error)
        self._bar.show_notice(sentence, details=error.details)
        return sentence

    def show_error_in(self, dialog: Dialog) -> Callable[[AudioDeskError], None]:
        """Return a handler that shows an error in ``dialog`` while it is open, else in the window.

        A modal dialog covers the window, so that an error there would be read too late.
        """

        def show(error: AudioDeskError) -> None:
            if dialog.is_over:
                self.show_error(error)
            else:
                _log.warning("told in a dialog: %s %s", error, error.details)
                dialog.show_error(error_text(error), error.details)

        return show

    def show_trouble(self, trouble: Trouble) -> None:
        """Show what went wrong in the background."""
        self.show_error(trouble.error)

    def show_brought_back(self, event: BroughtBack) -> None:
        """Show what an edit brought back from the trash."""
        self._bar.show_notice(brought_back_sentence(event.titles), icon="info")

    def show_cut_short(self) -> None:
        """Show that an import did not reach its end."""
        self._bar.show_notice(cut_short_sentence(), icon="triangle-alert")

    def offer(
        self,
        sentence: str,
        action: str,
        act: Callable[[], object],
        *,
        icon: str = "info",
        other: str = "",
        act_other: Callable[[], object] | None = None,
        beside: bool = False,
    ) -> str:
        """Show ``sentence`` with a button ``action`` that calls ``act``, and a second one where given.

        With ``beside`` it follows the text that is shown already. Returns the whole text shown, for ``withdraw``.
        """
        said = f"{self._bar.sentence} {sentence}" if beside and self._bar.sentence else sentence
        other_key = "" if act_other is None else self._key(act_other)
        self._bar.show_notice(
            said, action=action, key=self._key(act), other=other, other_key=other_key, icon=icon, tone="attention"
        )
        return said

    def withdraw(self, sentence: str) -> bool:
        """Hide the notice ``sentence``, which is not true any more. Return whether it was shown."""
        is_shown = self._bar.sentence == sentence
        if is_shown:
            self._bar.hide()
        return is_shown

    def _key(self, act: Callable[[], object]) -> str:
        self._count += 1
        key = f"offer-{self._count}"
        self._actions[key] = act
        return key

    def _on_action(self, key: str) -> None:
        act = self._actions.pop(key, None)
        self._bar.hide()
        if act is not None:
            act()


def error_text(error: AudioDeskError) -> str:
    """Return what went wrong and what to do, as one text."""
    return " ".join(part for part in (error_sentence(error), error_action(error)) if part)
