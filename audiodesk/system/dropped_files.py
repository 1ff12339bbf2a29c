"""Finds the files among what was dropped: walks folders, never opens what could block, never goes in circles."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audiodesk.domain.planning import AUDIO_ENDINGS, FoundFile

__all__ = ["Dropped", "find_files", "reason_of", "reason_of_mode"]

_NEVER_AUDIO = frozenset(("thumbs.db", "desktop.ini"))
_BEGINNINGS = (b"RIFF", b"RF64", b"BW64", b"ID3", b"fLaC", b"OggS", b"FORM")
_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ELOOP: "loop",
    errno.ENXIO: "pipe",
    errno.EISDIR: "folder",
}


@dataclass(slots=True)
class Dropped:
    """What was found; ``passed_over`` holds path and ``reason`` of an ``unreadable`` finding."""

    files: list[FoundFile] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    other_files: list[str] = field(default_factory=list)


def reason_of(error: OSError) -> str:
    """Return the ``reason`` of an ``unreadable`` finding for what the system said."""
    return _REASONS.get(error.errno or 0, "io")


def reason_of_mode(mode: int) -> str | None:
    """Return why something of this ``st_mode`` cannot be read as a file; None for a plain file."""
    if stat.S_ISREG(mode):
        return None
    for test, reason in ((stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISDIR, "folder")):
        if test(mode):
            return reason
    return "device"


def find_files(paths: Iterable[str], *, cancel: threading.Event | None = None) -> Dropped:
    """Return the files at ``paths`` and, where these are folders, in and below them.

    A file that was named itself is always among them; in a folder it is where its name or its first bytes say audio of
    whatever kind. Hidden entries of folders are other files. Each folder is walked once. Stops early once ``cancel`` is
    set.
    """
    return _Walk(cancel).run(paths)


class _Walk:
    def __init__(self, cancel: threading.Event | None) -> None:
        self._cancel = cancel or threading.Event()
        self._found = Dropped()
        self._walked: set[tuple[int, int]] = set()
        self._taken: set[str] = set()

    def run(self, paths: Iterable[str]) -> Dropped:
        for path in dict.fromkeys(os.path.abspath(path) for path in paths):  # noqa: PTH100 - Path drops surrogates' ties
            if self._cancel.is_set():
                break
            self._visit_dropped(path)
        return self._found

    def _visit_dropped(self, path: str) -> None:
        try:
            status = os.stat(path)  # noqa: PTH116 - as everywhere here: text paths with bytes that are no UTF-8
        except OSError as error:
            self._found.passed_over.append((path, reason_of(error)))
            return
        if stat.S_ISDIR(status.st_mode):
            self._walk(path, status)
        else:
            self._take(path, status, ())

    def _walk(self, top: str, status: os.stat_result) -> None:
        name = Path(top).name
        pending: list[tuple[str, tuple[str, ...], tuple[tuple[int, int], ...]]] = [
            (top, (name,) if name else (), ((status.st_dev, status.st_ino),))
        ]
        while pending and not self._cancel.is_set():
            folder, below, chain = pending.pop()
            if chain[-1] in self._walked:
                continue
            self._walked.add(chain[-1])
            for entry in self._entries(folder):
                if self._cancel.is_set():
                    break
                deeper = self._visit(entry, below, chain)
                if deeper is not None:
                    pending.append((entry.path, (*below, entry.name), (*chain, deeper)))

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                yield from entries
        except OSError as error:
            self._found.passed_over.append((folder, reason_of(error)))

    def _visit(
        self, entry: os.DirEntry[str], below: tuple[str, ...], chain: tuple[tuple[int, int], ...]
    ) -> tuple[int, int] | None:
        """Take a file; return the identity of a folder that is to be walked."""
        if entry.name.startswith(".") or entry.name.lower() in _NEVER_AUDIO:
            self._found.other_files.append(entry.path)
            return None
        try:
            status = entry.stat()
        except OSError as error:
            self._found.passed_over.append((entry.path, reason_of(error)))
            return None
        if not stat.S_ISDIR(status.st_mode):
            if stat.S_ISREG(status.st_mode) and not _seems_audio(entry.path):
                self._found.other_files.append(entry.path)
            else:
                self._take(entry.path, status, below)
            return None
        identity = (status.st_dev, status.st_ino)
        if identity in chain:
            self._found.passed_over.append((entry.path, "loop"))
            return None
        return identity

    def _take(self, path: str, status: os.stat_result, below: tuple[str, ...]) -> None:
        reason = reason_of_mode(status.st_mode)
        if reason is not None:
            self._found.passed_over.append((path, reason))
        elif path not in self._taken:
            self._taken.add(path)
            place = Path(path)
            self._found.files.append(FoundFile(path, place.name, status.st_size, place.parent.name, below))


def _seems_audio(path: str) -> bool:
    if Path(path).suffix.lower() in AUDIO_ENDINGS:
        return True
    try:
        # O_NONBLOCK: what was a plain file a moment ago may be a pipe by now.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return False
    try:
        start = os.read(handle, 4)
    except OSError:
        return False
    finally:
        os.close(handle)
    return start.startswith(_BEGINNINGS) or (len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2)
