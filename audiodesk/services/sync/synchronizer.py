"""Decides when to sync: after edits, for news once a minute, when the network is back; and tells how it stands."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError
from audiodesk.domain.events import (
    AnalysisDone,
    Event,
    ImportFinished,
    LibraryChangedElsewhere,
    SignedIn,
    SyncChanged,
    TakesChanged,
    TreeChanged,
    UndoChanged,
)
from audiodesk.domain.sync.pace import (
    EDIT_SECONDS,
    FRONT_SECONDS,
    HOURLY_SECONDS,
    IDLE_SECONDS,
    keyring_seconds,
    retry_seconds,
    tries_in_front,
)
from audiodesk.domain.sync.state import SyncCode, SyncOutcome, SyncProgress, SyncState, sync_code_of
from audiodesk.domain.trouble import Trouble, trouble_of
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import refused_change_repo, sync_place_repo
from audiodesk.services.bus import Bus
from audiodesk.services.sync.engine import Engine
from audiodesk.services.sync.hourly import Hourly
from audiodesk.services.sync.silence import Silence

__all__ = ["KeyringLook", "Lock", "Synchronizer"]

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
"""Between two looks at the network and at the clocks while it waits."""
_SILENT_SECONDS = 3.5
"""After this time without any answer the state says offline, although the request may still be answered."""
_ELSEWHERE_SECONDS = 2.0
_ASLEEP_SECONDS = 10.0
"""A computer was asleep if its date went on by so much more than its monotonic clock."""
_CLOSE_SECONDS = 0.8
"""How long closing waits for a request; the sign-out gets what is left of the window's three seconds."""
_TELL_SECONDS = 0.25
_EDITS = (TreeChanged, TakesChanged, UndoChanged, ImportFinished, AnalysisDone, LibraryChangedElsewhere)


class Lock(Protocol):
    """Held while a process syncs a library."""

    def acquire(self) -> bool:
        """Take the lock; False where another process holds it."""

    def release(self) -> None:
        """Release it."""


class KeyringLook(Protocol):
    """Looks at the keyring that holds the sign-in, and never makes it ask the person."""

    def is_open(self) -> bool:
        """Tell whether it gives out secrets now."""

    def is_asked(self) -> bool:
        """Tell whether a question to it is under way."""


@dataclass
class _Plan:
    """When to sync next, by the monotonic clock."""

    due: float = 0.0
    is_wished: bool = False
    """Whether a person asked since the last sync began: what that one has read already may be outdated."""
    is_edited: bool = False
    edited_at: float = 0.0
    failures: int = 0
    error: AudioDeskError | None = None
    network: tuple[str, ...] = ()
    ahead: float = 0.0
    """The computer's date less the monotonic clock, when the last sync began: also a sleep in its midst is noticed."""
    ended_at: float = field(default=float("-inf"))
    look_at: float = 0.0
    """When to look whether the keyring is open, if it is the keyring that it waits for."""


