"""Reads a library that cannot be written: in place if its log is empty, else from a copy."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from pathlib import Path

from audiodesk.domain.errors import OutsideError

__all__ = ["ReadOnlySource"]

_Mark = tuple[tuple[int, int, int] | None, ...]
_TRIES = 5


class ReadOnlySource:
    """The source for reading the list at ``path`` while it cannot be written; ``close`` removes its copy, if any.

    SQLite cannot read a write-ahead log without writing beside it. So a list with an empty log is read in place, as an
    immutable file; else list and log are copied to a temporary folder. ``copied`` always makes the copy, so that an
    older schema can be upgraded there. Raises OutsideError if there is no room for the copy.
    """

    def __init__(self, path: Path, *, copied: bool = False) -> None:
        self._path = path
        self._folder: Path | None = None
        self._mark = _mark(path)
        if copied or _has_log(path):
            self._folder = self._copy()
        self.path = path if self._folder is None else self._folder / path.name

    @property
    def uri(self) -> str:
        """The URI that SQLite opens for reading."""
        return self.path.absolute().as_uri() + ("?mode=ro&immutable=1" if self._folder is None else "?mode=ro")

    @property
    def is_copy(self) -> bool:
        """Whether ``path`` is a copy, which may be written."""
        return self._folder is not None

    def is_stale(self) -> bool:
        """Tell whether another process wrote to the library since."""
        return _mark(self._path) != self._mark

    def close(self) -> None:
        """Remove the copy. Idempotent."""
        folder, self._folder = self._folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _copy(self) -> Path:
        trouble: OSError | None = None
        for place in _places():
            folder = None
            try:
                folder = Path(tempfile.mkdtemp(prefix="audiodesk-", dir=place))
                self._copy_into(folder)
            except OSError as error:
                trouble = error
                if folder is not None:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            return folder
        is_full = trouble is not None and trouble.errno in (errno.ENOSPC, errno.EDQUOT)
        code = "no-temporary-room" if is_full else "library-no-right"
        raise OutsideError(code, path=str(self._path.parent), details=str(trouble or ""))

    def _copy_into(self, folder: Path) -> None:
        """Copy list and log as of one moment: another process may be writing them."""
        log = _log_of(self._path)
        for _ in range(_TRIES):
            self._mark = _mark(self._path)
            for path in (self._path, log):
                with contextlib.suppress(FileNotFoundError):
                    (folder / path.name).unlink(missing_ok=True)
                    shutil.copyfile(path, folder / path.name)
            if not self.is_stale():
                return
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _places() -> list[str]:
    places = [os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"]  # noqa: S108  # in memory: works when disks are full
    with contextlib.suppress(OSError):  # raised if no temporary folder can be written
        places.insert(0, tempfile.gettempdir())
    return [place for place in places if place and Path(place).is_dir()]


def _has_log(path: Path) -> bool:
    try:
        return _log_of(path).stat().st_size > 0
    except OSError:
        return False


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _mark(path: Path) -> _Mark:
    found: list[tuple[int, int, int] | None] = []
    for each in (path, _log_of(path)):
        try:
            status = each.stat()
        except OSError:
            found.append(None)
            continue
        found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)
