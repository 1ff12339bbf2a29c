"""Keeps the status bar's sentence up to date, and offers to empty the trash when items have been there for long."""

from __future__ import annotations

from collections.abc import Callable

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.paced_timer import PacedTimer
from audiodesk.domain import words
from audiodesk.domain.library.listings import Totals
from audiodesk.domain.words import formats
from audiodesk.domain.words.program.status_words import status_sentence, with_trouble

__all__ = ["StatusController"]

_REST_MS = 400


class StatusController(Controller):
    """Counts the library in the background, soon after each change."""

    def __init__(self, shared: Shared, *, open_trash: Callable[[], object]) -> None:
        super().__init__(shared)
        self._open_trash = open_trash
        self._is_counting = False
        self._has_reminded = False
        self._reminder = ""
        self._timer = PacedTimer(self, self.count, delay_ms=_REST_MS)
        for signal in (self._bridge.tree_changed, self._bridge.takes_changed):
            signal.connect(lambda _what: self._timer.soon())
        self._bridge.changed_elsewhere.connect(self._timer.soon)
        self._bridge.import_finished.connect(lambda _event: self._timer.soon())

    def count(self) -> None:
        """Count now."""
        if self._is_counting:
            self._timer.soon()
            return
        self._is_counting = True
        self._timer.began()
        self._tasks.start(lambda: self._core.catalogue.totals(roughly=True), "count").done(self._show).failed(
            self._give_up
        )

    def hurry(self) -> None:
        """Count what is still to be counted without a rest: a sync came to its end."""
        self._timer.hurry()

    def _show(self, totals: Totals) -> None:
        self._is_counting = False
        self._timer.ended()
        self._window.status.show_sentence(with_trouble(status_sentence(totals), self._core.database.trouble))
        if not totals.trash_due and self._reminder:
            self._notices.withdraw(self._reminder)
        if totals.trash_due and not self._has_reminded and self._core.program.settings.trash_reminder:
            self._has_reminded = True
            sentence = words.tr(
                "{count} things have been in the trash for more than 30 days.",
                "{count} thing has been in the trash for more than 30 days.",
                totals.trash_due,
            ).format(count=formats.number(totals.trash_due))
            self._reminder = self._notices.offer(
                sentence, words.tr("Look at the trash"), self._open_trash, icon="trash-2"
            )

    def _give_up(self, _error: object) -> None:
        """Leave the last sentence as it is, and count again later."""
        self._is_counting = False
        self._timer.failed()
        if (trouble := self._core.database.trouble) is not None:
            self._window.status.show_sentence(with_trouble("", trouble))
