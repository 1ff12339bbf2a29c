"""Builds the services of one library and closes them in reverse."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from audiodesk.domain.errors import AudioDeskError, BugError, OutsideError
from audiodesk.domain.settings import Settings
from audiodesk.local.database import Database
from audiodesk.local.library_place import LIST
from audiodesk.services.bus import Bus
from audiodesk.system import logs
from audiodesk.system.clock import now_ms
from audiodesk.system.folders import Folders, folders
from audiodesk.system.library_registry import LibraryRegistry
from audiodesk.system.settings_store import SettingsStore, WindowStateStore

if TYPE_CHECKING:  # each is imported when it is first asked for: a command that lists titles needs no checker
    from audiodesk.domain.events import LibraryCondition
    from audiodesk.local.peaks import Peaks
    from audiodesk.local.vault import Vault
    from audiodesk.services.analyser import Analyser
    from audiodesk.services.catalogue import Catalogue
    from audiodesk.services.checker import Checker
    from audiodesk.services.found_recordings import FoundRecordings
    from audiodesk.services.importer import Importer
    from audiodesk.services.library import Library
    from audiodesk.services.library_watch import LibraryWatch
    from audiodesk.services.outline import Outline
    from audiodesk.services.planner import Planner
    from audiodesk.services.playback import Playback
    from audiodesk.services.room import Room
    from audiodesk.services.section_sums import SectionSums
    from audiodesk.services.verifier import Verifier
    from audiodesk.services.waiting_files import WaitingFiles
    from audiodesk.system.locks import ProcessSign
    from audiodesk.system.writers import RestWatch

__all__ = ["Core", "Face", "open_core"]

Face = Literal["window", "command"]
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Core:
    """Everything a face needs of one library; what is costly is built when it is first asked for, once.

    Made by ``open_core``. ``library_folder`` holds ``library.sqlite3`` and ``vault/``.
    """

    def __init__(
        self, places: Folders, settings_store: SettingsStore, *, face: Face, clock: Callable[[], int] = now_ms
    ) -> None:
        self.face = face
        self.folders = places
        self.library_folder: Path = places.local_library
        self.settings_store = settings_store
        self.window_state = WindowStateStore(places.config / "window.json")
        self.bus = Bus()
        self.clock = clock
        self._stack = contextlib.ExitStack()
        self._lock = threading.RLock()
        self._built: dict[str, Any] = {}
        self._closed = False
        self._shows_sign = False
        self.removed_at_start = 0  # files of an earlier emptying of the trash, which was cut short
        self.registry = LibraryRegistry(places.config / "libraries.json")
        known = self.registry.at(self.library_folder)
        self.database = Database(
            self.library_folder / LIST,
            clock=clock,
            make=False,
            known=None if known is None else known.id,
            on_opened=self._on_opened,
        )
        self._stack.callback(self.database.close)

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.settings_store.load()

    @property
    def vault(self) -> Vault:
        """The audio files."""

        def build() -> Vault:
            from audiodesk.local.vault import Vault

            return Vault(self.library_folder / "vault", on_removed=self.peaks.remove)

        return self._once("vault", build)

    @property
    def library(self) -> Library:
        """Edits, with undo."""

        def build() -> Library:
            from audiodesk.services.library import Library

            return Library(self.database, self.bus, vault=self.vault, room=self.room)

        return self._once("library", build)

    @property
    def room(self) -> Room:
        """The reserve of disk space."""

        def build() -> Room:
            from audiodesk.services.room import Room

            return Room(self.database, self.library_folder / "peaks")

        return self._once("room", build)

    @property
    def outline(self) -> Outline:
        """Reads of the tree alone: the catalogue has them too, but takes longer to load."""

        def build() -> Outline:
            from audiodesk.services.outline import Outline

            return Outline(self.database, self._sums)

        return self._once("outline", build)

    @property
    def _sums(self) -> SectionSums:
        """The numbers of sections, kept for the outline and the catalogue."""

        def build() -> SectionSums:
            from audiodesk.services.section_sums import SectionSums

            return SectionSums(self.database, self.bus, lambda: self.settings.storage_backend != "local")

        return self._once("section sums", build)

    @property
    def catalogue(self) -> Catalogue:
        """Reads."""

        def build() -> Catalogue:
            from audiodesk.services.catalogue import Catalogue

            return Catalogue(self.database, self._sums)

        return self._once("catalogue", build)

    @property
    def planner(self) -> Planner:
        """What an import would do."""

        def build() -> Planner:
            from audiodesk.services.planner import Planner

            return Planner(self.catalogue)

        return self._once("planner", build)

    @property
    def checker(self) -> Checker:
        """Verdicts on files, found in a helper process that starts with the first question."""

        def build() -> Checker:
            from audiodesk.services.checker import Checker

            return Checker(has_server=lambda: self.settings.has_server)

        return self._once("checker", build)

    @property
    def importer(self) -> Importer:
        """Copies audio into the library. In a command it first sweeps up after processes that did not end well."""

        def build() -> Importer:
            from audiodesk.services.importer import Importer
            from audiodesk.system.locks import is_alive, remove_dead_signs

            sign = self._sign
            self._shows_sign = True
            if self.database.is_made and self.database.trouble is None:
                sign.show()
                self.room.hold()
            importer = Importer(
                database=self.database,
                vault=self.vault,
                checker=self.checker,
                bus=self.bus,
                owner=sign.owner,
                is_alive=lambda owner: is_alive(self.library_folder, owner),
                record=self.library.record,
                clock=self.clock,
                rest=self.rest,
            )
            if self.face == "command" and self.database.trouble is None:
                importer.recover()
                self._sweep_peaks()
                remove_dead_signs(self.library_folder)
            return importer

        return self._once("importer", build)

    @property
    def found(self) -> FoundRecordings:
        """Recordings in the vault that no book knows."""

        def build() -> FoundRecordings:
            from audiodesk.services.found_recordings import FoundRecordings

            return FoundRecordings(self.database, self.vault, self.checker, self.importer, self.bus)

        return self._once("found", build)

    @property
    def rest(self) -> RestWatch:
        """Which files are still being written."""

        def build() -> RestWatch:
            from audiodesk.system.writers import RestWatch

            return RestWatch()

        return self._once("rest", build)

    @property
    def waiting_files(self) -> WaitingFiles:
        """What is added when it is finished."""

        def build() -> WaitingFiles:
            from audiodesk.services.waiting_files import WaitingFiles

            return WaitingFiles(self.importer, self.bus, self.rest)

        return self._once("waiting_files", build)

    @property
    def peaks(self) -> Peaks:
        """The fine waveforms, which can be made again."""

        def build() -> Peaks:
            from audiodesk.local.peaks import Peaks

            return Peaks(self.library_folder / "peaks")

        return self._once("peaks", build)

    @property
    def analyser(self) -> Analyser:
        """The full decodes that are still to be done."""

        def build() -> Analyser:
            from audiodesk.services.analyser import Analyser

            # In a window one decoder stays free for what is dropped meanwhile.
            lanes = self.checker.workers if self.face == "command" else max(1, self.checker.workers - 1)
            return Analyser(self.database, self.vault, self.peaks, self.checker, self.bus, lanes=lanes)

        return self._once("analyser", build)

    @property
    def playback(self) -> Playback:
        """Readers on takes' audio."""

        def build() -> Playback:
            from audiodesk.services.playback import Playback

            return Playback(self.catalogue, self.vault)

        return self._once("playback", build)

    @property
    def verifier(self) -> Verifier:
        """Reads the vault's files again."""

        def build() -> Verifier:
            from audiodesk.services.verifier import Verifier

            return Verifier(self.database, self.vault, self.bus)

        return self._once("verifier", build)

    def is_import_cut_short(self) -> bool:
        """Tell whether a process ended in the middle of an import; not any more once that was swept up."""
        from audiodesk.services.recovery import is_cut_short
        from audiodesk.system.locks import is_alive

        return is_cut_short(self.database, lambda owner: is_alive(self.library_folder, owner))

    def finish_leaving(self) -> None:
        """Remove from the disk what was promised and cut short; what it does not let go now stays promised."""
        from audiodesk.services.leaving import drain, is_waiting

        try:
            if is_waiting(self.database):
                self.removed_at_start += drain(self.database, self.vault).removed
        except AudioDeskError as error:
            _log.warning("files are still to be removed: %s", error)

    def start_background_work(self) -> None:
        """Begin what a window does beside its person: sweep up, decode what is pending, watch for other processes.

        Returns at once. To be called after the first paint.
        """
        threading.Thread(target=self._begin, name="background work", daemon=True).start()

    def close(self) -> None:
        """Close what was built, last first. Idempotent."""
        if not self._closed and self.database.has_written:
            if self._shows_sign:  # audio may have come in
                self.room.hold()
            self._copy_list()
        with self._lock:
            self._closed = True
        self._stack.close()

    @property
    def _sign(self) -> ProcessSign:
        def build() -> ProcessSign:
            from audiodesk.system.locks import ProcessSign

            return ProcessSign(self.library_folder, shown=False)

        return self._once("sign", build)

    @property
    def _watch(self) -> LibraryWatch:
        def build() -> LibraryWatch:
            from audiodesk.services.library_watch import LibraryWatch

            return LibraryWatch(self.database, self.bus)

        return self._once("watch", build)

    def _begin(self) -> None:
        from audiodesk.audio import ANALYSIS_VERSION
        from audiodesk.domain.events import LibraryCondition, Trouble

        try:
            self._watch.start()
            self.bus.subscribe(LibraryCondition, self._on_condition)
            if self.database.trouble is None:
                self._sweep()
                self._copy_list()
                self.analyser.ask_older(ANALYSIS_VERSION)
            self.analyser.start()
            self.waiting_files.start()
        except AudioDeskError as error:
            if not self._closed:  # else it is only that the window was closed meanwhile
                _log.warning("background work could not begin: %s", error, exc_info=True)
                self.bus.publish(Trouble(error))

    def _sweep_peaks(self) -> None:
        from audiodesk.services.recovery import sweep_peaks

        try:
            sweep_peaks(self.database, self.vault, self.peaks)
        except AudioDeskError as error:  # they are made again where they are needed
            _log.warning("waveforms are not swept: %s", error)

    def _sweep(self) -> None:
        from audiodesk.domain.events import ImportCutShort, RecordingsFound
        from audiodesk.system.locks import remove_dead_signs

        cut_short = self.is_import_cut_short()
        files = self.importer.recover()
        if cut_short:
            self.bus.publish(ImportCutShort(files))
        self.finish_leaving()
        self._sweep_peaks()
        remove_dead_signs(self.library_folder)
        if found := self.found.files():
            self.bus.publish(RecordingsFound(len(found)))

    def _on_condition(self, event: LibraryCondition) -> None:
        """Catch up on what could not be done while the library could not be written."""
        if event.error is None and not self._closed:
            self._sweep()
            self.room.hold()

    def _on_opened(self, library_id: str) -> None:
        """Note that this library was made here, so that it is never made anew by itself; show who writes it."""
        if self._shows_sign and self.database.trouble is None:
            self._sign.show()
        try:
            self.registry.remember(self.library_folder, library_id)
        except OutsideError as error:
            _log.warning("the library could not be noted in libraries.json: %s", error)

    def _copy_list(self) -> None:
        from audiodesk.services.list_copier import copy_if_due

        try:
            copy_if_due(self.database)
        except AudioDeskError as error:
            _log.warning("the list could not be copied: %s", error)

    def _once(self, name: str, build: Callable[[], T]) -> T:
        known = self._built.get(name)
        if known is not None and not self._closed:
            # Without the lock: the window must not wait for a part that another thread is building.
            ready: T = known
            return ready
        with self._lock:
            if self._closed:
                raise BugError("library-closed")
            if name not in self._built:
                made = build()
                self._built[name] = made
                if callable(close := getattr(made, "close", None)):
                    self._stack.callback(close)
            result: T = self._built[name]
            return result


@contextlib.contextmanager
def open_core(environ: Mapping[str, str] | None = None, *, face: Face) -> Iterator[Core]:
    """Open the library of this person (``AUDIODESK_HOME`` in ``environ`` moves it) for a window or a command.

    A window makes it where there is none yet, a command with its first write. Raises OutsideError where it cannot be
    opened (see ``Database``), UserError("setting-unknown") for a
    ``STORAGE_BACKEND`` nobody knows.
    """
    environ = os.environ if environ is None else environ
    places = folders(environ)
    store = SettingsStore(places.config / "settings.json", environ)
    log = logs.start(places.logs, face)
    try:
        core = Core(places, store, face=face)
        try:
            if face == "command" and core.database.trouble is None:
                core.finish_leaving()
            if face == "window":
                core.database.make()
            yield core
        finally:
            core.close()
    except Exception:
        _log.debug("closed by an error", exc_info=True)
        raise
    finally:
        logs.stop(log)
