"""A folder that holds a copy of the bucket: bytes under their sha256, and a list that names them, one line each."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.server.object_copy import ObjectFacts
from audiodesk.system.files import file_errors, fsync_folder, make_folder
from audiodesk.system.locks import FolderLock

__all__ = ["Arriving", "ObjectFolder"]

_LIST = "objects.jsonl"
_ARRIVING = ".arriving-"
_BLOCK = 1024 * 1024


class Arriving:
    """Bytes that are being received: written beside their final place, and hashed on the way."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        """Take the next bytes."""
        with file_errors(self._path):
            self._file.write(block)
        self._digest.update(block)
        self.size += len(block)

    @property
    def sha256(self) -> str:
        """The sha256 of what came so far."""
        return self._digest.hexdigest()


class ObjectFolder:
    """A folder with a copy. Bytes are durable before they are listed, so a new copy goes on where the last one stopped.

    Files are named by their bytes' hash, because keys may hold characters that a disk does not allow. Safe from several
    threads.
    """

    def __init__(self, path: Path, facts: dict[str, ObjectFacts], held: FolderLock | None = None) -> None:
        self._path = path
        self._facts = facts
        self._held = held
        self._lock = threading.Lock()

    @classmethod
    def make(cls, path: Path) -> Self:
        """Open the folder to copy into; it is made if it is missing.

        Raises UserError("copy-folder-other") for a folder with other things in it, OutsideError("copy-under-way") if
        another process copies into it, and the errors of the disk.
        """
        with file_errors(path):
            holds_others = path.exists() and not (path / _LIST).is_file() and any(path.iterdir())
        if holds_others:
            raise UserError("copy-folder-other", path=str(path))
        make_folder(path, private=True)
        with file_errors(path):
            (path / _LIST).touch()  # first, because it marks the folder as ours
        make_folder(path / "bytes")
        lock = FolderLock(path)
        if not lock.acquire():
            raise OutsideError("copy-under-way", path=str(path))
        with file_errors(path):
            for left in (path / "bytes").glob(f"{_ARRIVING}*"):  # left by a copy that was killed
                left.unlink(missing_ok=True)
        folder = cls(path, _read(path / _LIST), lock)
        folder._end_the_last_line()
        return folder

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the folder to copy from. Raises UserError("copy-folder-empty") where it holds no copy."""
        if not (path / _LIST).is_file():
            raise UserError("copy-folder-empty", path=str(path))
        return cls(path, _read(path / _LIST))

    def close(self) -> None:
        """Let another process fill the folder. Idempotent."""
        if self._held is not None:
            self._held.release()

    @property
    def object_facts(self) -> dict[str, ObjectFacts]:
        """All that is listed, by key."""
        with self._lock:
            return dict(self._facts)

    def file(self, facts: ObjectFacts) -> Path:
        """Return where the bytes of an object lie."""
        return self._path / "bytes" / facts.sha256[:2] / facts.sha256

    def is_whole(self, facts: ObjectFacts) -> bool:
        """Tell whether the bytes are there and are the right ones, by reading them."""
        digest, size = hashlib.sha256(), 0
        try:
            with self.file(facts).open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    size += len(block)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise OutsideError("disk-failed", path=str(self.file(facts)), details=str(error)) from error
        return size == facts.size and digest.hexdigest() == facts.sha256

    @contextlib.contextmanager
    def receive(self) -> Iterator[Arriving]:
        """Yield something to write bytes to. After the block they go to their place; if it raises, they are dropped."""
        with file_errors(self._path):
            handle, name = tempfile.mkstemp(prefix=_ARRIVING, dir=self._path / "bytes")
        try:
            with os.fdopen(handle, "wb") as file:
                arriving = Arriving(file, Path(name))
                yield arriving
                with file_errors(self._path):
                    file.flush()
                    os.fsync(file.fileno())
            self._put(Path(name), arriving.sha256)
        finally:
            Path(name).unlink(missing_ok=True)

    def record(self, facts: ObjectFacts) -> None:
        """List an object whose bytes were received; a later line of a key replaces an earlier one."""
        line = (facts.line() + "\n").encode("ascii")
        with self._lock, file_errors(self._path), (self._path / _LIST).open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            self._facts[facts.key] = facts

    def _put(self, temporary: Path, sha256: str) -> None:
        place = make_folder(self._path / "bytes" / sha256[:2]) / sha256
        with file_errors(place):
            temporary.replace(place)
        fsync_folder(place.parent)

    def _end_the_last_line(self) -> None:
        """Begin a new line after one that a power cut left half written."""
        path = self._path / _LIST
        with file_errors(path), path.open("r+b") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
                file.flush()
                os.fsync(file.fileno())


def _read(path: Path) -> dict[str, ObjectFacts]:
    with file_errors(path):
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return {facts.key: facts for line in lines if (facts := ObjectFacts.read(line)) is not None}
