"""Files that are whole or not there: written beside their place, fsynced, then put there in one step."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.system.platforms import WRITE_FLAGS, can_write_in, flush, flush_folder, link_new, patiently

__all__ = [
    "file_errors",
    "fsync_file",
    "fsync_folder",
    "make_folder",
    "make_folder_in",
    "remove",
    "rename",
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
    """Turn an OSError of the block into an OutsideError that names ``path``, or ``folder`` if that is missing.

    A folder is called read-only only if it is; in any other folder, a refusal means that another program holds the
    file.
    """
    try:
        yield
    except OSError as error:
        code = _CODES.get(error.errno or 0, "disk-failed")
        if code == "folder-read-only" and can_write_in(_folder_of(path)):
            code = "file-in-use"
        place = folder if folder is not None and code in ("folder-missing", "not-a-folder") else path
        raise OutsideError(code, path=str(place), details=str(error)) from error


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def fsync_file(path: Path) -> None:
    """Make what is in the file ``path`` durable."""
    with file_errors(path):
        handle = os.open(path, os.O_RDWR)
        try:
            flush(handle)
        finally:
            os.close(handle)


def fsync_folder(path: Path) -> None:
    """Make the names in the folder ``path`` durable, if the system can."""
    with file_errors(path):
        flush_folder(path)


def rename(source: Path, target: Path) -> None:
    """Rename ``source`` to ``target`` and replace it; wait a little if another program holds one of them."""
    with file_errors(target):
        patiently(lambda: source.replace(target), source.parent, target.parent)


def remove(path: Path) -> bool:
    """Remove the file ``path`` and return whether it was there; wait a little if another program holds it."""
    with file_errors(path):
        try:
            patiently(path.unlink, path.parent)
        except FileNotFoundError:
            return False
    return True


def make_folder(path: Path, *, private: bool = False) -> Path:
    """Make the folder ``path`` with those above it, readable by its owner alone where ``private``; return it."""
    with file_errors(path):
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
        except FileExistsError as error:  # a file has that name
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error
    return path


def make_folder_in(folder: Path, path: Path, *, private: bool = False) -> Path:
    """Make the folder ``path`` below ``folder``, which must exist: on a missing disk nothing is made.

    Raises OutsideError("folder-missing") if ``folder`` does not exist.
    """
    with file_errors(path, folder=folder):
        for missing in (*reversed(path.relative_to(folder).parents[:-1]), path.relative_to(folder)):
            (folder / missing).mkdir(exist_ok=True, mode=0o700 if private else 0o777)
    return path


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write ``data`` to ``path``: after a power cut the file holds the old bytes or the new ones, never a mixture.

    A missing folder is made; only the owner can read the file. Without ``durable``, other processes still see a whole
    file, but a power cut may damage it.
    """
    if not path.parent.is_dir():
        make_folder(path.parent)
    with file_errors(path), _written_beside(path, data, durable=durable) as temporary:
        rename(temporary, path)
    if durable:
        fsync_folder(path.parent)


def require_free(path: Path) -> None:
    """Raise unless a new file can be made at ``path``; for work that cannot be undone and ends by writing that file.

    Raises UserError "file-exists", "file-is-folder" and "file-name-missing"; OutsideError if the folder does not exist
    or cannot be written to.
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
            raise OutsideError("folder-read-only", path=str(path), details=os.strerror(errno.EACCES))


def write_new(path: Path, data: bytes) -> None:
    """Write ``data`` to the new file ``path``, whole or not at all, readable by its owner alone.

    Raises UserError("file-exists") and leaves what is there as it is; OutsideError if it cannot be written.
    """
    with file_errors(path, folder=path.parent), _written_beside(path, data) as temporary:
        try:
            _put(temporary, path)
        except FileExistsError:
            raise UserError("file-exists", path=str(path)) from None
    fsync_folder(path.parent)


def _put(temporary: Path, path: Path) -> None:
    """Give a file its name unless the name is taken; FileExistsError where it is."""
    if not link_new(temporary, path):
        # Without links, look first, though another process may be quicker. Windows itself refuses a taken name.
        if os.path.lexists(path):
            raise FileExistsError(path)
        patiently(lambda: temporary.rename(path), path.parent)


@contextlib.contextmanager
def _written_beside(path: Path, data: bytes, *, durable: bool = True) -> Iterator[Path]:
    """Yield a file beside ``path`` with ``data``, flushed where ``durable``; it is gone afterwards unless renamed."""
    temporary = path.with_name(f".{path.name[:200]}.{os.urandom(4).hex()}.tmp")
    try:
        with os.fdopen(os.open(temporary, WRITE_FLAGS, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                flush(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
