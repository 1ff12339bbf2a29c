"""The vault: audio files that never change, each under the name of its own bytes."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import UserError
from audiodesk.domain.ids import new_id
from audiodesk.local.file_copy import hash_file
from audiodesk.local.rows import vault_file_repo
from audiodesk.local.rows.leaving_repo import Leaving
from audiodesk.system.files import file_errors, fsync_folder, make_folder_in, remove, rename

__all__ = ["Vault", "VaultFile"]

_ARRIVING = "arriving"
_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})\.(?P<kind>mp3|wav)")


@dataclass(frozen=True, slots=True)
class VaultFile:
    """One file of the vault, as its name says; ``size`` in bytes."""

    sha256: str
    kind: Kind
    size: int
    modified_at: int = 0
    """When it was last written, in milliseconds since 1970."""


class Vault:
    """The folder ``vault`` of a library.

    A file is written to a temporary name first, in a folder of the same disk, and gets its true name
    ``ab/abcdef….wav`` inside the transaction that makes its row. Taking away happens inside a transaction too, so
    ``begin immediate`` is the lock of this folder. All methods raise OutsideError for what the disk refuses.
    ``on_removed`` is told the hash of what left it, so that what was made from it can go, too.
    """

    def __init__(self, folder: Path, *, on_removed: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self._on_removed = on_removed
        self.arriving = folder / _ARRIVING
        self._has_new_folders = True  # a process that ended too early may have made some and not seen to them

    def path_of(self, sha256: str, kind: Kind) -> Path:
        """Return where the file with these bytes is, or would be."""
        return self.folder.joinpath(sha256[:2], f"{sha256}.{kind.value}")

    @staticmethod
    def new_temporary_name() -> str:
        """Return a name for ``temporary`` that nobody has had."""
        return f"{new_id()}.part"

    def temporary(self, name: str) -> Path:
        """Return the path of the temporary file ``name``, in a folder that is there afterwards."""
        if not self.arriving.is_dir():
            make_folder_in(self.folder.parent, self.arriving, private=True)
            fsync_folder(self.folder)
            fsync_folder(self.folder.parent)
        return self.arriving / name

    def temporary_names(self) -> list[str]:
        """Return the names of all temporary files that are there."""
        with file_errors(self.arriving):
            return sorted(path.name for path in self.arriving.iterdir()) if self.arriving.is_dir() else []

    def has(self, sha256: str, kind: Kind) -> bool:
        """Tell whether there is a file under the name of these bytes, sound or not."""
        path = self.path_of(sha256, kind)
        with file_errors(path.parent):
            return _size(path) is not None

    def is_damaged(self, sha256: str, kind: Kind, *, cancel: threading.Event | None = None) -> bool:
        """Read the file under the name of these bytes and tell whether it is there and holds others.

        Raises ``CopyCancelledError`` between two blocks once ``cancel`` is set.
        """
        if not self.has(sha256, kind):
            return False
        try:
            return hash_file(self.path_of(sha256, kind), cancel=cancel).sha256 != sha256
        except UserError:  # what cannot be read is not there for anybody
            return True

    def adopt(self, name: str, sha256: str, kind: Kind, size: int, *, is_damaged: bool = False) -> bool:
        """Give the temporary file ``name`` its true name; only inside a transaction that holds the write lock.

        Nothing is overwritten: where the same bytes are there already the temporary file stays and False is returned.
        Only a file that ``is_damaged``, or has another size than its bytes had, gives way. ``settle`` must follow.
        """
        target = self.path_of(sha256, kind)
        with file_errors(target.parent):
            if _size(target) == size and not is_damaged:
                return False
            if not target.parent.is_dir():
                make_folder_in(self.folder.parent, target.parent)
                self._has_new_folders = True
            rename(self.arriving / name, target)
        return True

    def settle(self, shas: Iterable[str]) -> None:
        """Make durable, all at once, what names came into the folders of these files or left them."""
        folders = sorted({sha256[:2] for sha256 in shas})
        if not folders:  # nothing was named, and there may be no vault yet
            return
        for folder in folders:
            fsync_folder(self.folder / folder)
        if self._has_new_folders:
            fsync_folder(self.folder)
            self._has_new_folders = False

    def give_back(self, name: str, sha256: str, kind: Kind) -> None:
        """Take back an ``adopt`` whose transaction will not be committed, while it still holds the lock."""
        rename(self.path_of(sha256, kind), self.arriving / name)

    def discard(self, name: str) -> None:
        """Remove the temporary file ``name``, if it is there."""
        remove(self.arriving / name)

    def files(self) -> Iterator[VaultFile]:
        """Yield all files with a true name, folder by folder; what else lies about is passed over."""
        if not self.folder.is_dir():
            return
        with file_errors(self.folder):
            folders = sorted(entry.name for entry in os.scandir(self.folder) if len(entry.name) == 2)
        for folder in folders:
            yield from self._files_of(self.folder / folder)

    def remove_leaving(self, connection: sqlite3.Connection, file: Leaving) -> bool:
        """Remove ``file`` as it was promised, and tell whether it was there; only inside a write.

        It stays where a row refers to it again, and where it is newer than the promise: a list that was put back from
        a copy holds promises about files that may have come back since.
        """
        path = self.path_of(file.sha256, file.kind)
        with file_errors(path.parent), contextlib.suppress(FileNotFoundError):
            if vault_file_repo.is_used(connection, file.sha256) or path.stat().st_mtime_ns > (file.at + 1) * 1_000_000:
                return False
            if remove(path):
                if self._on_removed is not None:
                    self._on_removed(file.sha256)
                return True
        return False

    def unknown(self, connection: sqlite3.Connection) -> list[VaultFile]:
        """Return the files to which no row refers, and which are not about to be removed either.

        Seen beside an import that is at work some of them may be about to get their rows: see ``still_unknown``.
        """
        known = vault_file_repo.known(connection)
        return [file for file in self.files() if file.sha256 not in known]

    def still_unknown(self, connection: sqlite3.Connection, files: Iterable[VaultFile]) -> list[VaultFile]:
        """Return those of ``files`` that are there and have no row now; inside a write it is true of all at once."""
        known = vault_file_repo.known(connection)
        return [file for file in files if file.sha256 not in known and self.has(file.sha256, file.kind)]

    def _files_of(self, folder: Path) -> Iterator[VaultFile]:
        with file_errors(folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
                match = _NAME.fullmatch(entry.name)
                if match is not None and match["sha256"].startswith(folder.name):
                    status = entry.stat(follow_symlinks=False)
                    modified_at = status.st_mtime_ns // 1_000_000
                    yield VaultFile(match["sha256"], Kind(match["kind"]), status.st_size, modified_at)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
