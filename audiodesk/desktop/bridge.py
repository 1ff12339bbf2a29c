"""Carries the facts of the services' bus to the main thread, as Qt signals, many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from audiodesk.domain.events import (
    AnalysisDone,
    BroughtBack,
    Event,
    ImportCutShort,
    ImportFinished,
    ImportStarted,
    JobsChanged,
    LibraryChangedElsewhere,
    LibraryCondition,
    RecordingsFound,
    RefusalsChanged,
    TakesChanged,
    TreeChanged,
    Trouble,
    UndoChanged,
)

__all__ = ["Bridge"]

_PAUSE_MS = 60
"""At least this long between two deliveries: an import tells hundreds of facts a second."""

_TOLD = (
    AnalysisDone,
    BroughtBack,
    ImportCutShort,
    ImportFinished,
    ImportStarted,
    JobsChanged,
    LibraryChangedElsewhere,
    RecordingsFound,
    LibraryCondition,
    RefusalsChanged,
    TakesChanged,
    TreeChanged,
    Trouble,
    UndoChanged,
)


_E = TypeVar("_E", bound=Event)


class _Bus(Protocol):
    def subscribe(self, event_type: type[_E], handler: Callable[[_E], None]) -> Callable[[], None]:
        """Call ``handler`` with each event of that type."""


class Bridge(QObject):
    """Listens on the bus from any thread; its signals are emitted on the main thread only.

    Signals:
        tree_changed: ids of the parents whose children changed, None for the top (frozenset).
        takes_changed: ids of the sections whose takes changed (frozenset).
        analysis_done: the full decode of these takes is known (frozenset of take ids).
        import_started, import_finished, import_cut_short: the event itself.
        jobs_changed, refusals_changed, undo_changed, changed_elsewhere: nothing.
        brought_back, condition_changed, recordings_found, trouble: the event itself.
    """

    tree_changed = Signal(object)
    takes_changed = Signal(object)
    analysis_done = Signal(object)
    import_started = Signal(object)
    import_finished = Signal(object)
    import_cut_short = Signal(object)
    jobs_changed = Signal()
    refusals_changed = Signal()
    undo_changed = Signal()
    changed_elsewhere = Signal()
    brought_back = Signal(object)
    recordings_found = Signal(object)
    condition_changed = Signal(object)
    trouble = Signal(object)
    _woken = Signal()

    def __init__(self, bus: _Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: list[Event] = []
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.deliver)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = [bus.subscribe(told, self._take) for told in _TOLD]

    def close(self) -> None:
        """Listen no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._timer.stop()
        with self._lock:  # a signal that is on its way already must find nothing to tell
            self._waiting.clear()

    def _take(self, event: Event) -> None:
        with self._lock:
            self._waiting.append(event)
            is_first = len(self._waiting) == 1
        if is_first:
            self._woken.emit()

    @Slot()
    def _on_woken(self) -> None:
        if self._timer.isActive():
            return
        passed = self._since.elapsed() if self._since.isValid() else _PAUSE_MS
        if passed >= _PAUSE_MS:
            self.deliver()
        else:
            self._timer.start(int(_PAUSE_MS - passed))

    @Slot()
    def deliver(self) -> None:
        """Emit everything that waits, events of one kind as one."""
        with self._lock:
            events, self._waiting = self._waiting, []
        if not events:
            return
        self._since.start()
        for started in _of(events, ImportStarted):
            self.import_started.emit(started)
        if parents := frozenset[str | None]().union(*(event.parents for event in _of(events, TreeChanged))):
            self.tree_changed.emit(parents)
        if sections := frozenset[str]().union(*(event.sections for event in _of(events, TakesChanged))):
            self.takes_changed.emit(sections)
        if takes := frozenset(event.take_id for event in _of(events, AnalysisDone)):
            self.analysis_done.emit(takes)
        for told, signal in (
            (LibraryChangedElsewhere, self.changed_elsewhere),
            (JobsChanged, self.jobs_changed),
            (RefusalsChanged, self.refusals_changed),
            (UndoChanged, self.undo_changed),
        ):
            if _of(events, told):
                signal.emit()
        for kind, one_by_one in (
            (ImportFinished, self.import_finished),
            (ImportCutShort, self.import_cut_short),
            (BroughtBack, self.brought_back),
            (RecordingsFound, self.recordings_found),
            (LibraryCondition, self.condition_changed),
            (Trouble, self.trouble),
        ):
            for event in _of(events, kind):
                one_by_one.emit(event)


def _of(events: list[Event], told: type[_E]) -> list[_E]:
    return [event for event in events if isinstance(event, told)]