class Synchronizer:
    """Syncs one library on a thread of its own, from ``start`` to ``close``.

    ``wanted`` tells whether the settings and the library allow it; asked before each sync. ``network`` returns a mark
    that changes with the network, and is empty without one. ``clock`` is monotonic and ``date`` the computer's date,
    both in seconds. ``signed_in`` returns the e-mail address of a sign-in that another process made since it was last
    called, or ""; it is called once a second while the sign-in is over.
    """

    def __init__(
        self,
        *,
        database: Database,
        engine: Callable[[], Engine],
        hourly: Callable[[str], Hourly],
        bus: Bus,
        lock: Lock,
        network: Callable[[], tuple[str, ...]],
        keyring: KeyringLook,
        wanted: Callable[[], bool] = lambda: True,
        signed_in: Callable[[], str] = lambda: "",
        clock: Callable[[], float] = time.monotonic,
        date: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._make_engine = engine
        self._make_hourly = hourly
        self._bus = bus
        self._lock = lock
        self._network = network
        self._keyring = keyring
        self._wanted = wanted
        self._signed_in = signed_in
        self._knows_sign_in = False
        self._clock = clock
        self._date = date
        self._wake = threading.Condition()
        self._plan = _Plan()
        self._stop = threading.Event()
        self._state = SyncState(SyncCode.STARTING)
        self._told_at = 0.0
        self._released_at = float("-inf")
        self._engine: Engine | None = None
        self._thread = threading.Thread(target=self._run, name="synchronizer", daemon=True)
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin; the first sync follows at once. To be called once."""
        self._unsubscribe = self._bus.subscribe_to_all(self._on_event)
        self._thread.start()

    def close(self) -> None:
        """Stop after the step at hand; a request that is not answered is left behind within a second. Idempotent."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._stop.set()
        if self._engine is not None:
            self._engine.stop.set()
        with self._wake:
            self._wake.notify_all()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(_CLOSE_SECONDS)

    def sync_now(self) -> None:
        """Sync at once, whatever the plan; for a person's wish, and after a sign-in."""
        with self._wake:
            self._plan.is_wished = True
            self._wake.notify_all()

    def came_to_front(self) -> None:
        """Look for news, unless that was done within the last ten seconds or an error says to wait."""
        with self._wake:
            if tries_in_front(self._plan.error) and self._clock() - self._plan.ended_at >= FRONT_SECONDS:
                self._plan.due = self._clock()
                self._wake.notify_all()

    @property
    def code(self) -> SyncCode:
        """How it stands in a word; reads nothing."""
        return self._state.code

    def state(self) -> SyncState:
        """Return how it stands. Reads the library's counts."""
        with self._database.read() as connection:
            waiting = change_repo.count(connection)
            held = len(change_repo.held(connection))
            refused = len(refused_change_repo.all_of(connection))
            is_partly_here = sync_place_repo.is_partly_here(connection)
        with self._wake:
            state, left = self._state, self._plan.due - self._clock()
        retry_in = max(0.0, left) if state.error is not None and left != float("inf") else None
        return replace(
            state, waiting=waiting, held=held, refused=refused, is_partly_here=is_partly_here, retry_in=retry_in
        )

    # -- on the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Wait and sync by turns. No fault ends this in silence: what goes wrong is said and logged."""
        while not self._stop.is_set():
            try:
                if self._has_waited():
                    self._sync_once()
            except Exception:  # noqa: BLE001 - even saying what is wrong may go wrong
                _log.exception("the synchronizer failed")
                self._stop.wait(_LOOK_SECONDS)

    def _has_waited(self) -> bool:
        """Wait until it is time; return False where looking around failed, which is told, and the plan stays."""
        try:
            self._await_turn()
        except Exception as error:  # noqa: BLE001 - as above
            if self._stop.is_set():
                return False
            found = self._named(error)
            if self._state.error is None or self._state.error.code != found.code:
                self._tell(SyncState(sync_code_of(found), found, synced_at=self._state.synced_at))
            self._stop.wait(_LOOK_SECONDS)
            return self._clock() >= self._plan.due
        return not self._stop.is_set()

    def _sync_once(self) -> None:
        try:
            self._sync()
        except Exception as error:  # noqa: BLE001 - as above
            self._failed(self._named(error))

    def _named(self, error: Exception) -> AudioDeskError:
        """Return the error as one that has words; a bug of ours is logged."""
        if isinstance(error, AudioDeskError):
            return error
        _log.error("syncing failed", exc_info=error)
        return BugError("unexpected", details=type(error).__name__)

    def _await_turn(self) -> None:
        """Wait until it is time: the plan's moment, an edit, another network, or the end of a sleep.

        What failed at the keyring waits for the person, or until the keyring is open: another try would ask again.
        """
        while not self._stop.is_set():
            with self._wake:
                plan, now = self._plan, self._clock()
                if plan.is_wished or now >= plan.due:
                    return
                if plan.is_edited and plan.error is None and now >= plan.edited_at + EDIT_SECONDS:
                    plan.is_edited = False
                    is_edited = True
                else:
                    is_edited = False
                    self._wake.wait(min(_LOOK_SECONDS, plan.due - now))
            if is_edited and self._has_edits():
                return
            if self._waits_for(Trouble.SIGNED_OUT):
                self._tell_sign_in()
            if self._waits_for(Trouble.KEYRING):
                if self._is_keyring_open():
                    return
            elif self._is_other_network() or self._was_asleep():
                return

    def _sync(self) -> None:
        with self._wake:
            self._plan.is_wished = False
        self._plan.network, self._plan.ahead = self._network(), self._date() - self._clock()
        if not self._waits_for(Trouble.SIGNED_OUT):
            self._signed_in()  # a sign-in from before is the one in use
        if not self._wanted():
            self._rest(SyncCode.OFF, IDLE_SECONDS)
            return
        if not self._lock.acquire():
            self._rest(SyncCode.ELSEWHERE, _ELSEWHERE_SECONDS)
            return
        silence = Silence(_SILENT_SECONDS, is_excused=self._keyring.is_asked, tell=self._tell_silence)
        silence.start()
        try:
            self._sync_locked(silence)
        finally:
            silence.cancel()
            self._lock.release()

    def _sync_locked(self, silence: Silence) -> None:
        if self._engine is None:
            self._engine = self._make_engine()
            if self._stop.is_set():
                self._engine.stop.set()
        engine = self._engine
        if self._clock() - self._released_at >= HOURLY_SECONDS:
            self._released_at = self._clock()
            engine.release_held()
        if self._plan.error is None:
            self._tell(SyncState(SyncCode.SYNCING, synced_at=self._state.synced_at))

        def progress(done: SyncProgress) -> None:
            silence.cancel()
            code = self._state.code
            is_new = code is not SyncCode.SYNCING
            state = SyncState(SyncCode.SYNCING, synced_at=self._state.synced_at, progress=done)
            if is_new or self._clock() - self._told_at >= _TELL_SECONDS:
                self._tell(state)

        outcome = engine.run(progress)
        if not self._stop.is_set():
            self._make_hourly(engine.device).run()
            self._succeeded(outcome)

    def _succeeded(self, outcome: SyncOutcome) -> None:
        self._plan_next(IDLE_SECONDS, None)
        code, error = SyncCode.UP_TO_DATE, None
        if outcome.held:
            code, error = SyncCode.NEEDS_OPERATOR, OutsideError("server-needs-update", host="")
        self._tell(SyncState(code, error, synced_at=int(self._date() * 1000)))

    def _failed(self, error: AudioDeskError) -> None:
        if self._stop.is_set():
            return
        code = sync_code_of(error)
        if code is SyncCode.UNREACHABLE and not self._network():
            code = SyncCode.OFFLINE
        _log.info("not in sync with the server: %s", error)
        self._plan_next(retry_seconds(error, self._plan.failures + 1), error)
        self._tell(SyncState(code, error, synced_at=self._state.synced_at))

    def _plan_next(self, seconds: float | None, error: AudioDeskError | None) -> None:
        with self._wake:
            now = self._clock()
            self._plan.due = float("inf") if seconds is None else now + seconds
            self._plan.error = error
            self._plan.failures = 0 if error is None else self._plan.failures + 1
            self._plan.ended_at = now
            self._plan.look_at = now + keyring_seconds(max(1, self._plan.failures))

    def _rest(self, code: SyncCode, seconds: float) -> None:
        self._plan_next(seconds, None)
        if self._state.code is not code:
            self._tell(SyncState(code, synced_at=self._state.synced_at))

    def _has_edits(self) -> bool:
        with self._database.read() as connection:
            return change_repo.count(connection) > len(change_repo.held(connection))

    def _waits_for(self, trouble: Trouble) -> bool:
        error = self._plan.error
        return error is not None and trouble_of(error) is trouble

    def _tell_sign_in(self) -> None:
        """Publish, once, that another process signed in: the window then builds a synchronizer with that sign-in."""
        if self._stop.is_set() or self._knows_sign_in:
            return
        email = self._signed_in()
        if email:
            self._bus.publish(SignedIn(email))

    def _is_keyring_open(self) -> bool:
        """Look whether the keyring is open, if it is time for that."""
        if self._stop.is_set() or self._clock() < self._plan.look_at:
            return False
        is_open = self._keyring.is_open()
        self._plan.look_at = self._clock() + keyring_seconds(max(1, self._plan.failures))
        return is_open

    def _is_other_network(self) -> bool:
        """Tell whether there is a network that was not there before."""
        mark = self._network()
        before, self._plan.network = self._plan.network, mark
        return bool(mark) and mark != before

    def _was_asleep(self) -> bool:
        return abs(self._date() - self._clock() - self._plan.ahead) > _ASLEEP_SECONDS

    def _tell_silence(self) -> None:
        """Say that nothing answers, while the request goes on. A server that was not reachable before still is not."""
        if self._stop.is_set():
            return
        code, error = SyncCode.OFFLINE, self._plan.error
        if error is not None and sync_code_of(error) is SyncCode.UNREACHABLE and self._network():
            code = SyncCode.UNREACHABLE
        else:
            error = OutsideError("server-silent", host="")
        self._tell(SyncState(code, error, synced_at=self._state.synced_at))

    def _tell(self, state: SyncState) -> None:
        with self._wake:
            self._state = state
            self._told_at = self._clock()
        self._bus.publish(SyncChanged())

    # -- on other threads --------------------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        if isinstance(event, SignedIn):
            self._knows_sign_in = True
        if isinstance(event, _EDITS) and threading.current_thread() is not self._thread:
            with self._wake:
                if not self._plan.is_edited:
                    self._plan.is_edited, self._plan.edited_at = True, self._clock()
                self._wake.notify_all()
