"""Shows in the status bar what files held over the window would become, without ever waiting for the files."""

from __future__ import annotations

import threading

from PySide6.QtCore import QTimer

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.tasks import Task
from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportPlan
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.import_words import drop_sentence, drop_target_sentence, plan_sentence

__all__ = ["DropHints"]

_GIVEN_UP_MS = 300
"""A folder not counted by then (slow network share, very many files) is shown without a count."""
_MOST_THREADS = 4
"""How many threads a disk that does not answer may block: beyond that, counting waits until one of them ends."""


class DropHints(Controller):
    """Counts the files under the mouse on a thread of its own, one thread for each row they are held over."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._held: tuple[Ref | None, tuple[str, ...]] | None = None
        self._cancel = threading.Event()
        self._task: Task | None = None
        self._threads: list[threading.Thread] = []
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_GIVEN_UP_MS)
        self._patience.timeout.connect(self._give_up)
        for pane in (self._window.tree, self._window.centre):
            pane.files_hovered.connect(self.hover)
            pane.files_dragged_away.connect(self.leave)
            pane.files_dropped.connect(self.leave)
        self._window.first_run.files_hovered.connect(lambda paths: self.hover(None, paths))
        self._window.first_run.files_dragged_away.connect(self.leave)
        self._window.first_run.files_dropped.connect(self.leave)

    def hover(self, target: Ref | None, paths: list[str]) -> None:
        """Show what ``paths`` would become on ``target`` (None: the window)."""
        held = (target, tuple(paths))
        if held == self._held or not paths:
            return
        self._stop_counting()
        self._held = held
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= _MOST_THREADS:
            self._give_up()
            return
        cancel = self._cancel = threading.Event()
        task = self._task = self._tasks.expect().done(self._show).failed(lambda _error: None)
        thread = threading.Thread(target=self._count, args=(task, target, paths, cancel), daemon=True)
        self._threads.append(thread)
        self._patience.start()
        thread.start()

    def leave(self, *_what: object) -> None:
        """Remove the hint: the files have left the target or were dropped."""
        self._stop_counting()
        self._held = None
        self._window.status.show_hint("")

    def close(self) -> None:
        """Stop counting."""
        self._stop_counting()

    def _count(self, task: Task, target: Ref | None, paths: list[str], cancel: threading.Event) -> None:
        try:
            plan = self._core.planner.plan(paths, target, cancel=cancel)
            self._tasks.answer(task, self._sentence(plan, target), None)
        except Exception as error:  # noqa: BLE001 - a hint that cannot be made is none
            self._tasks.answer(task, None, error)

    def _sentence(self, plan: ImportPlan, target: Ref | None) -> str:
        if not plan.files:
            return words.tr("Nothing to add: no MP3 or WAV files here")
        if target is None or target.entity is not Entity.SECTION:
            return plan_sentence(plan)
        title = plan.files[0].place.section_title
        number = self._core.catalogue.next_take_number(target.id)
        return f"{drop_sentence(len(plan.files), target.entity, title, number)} · {formats.size(plan.size)}"

    def _show(self, sentence: str) -> None:
        self._patience.stop()
        self._window.status.show_hint(sentence)

    def _give_up(self) -> None:
        """Show the target without a count."""
        held = self._held
        self._stop_counting()
        if held is not None:
            node = None if held[0] is None else self._window.tree_model.node_of(held[0].id)
            self._window.status.show_hint(drop_target_sentence("" if node is None else node.title))

    def _stop_counting(self) -> None:
        self._patience.stop()
        self._cancel.set()
        if self._task is not None:
            self._task.forget()
            self._task = None
