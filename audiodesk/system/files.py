"""Files that are whole or not there: written beside their place, fsynced, then put there in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError, UserError

__all__ = [
    "file_errors",
    "fsync_file",
    "fsync_folder",
    "make_folder",
    "make_folder_in",
    "require_free",
    "write_atomically",
    "write_new",
]

_CODES: dict[int, str] = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-quota",
    errno.EFBIG: "file-too-large",
    errno.EROFS: "disk-read-only",
    errno.EACCES: "folder-read-only",
    errno.EPERM: "folder-read-only",
    errno.ENOENT: "folder-missing",
    errno.ENOTDIR: "not-a-folder",
}


@contextlib.contextmanager
def file_errors(path: Path, *, folder: Path | None = None) -> Iterator[None]:
    """Turn an OSError of the block into an OutsideError that names ``path``, or ``folder`` where that is missing."""
    try:
        yield
    except OSError as error:
        code = _CODES.get(error.errno or 0, "disk-failed")
        place = folder if folder is not None and code in ("folder-missing", "not-a-folder") else path
        raise OutsideError(code, path=str(place), details=str(error)) from error


def fsync_file(path: Path) -> None:
    """Make what is in the file ``path`` durable."""
    with file_errors(path):
        handle = os.open(path, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def fsync_folder(path: Path) -> None:
    """Make the names in the folder ``path`` durable; nothing to do where folders cannot be opened (Windows)."""
    if os.name == "nt":
        return
    with file_errors(path):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_folder(path: Path, *, private: bool = False) -> Path:
    """Make the folder ``path`` with those above it, readable by its owner alone where ``private``; return it."""
    with file_errors(path):
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        except FileExistsError as error:  # a file has that name
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error
    return path


def make_folder_in(folder: Path, path: Path, *, private: bool = False) -> Path:
    """Make the folder ``path`` below ``folder``, which must be there: nothing is made where its disk is missing.

    Raises OutsideError("folder-missing") where ``folder`` is not there.
    """
    with file_errors(path, folder=folder):
        for missing in (*reversed(path.relative_to(folder).parents[:-1]), path.relative_to(folder)):
            (folder / missing).mkdir(exist_ok=True, mode=0o700 if private else 0o777)
    return path


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: after a power cut the file holds the old bytes or the new ones, never a mixture.

    The folder is made where it is missing; the file can be read by its owner alone.
    """
    make_folder(path.parent)
    with file_errors(path), _written_beside(path, data) as temporary:
        temporary.replace(path)
    fsync_folder(path.parent)


def require_free(path: Path) -> None:
    """See that a new file can be made at ``path``: for work that cannot be taken back and ends with writing it.

    Raises UserError "file-exists", "file-is-folder" and "file-name-missing"; OutsideError where the folder is not
    there or cannot be written to.
    """
    if path == Path():
        raise UserError("file-name-missing")
    with file_errors(path, folder=path.parent):
        try:
            found = path.lstat()
        except FileNotFoundError:
            folder = path.parent.stat()
        else:
            raise UserError("file-is-folder" if stat.S_ISDIR(found.st_mode) else "file-exists", path=str(path))
        if not stat.S_ISDIR(folder.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, where nothing may be yet, whole or not at all, readable by its owner alone.

    Raises UserError("file-exists") and leaves what is there as it is; OutsideError where it cannot be written.
    """
    with file_errors(path, folder=path.parent), _written_beside(path, data) as temporary:
        try:
            _put(temporary, path)
        except FileExistsError:
            raise UserError("file-exists", path=str(path)) from None
    fsync_folder(path.parent)


def _put(temporary: Path, path: Path) -> None:
    """Give a file its name unless the name is taken; FileExistsError where it is."""
    if os.name != "nt":
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links: look first, which another process may be quicker than
            if os.path.lexists(path):
                raise FileExistsError(path) from None
        else:
            return
    temporary.rename(path)  # which Windows refuses where the name is taken


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """Yield a fsynced file beside ``path`` that holds ``data``; it is gone afterwards unless it was renamed."""
    temporary = path.with_name(f".{path.name[:200]}.{os.urandom(4).hex()}.tmp")
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
