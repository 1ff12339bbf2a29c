"""A small JSON file of this computer that several processes read and change: a lock file orders them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from audiodesk.domain.errors import OutsideError
from audiodesk.system.files import file_errors, make_folder, write_atomically

__all__ = ["JsonFile"]

_WAIT_SECONDS = 5.0


class JsonFile:
    """An object in ``path``. A file that cannot be understood counts as empty and is kept aside under another name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """Return what the file holds; an empty object where it is missing."""
        try:
            found = json.loads(self._path.read_bytes())
        except OSError:
            return {}
        except (ValueError, RecursionError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_name(self._path.name + ".unreadable"))
            return {}
        return found if isinstance(found, dict) else {}

    def require(self) -> dict[str, Any]:
        """Return what the file holds, as ``read`` does. Raises OutsideError where there is one that cannot be read."""
        with file_errors(self._path), contextlib.suppress(FileNotFoundError):
            self._path.open("rb").close()
        return self.read()

    def mark(self) -> tuple[int, ...]:
        """Return what differs after each change; empty where there is no file."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return found.st_ino, found.st_mtime_ns, found.st_size

    def change(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Replace the object by what ``change`` makes of it. Raises OutsideError where it cannot be written."""
        make_folder(self._path.parent)
        with self._locked():
            text = json.dumps(change(self.read()), indent=2)  # ASCII: a path may hold bytes that are no text
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
