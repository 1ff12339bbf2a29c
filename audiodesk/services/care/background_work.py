"""Starts a window's background work: sweep up, fill find, copy the list, watch the library, decode pending files."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.audio import ANALYSIS_VERSION
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.events import ImportCutShort, LibraryCondition, RecordingsFound, Trouble
from audiodesk.local.database.database import Database
from audiodesk.services.bus import Bus
from audiodesk.services.care.library_watch import LibraryWatch
from audiodesk.services.care.room import Room
from audiodesk.services.care.upkeep import Upkeep
from audiodesk.services.library.find_filler import fill_find

if TYPE_CHECKING:  # built on the thread that begins the work
    from audiodesk.services.audio.analyser import Analyser
    from audiodesk.services.care.found_recordings import FoundRecordings
    from audiodesk.services.importing.importer import Importer
    from audiodesk.services.importing.waiting_files import WaitingFiles

__all__ = ["BackgroundWork"]

_log = logging.getLogger(__name__)
_CLOSE_SECONDS = 10.0
"""How long closing waits for the current step: a disk that no longer answers must not hold up the end."""


class BackgroundWork:
    """The background work of one library's window. Parts that take long to build come as functions that build them."""

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        room: Room,
        upkeep: Upkeep,
        watch: LibraryWatch,
        importer: Callable[[], Importer],
        found: Callable[[], FoundRecordings],
        analyser: Callable[[], Analyser],
        waiting_files: Callable[[], WaitingFiles],
    ) -> None:
        self._database = database
        self._bus = bus
        self._room = room
        self._upkeep = upkeep
        self._watch = watch
        self._importer = importer
        self._found = found
        self._analyser = analyser
        self._waiting_files = waiting_files
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._begin, name="background work", daemon=True)
        self._unsubscribe: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin on a thread of its own; returns at once. To be called once."""
        self._thread.start()

    def close(self) -> None:
        """Start no further step, and wait for the current one. Idempotent.

        The watch, the analyser and the waiting files go on working; their owner closes them.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)
            if self._thread.is_alive():
                _log.warning("the background work does not stop: the next start goes on with it")
        if self._unsubscribe is not None:
            self._unsubscribe()

    def _begin(self) -> None:
        try:
            self._unsubscribe = self._bus.subscribe(LibraryCondition, self._on_condition)
            self._watch.start()
            if self._database.trouble is None:
                self._sweep()
                self._do(self._upkeep.copy_list)
                self._do(self._ask_older)
            self._do(lambda: self._analyser().start())
            self._do(lambda: self._waiting_files().start())
        except AudioDeskError as error:
            if not self._stop.is_set():  # else the window was closed meanwhile, which is no trouble
                _log.warning("background work could not begin: %s", error, exc_info=True)
                self._bus.publish(Trouble(error))

    def _sweep(self) -> None:
        """Finish what an earlier process left undone, and tell what a person should know of it."""
        steps = (
            self._sweep_imports,
            self._upkeep.finish_leaving,
            self._upkeep.clear,
            self._tell_found,
            self._fill_find,
        )
        for step in steps:
            self._do(step)

    def _do(self, step: Callable[[], object]) -> None:
        if not self._stop.is_set():
            step()

    def _sweep_imports(self) -> None:
        is_cut_short = self._upkeep.is_import_cut_short()
        files = self._importer().recover()
        if is_cut_short:
            self._bus.publish(ImportCutShort(files))

    def _fill_find(self) -> None:
        fill_find(self._database, lambda: not self._stop.is_set())

    def _tell_found(self) -> None:
        if found := self._found().files():
            self._bus.publish(RecordingsFound(len(found)))

    def _ask_older(self) -> None:
        """Have files measured again that an older version of the analysis measured."""
        self._analyser().ask_older(ANALYSIS_VERSION)

    def _on_condition(self, event: LibraryCondition) -> None:
        """Do what had to wait, once the library can be written again."""
        if event.error is None:
            self._sweep()
            self._do(self._room.hold)
