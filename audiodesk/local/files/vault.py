"""The vault: audio files that never change, each named by the hash of its bytes."""

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
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.local.rows.work.leaving_repo import Leaving
from audiodesk.system.files import file_errors, fsync_folder, make_folder_in, remove, rename

__all__ = ["Vault", "VaultFile"]

_ARRIVING = "arriving"
_NAME = re.compile(r"(?P<sha256>[0-9a-f]{64})\.(?P<kind>mp3|wav)")


@dataclass(frozen=True, slots=True)
class VaultFile:
    """One file of the vault, as described by its name; ``size`` in bytes."""

    sha256: str
    kind: Kind
    size: int
    modified_at: int = 0
    """When it was last written, in milliseconds since 1970."""


class Vault:
    """The folder ``vault`` of a library.

    A file is written under a temporary name first, in a folder of the same disk. It gets its true name
    ``ab/abcdef….wav`` inside the transaction that makes its row. Files are removed inside a transaction too, so ``begin
    immediate`` is the lock of this folder. All methods raise OutsideError for errors of the disk. ``on_removed`` gets
    the hash of each removed file, so that its derived data can be removed too.
    """

    def __init__(self, folder: Path, *, on_removed: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self._on_removed = on_removed
        self.arriving = folder / _ARRIVING
        self._has_new_folders = True  # a killed process may have made some without fsync

    def path_of(self, sha256: str, kind: Kind) -> Path:
        """Return the path for the file with these bytes."""
        return self.folder.joinpath(sha256[:2], f"{sha256}.{kind.value}")

    @staticmethod
    def new_temporary_name() -> str:
        """Return a new, unique name for ``temporary``."""
        return f"{new_id()}.part"

    def temporary(self, name: str) -> Path:
        """Return the path of the temporary file ``name``; makes its folder if needed."""
        if not self.arriving.is_dir():
            make_folder_in(self.folder.parent, self.arriving, private=True)
            fsync_folder(self.folder)
            fsync_folder(self.folder.parent)
        return self.arriving / name

    def temporary_names(self) -> list[str]:
        """Return the names of all existing temporary files."""
        with file_errors(self.arriving):
            return sorted(path.name for path in self.arriving.iterdir()) if self.arriving.is_dir() else []

    def has(self, sha256: str, kind: Kind) -> bool:
        """Tell whether a file has the name of these bytes, sound or not."""
        path = self.path_of(sha256, kind)
        with file_errors(path.parent):
            return _size(path) is not None

    def is_damaged(self, sha256: str, kind: Kind, *, cancel: threading.Event | None = None) -> bool:
        """Read the file with the name of these bytes; tell whether it exists and its bytes differ.

        Raises ``CopyCancelledError`` between two blocks once ``cancel`` is set.
        """
        if not self.has(sha256, kind):
            return False
        try:
            return hash_file(self.path_of(sha256, kind), cancel=cancel).sha256 != sha256
        except UserError:  # an unreadable file cannot be used
            return True

    def adopt(self, name: str, sha256: str, kind: Kind, size: int, *, is_damaged: bool = False) -> bool:
        """Give the temporary file ``name`` its true name; only inside a transaction that holds the write lock.

        Nothing is overwritten: if the same bytes are there already, the temporary file stays and False is returned.
        Only a file that ``is_damaged`` or has the wrong size is replaced. ``settle`` must follow.
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
        """Fsync the folders of these files together, so that new and removed names are durable."""
        folders = sorted({sha256[:2] for sha256 in shas})
        if not folders:  # no name changed, and the vault may not exist yet
            return
        for folder in folders:
            fsync_folder(self.folder / folder)
        if self._has_new_folders:
            fsync_folder(self.folder)
            self._has_new_folders = False

    def give_back(self, name: str, sha256: str, kind: Kind) -> None:
        """Undo an ``adopt`` if its transaction will not be committed, while the lock is still held."""
        rename(self.path_of(sha256, kind), self.arriving / name)

    def discard(self, name: str) -> None:
        """Remove the temporary file ``name``, if it exists."""
        remove(self.arriving / name)

    def files(self) -> Iterator[VaultFile]:
        """Yield all files with a true name, folder by folder; other files are ignored."""
        if not self.folder.is_dir():
            return
        with file_errors(self.folder):
            folders = sorted(entry.name for entry in os.scandir(self.folder) if len(entry.name) == 2)
        for folder in folders:
            yield from self._files_of(self.folder / folder)

    def remove_leaving(self, connection: sqlite3.Connection, file: Leaving) -> bool:
        """Remove ``file`` as promised; tell whether it existed; only inside a write.

        The file stays if a row refers to it again, or if it is newer than the promise: a list restored from a copy
        holds promises about files that may have come back since.
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
        """Return the files that no row refers to and that are not about to be removed.

        During an import some of them may soon get their rows: see ``still_unknown``.
        """
        known = vault_file_repo.known(connection)
        return [file for file in self.files() if file.sha256 not in known]

    def still_unknown(self, connection: sqlite3.Connection, files: Iterable[VaultFile]) -> list[VaultFile]:
        """Return those of ``files`` that still exist without a row; inside a write this holds for all at once."""
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
