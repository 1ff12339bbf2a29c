"""The file that lists every library ever made on this computer, so that a lost one is not silently made anew."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors, make_folder, write_atomically

__all__ = ["KnownLibrary", "LibraryRegistry"]

_log = logging.getLogger(__name__)
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class KnownLibrary:
    """A library that was made once: its folder, the id in its list, and for an account the server and the e-mail."""

    path: str
    id: str
    host: str = ""
    email: str = ""


class LibraryRegistry:
    """``libraries.json`` in the settings folder. Several processes may write it at once: a lock file orders them.

    A file that cannot be understood counts as empty and is kept aside under another name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[KnownLibrary]:
        """Return every library that is known, oldest first."""
        try:
            found = json.loads(self._path.read_bytes())
        except OSError:
            return []
        except (ValueError, RecursionError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(self._path.name + ".unreadable"))
            return []
        listed = found.get("libraries", []) if isinstance(found, dict) else []
        return [known for entry in listed if (known := _known(entry)) is not None] if isinstance(listed, list) else []

    def at(self, folder: Path) -> KnownLibrary | None:
        """Return what is known of the library in ``folder``; None if none was ever made there."""
        wanted = _key(folder)
        return next((known for known in self.all() if known.path == wanted), None)

    def remember(self, folder: Path, library_id: str, *, host: str = "", email: str = "") -> None:
        """Note that the library ``library_id`` is in ``folder``, in place of what was known there.

        Costs one read where nothing changed. Raises OutsideError where the file cannot be written.
        """
        wanted = KnownLibrary(_key(folder), library_id, host, email)

        def change(known: list[KnownLibrary]) -> list[KnownLibrary]:
            old = next((entry for entry in known if entry.path == wanted.path), None)
            if old is None:
                return [*known, wanted]
            new = KnownLibrary(wanted.path, library_id, host or old.host, email or old.email)
            return [new if entry is old else entry for entry in known]

        known = self.all()
        if change(known) != known:
            self._write(change)

    def forget(self, folder: Path) -> None:
        """Take the library in ``folder`` off the list, because its owner said that it is gone for good."""
        gone = _key(folder)
        self._write(lambda known: [entry for entry in known if entry.path != gone])

    def _write(self, change: Callable[[list[KnownLibrary]], list[KnownLibrary]]) -> None:
        make_folder(self._path.parent)
        with self._locked():
            listed = [asdict(entry) for entry in change(self.all())]
            text = json.dumps({"libraries": listed}, indent=2)  # ASCII: a path may hold bytes that are no text
            write_atomically(self._path, text.encode() + b"\n")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout  # 15 ms that a start without anything new need not wait for

        lock = FileLock(self._path.with_name(self._path.name + ".lock"), timeout=_WAIT_SECONDS)
        with file_errors(self._path):
            try:
                lock.acquire()
            except Timeout as error:
                raise OutsideError("library-busy", retry_after=1.0, path=str(self._path)) from error
        try:
            yield
        finally:
            lock.release()


def _known(entry: Any) -> KnownLibrary | None:
    if not isinstance(entry, dict):
        return None
    fields = {name: entry.get(name, "") for name in ("path", "id", "host", "email")}
    if not fields["path"] or not all(isinstance(value, str) for value in fields.values()):
        return None
    return KnownLibrary(**fields)


def _key(folder: Path) -> str:
    return os.path.abspath(folder)  # noqa: PTH100  # links stay as the person names them, ".." does not
