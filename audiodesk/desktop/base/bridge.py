"""Carries the events of the services' bus to the main thread as Qt signals, and combines events that wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from audiodesk.domain.events import (
    ActivityChanged,
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
    SignedIn,
    SignedOut,
    SignInKept,
    SignInWaiting,
    SyncChanged,
    TakesChanged,
    TreeChanged,
    Trouble,
    UndoChanged,
    UploadsChanged,
)

__all__ = ["RULES", "Bridge"]

_PAUSE_MS = 60
"""The shortest time between two deliveries: an import publishes hundreds of events a second."""


class _Rule(NamedTuple):
    """How waiting events of one type are combined: ``merge`` returns the arguments of each emission."""

    event: type[Event]
    signal: str
    merge: Callable[[list[Any]], list[tuple[object, ...]]]


def _each(events: list[Any]) -> list[tuple[object, ...]]:
    """One emission for each event, with the event as argument."""
    return [(event,) for event in events]


def _once(_events: list[Any]) -> list[tuple[object, ...]]:
    """One emission for all events, without arguments."""
    return [()]


def _union(field: str) -> Callable[[list[Any]], list[tuple[object, ...]]]:
    """One emission for all events, with the union of the sets in ``field``; none if the union is empty."""

    def merge(events: list[Any]) -> list[tuple[object, ...]]:
        united = frozenset[object]().union(*(getattr(event, field) for event in events))
        return [(united,)] if united else []

    return merge


def _set_of(field: str) -> Callable[[list[Any]], list[tuple[object, ...]]]:
    """One emission for all events, with the set of their values in ``field``."""
    return lambda events: [(frozenset(getattr(event, field) for event in events),)]


RULES = (
    _Rule(ImportStarted, "import_started", _each),
    _Rule(TreeChanged, "tree_changed", _union("parents")),
    _Rule(TakesChanged, "takes_changed", _union("sections")),
    _Rule(AnalysisDone, "analysis_done", _set_of("take_id")),
    _Rule(LibraryChangedElsewhere, "changed_elsewhere", _once),
    _Rule(JobsChanged, "jobs_changed", _once),
    _Rule(RefusalsChanged, "refusals_changed", _once),
    _Rule(UndoChanged, "undo_changed", _once),
    _Rule(ActivityChanged, "activity_changed", _once),
    _Rule(SyncChanged, "sync_changed", _once),
    _Rule(UploadsChanged, "uploads_changed", _once),
    _Rule(ImportFinished, "import_finished", _each),
    _Rule(ImportCutShort, "import_cut_short", _each),
    _Rule(BroughtBack, "brought_back", _each),
    _Rule(RecordingsFound, "recordings_found", _each),
    _Rule(LibraryCondition, "condition_changed", _each),
    _Rule(Trouble, "trouble", _each),
    _Rule(SignedIn, "signed_in", _each),
    _Rule(SignInWaiting, "sign_in_waiting", _each),
    _Rule(SignInKept, "sign_in_kept", _each),
    _Rule(SignedOut, "signed_out", _each),
)
"""One line for each event, in the order of delivery; ``Bridge`` has a signal of the given name."""

_meta: Any = type(QObject)
_Signals: Any = _meta(
    "_Signals",
    (QObject,),
    {
        "__doc__": "A signal for each rule.",
        **{r.signal: Signal() if r.merge is _once else Signal(object) for r in RULES},
    },
)

_E = TypeVar("_E", bound=Event)


class _Bus(Protocol):
    def subscribe(self, event_type: type[_E], handler: Callable[[_E], None]) -> Callable[[], None]:
        """Call ``handler`` with each event of that type."""


class Bridge(_Signals):  # type: ignore[misc]  # its attributes are the signals of the rules
    """Listens on the bus from any thread; emits its signals on the main thread only.

    Signals:
        tree_changed: ids of the parents whose children changed, None for the top (frozenset).
        takes_changed: ids of the sections whose takes changed (frozenset).
        analysis_done: the full decode of these takes has finished (frozenset of take ids).
        import_started, import_finished, import_cut_short: with the event.
        jobs_changed, refusals_changed, undo_changed, changed_elsewhere, activity_changed, sync_changed,
            uploads_changed: without arguments.
        brought_back, condition_changed, recordings_found, trouble: with the event.
        signed_in, signed_out, sign_in_waiting, sign_in_kept: with the event.
    """

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
        self._unsubscribe = [bus.subscribe(rule.event, self._take) for rule in RULES]

    def close(self) -> None:
        """Stop listening."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        self._timer.stop()
        with self._lock:  # a delivery that is already under way must find nothing to emit
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
        """Emit everything that waits; events of one type are combined."""
        with self._lock:
            events, self._waiting = self._waiting, []
        if not events:
            return
        self._since.start()
        for rule in RULES:
            told = [event for event in events if isinstance(event, rule.event)]
            for arguments in rule.merge(told) if told else ():
                getattr(self, rule.signal).emit(*arguments)
