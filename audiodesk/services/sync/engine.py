"""One sync: pushes and pulls until nothing is left to do."""

from __future__ import annotations

import threading
from collections.abc import Callable

from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.state import SyncOutcome, SyncProgress
from audiodesk.local.database.database import Database
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.services.bus import Bus
from audiodesk.services.library.find_filler import fill_find
from audiodesk.services.library.leaving import FileRemover
from audiodesk.services.sync.emptied_files import release_emptied
from audiodesk.services.sync.puller import Puller
from audiodesk.services.sync.pusher import Pusher
from audiodesk.services.sync.recoverer import Recoverer
from audiodesk.services.sync.sync_room import SyncRoom
from audiodesk.services.sync.sync_server import SyncServer

__all__ = ["Engine"]


_NOTHING = SyncOutcome()
_NOTE_MS = 600_000
"""A window that only looks for news notes the time this seldom: else it would write to the disk every minute."""


class Engine:
    """Syncs one library with one server; used by one thread at a time, in one process at a time.

    Everything is durable after each step, so it may be killed at any moment. ``stop`` ends a sync between two steps.
    The time of a sync is noted in the library for whoever asks later; with ``notes_each`` also where nothing was new.
    """

    def __init__(
        self,
        database: Database,
        server: SyncServer,
        bus: Bus,
        *,
        vault: FileRemover | None = None,
        stop: threading.Event | None = None,
        most_changes: int = exchange.MOST_CHANGES,
        notes_each: bool = False,
    ) -> None:
        self.stop = stop or threading.Event()
        self._database = database
        self._vault = vault
        self._notes_each = notes_each
        self._room = SyncRoom(database, server, bus, self.stop)
        self._pusher = Pusher(self._room, most=most_changes)
        self._puller = Puller(self._room)
        self._recoverer = Recoverer(self._room)

    @property
    def device(self) -> str:
        """The id of this computer in the library."""
        return self._room.device

    def release_held(self) -> None:
        """Send again what the server could not take without an update."""
        self._pusher.release()

    def run(self, progress: Callable[[SyncProgress], object] = lambda _progress: None) -> SyncOutcome:
        """Push and pull until nothing is left, or ``stop`` is set; return what was done. Raises AudioDeskError.

        Without news and edits this is one request.
        """
        outcome = SyncOutcome()
        _ = self._room.device
        while self._room.goes_on():
            is_end, outcome = self._round(outcome, progress)
            if is_end:
                if release_emptied(self._database, self._vault, self.stop):
                    self._room.note_news()  # the rows were told before this was written
                self._note_time(outcome)
                self._room.tell(now=True)
                return outcome
        return outcome

    def pull_all(
        self,
        outcome: SyncOutcome = _NOTHING,
        progress: Callable[[SyncProgress], object] = lambda _progress: None,
    ) -> tuple[SyncOutcome, bool]:
        """Pull to the end of what the server has; return the sums, and whether the end was reached.

        It is not reached where ``stop`` is set, or where the server turns out to be restored.
        """
        try:
            while self._room.goes_on():
                pulled = self._puller.pull()
                outcome = outcome.plus(pulled=pulled.rows)
                progress(self._progress(outcome))
                if pulled.is_restored:
                    return outcome, False
                if pulled.is_end:
                    return outcome, True
            return outcome, False
        finally:
            self._puller.end()

    def _round(self, outcome: SyncOutcome, progress: Callable[[SyncProgress], object]) -> tuple[bool, SyncOutcome]:
        """Push once and pull to the end; return whether nothing is left."""
        if self._finish_recovery():
            return False, outcome.plus(recoveries=1)
        pushed = None if self._recoverer.pending() is not None else self._pusher.push()
        if pushed is not None:
            outcome = outcome.plus(pushed=pushed.applied, refused=pushed.refused)
            progress(self._progress(outcome))
        outcome, is_whole = self.pull_all(outcome, progress)
        if not is_whole:
            return False, outcome
        self._room.choose_again()
        fill_find(self._database, self._room.goes_on)  # here, because a person who edits on and on makes more rounds
        is_end = pushed is None and self._recoverer.pending() is None
        return is_end and not self._pusher.has_work(), outcome.with_held(self._pusher.held)

    def _finish_recovery(self) -> bool:
        recovery = self._recoverer.pending()
        if recovery is None or not recovery.is_pulled:
            return False
        self._recoverer.compare(recovery)
        return True

    def _note_time(self, outcome: SyncOutcome) -> None:
        now = self._database.clock()
        with self._database.read() as connection:
            before = sync_place_repo.synced_at(connection)
        is_fresh = before is not None and 0 <= now - before < _NOTE_MS
        if self._notes_each or outcome.pushed or outcome.pulled or not is_fresh:
            self._database.write(lambda connection: sync_place_repo.note_synced(connection, now))

    def _waiting(self) -> int:
        with self._database.read() as connection:
            return change_repo.count(connection)

    def _progress(self, outcome: SyncOutcome) -> SyncProgress:
        return SyncProgress(outcome.pushed, self._waiting(), outcome.pulled)
