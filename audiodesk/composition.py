"""The composition root: builds the services of one library for a window or a command, and closes them in reverse."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from audiodesk.domain.settings import Settings
from audiodesk.local.database import Database
from audiodesk.local.vault import Vault
from audiodesk.services.bus import Bus
from audiodesk.system import logs
from audiodesk.system.clock import now_ms
from audiodesk.system.folders import Folders, folders
from audiodesk.system.settings_store import SettingsStore, WindowStateStore

if TYPE_CHECKING:  # each is imported when it is first asked for: a command that lists titles needs no checker
    from audiodesk.services.catalogue import Catalogue
    from audiodesk.services.library import Library

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
        self.database = Database(self.library_folder / "library.sqlite3", clock=clock)
        self._stack.callback(self.database.close)
        self.vault = Vault(self.library_folder / "vault")

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.settings_store.load()

    @property
    def library(self) -> Library:
        """Edits, with undo."""

        def build() -> Library:
            from audiodesk.services.library import Library

            return Library(self.database, self.bus, vault=self.vault)

        return self._once("library", build)

    @property
    def catalogue(self) -> Catalogue:
        """Reads."""

        def build() -> Catalogue:
            from audiodesk.services.catalogue import Catalogue

            return Catalogue(self.database)

        return self._once("catalogue", build)

    def close(self) -> None:
        """Close what was built, last first. Idempotent."""
        self._stack.close()

    def _once(self, name: str, build: Callable[[], T]) -> T:
        with self._lock:
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

    Raises OutsideError where it cannot be opened (see ``Database``), UserError("setting-unknown") for a
    ``STORAGE_BACKEND`` nobody knows.
    """
    environ = os.environ if environ is None else environ
    places = folders(environ)
    store = SettingsStore(places.config / "settings.json", environ)
    log = logs.start(places.logs, face)
    try:
        core = Core(places, store, face=face)
        try:
            yield core
        finally:
            core.close()
    except Exception:
        _log.debug("closed by an error", exc_info=True)
        raise
    finally:
        logs.stop(log)
