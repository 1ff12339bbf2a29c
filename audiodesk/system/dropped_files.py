"""Finds the files among what was dropped: walks folders without opening what could block or going in circles."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from audiodesk.domain.library.planning import AUDIO_ENDINGS, FoundFile, finished_name
from audiodesk.system.plain_files import NotReadableError, open_plain_file, reason_of, reason_of_mode

__all__ = [
    "Dropped",
    "Identity",
    "find_files",
    "identity_of",
    "size_of",
    "true_name",
]

Identity = tuple[int, int]
"""Device and inode: what a file keeps when it is renamed."""

_NEVER_AUDIO = frozenset(("thumbs.db", "desktop.ini"))
_BEGINNINGS = (b"RIFF", b"RF64", b"BW64", b"ID3", b"fLaC", b"OggS", b"FORM")


@dataclass(slots=True)
class Dropped:
    """What was found; ``passed_over`` holds path and ``reason`` of each ``unreadable`` finding.

    ``unfinished`` are files whose names (".part") say that they are not finished.
    """

    files: list[FoundFile] = field(default_factory=list)
    unfinished: list[FoundFile] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    other_files: list[str] = field(default_factory=list)


def find_files(paths: Iterable[str], *, cancel: threading.Event | None = None) -> Dropped:
    """Return the files at ``paths``, and in and below those that are folders.

    A file that was dropped itself is always included; a file in a folder is included if its name or its first bytes say
    that it is audio of any kind. Hidden entries of folders count as other files. Each folder is walked once, under its
    own name rather than a link's. A link in a folder is followed only if it leads to something that was dropped; else
    it is passed over with the reason "link". Stops early once ``cancel`` is set.
    """
    return _Walk(cancel).walk(paths)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to be walked, with the names from the dropped one down to it, and the identities of these."""

    path: str
    below: tuple[str, ...]
    chain: tuple[Identity, ...]


def identity_of(path: str) -> Identity | None:
    """Return what tells the file at ``path`` from all others; None where there is none."""
    try:
        return _identity(os.stat(path))  # noqa: PTH116 - a path that no Path can hold
    except (OSError, ValueError):
        return None


def size_of(path: str) -> int:
    """Return the bytes of the file at ``path``; 0 where there is none."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a path that no Path can hold
    except (OSError, ValueError):
        return 0


def true_name(path: str, identity: Identity | None) -> str | None:
    """Return the present path of a file that was called ``path``, such as "ferry.wav.part", until it was finished.

    That is the file with this ``identity`` in the same folder, else the file with the finished name; None if there is
    neither.
    """
    folder, name = os.path.split(path)
    if identity is not None:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_symlink() and identity_of(entry.path) == identity:
                    return entry.path
    expected = _beside(path, finished_name(name) or name)
    return expected if identity_of(expected) is not None else None


def _beside(path: str, name: str) -> str:
    return os.path.join(os.path.dirname(path), name)  # noqa: PTH118, PTH120 - a path that no Path can hold


class _Walk:
    """One walk through all that was dropped. Links come last, so that files are found under their own names."""

    def __init__(self, cancel: threading.Event | None) -> None:
        self._cancel = cancel or threading.Event()
        self._found = Dropped()
        self._walked: set[Identity] = set()
        self._taken: set[str] = set()
        self._real_taken: set[str] = set()
        self._resolved = 0
        self._roots: list[str] = []
        self._links: deque[tuple[os.DirEntry[str], _Folder]] = deque()

    def walk(self, paths: Iterable[str]) -> Dropped:
        dropped = list(dict.fromkeys(os.path.abspath(path) for path in paths))  # noqa: PTH100 - ``Path`` loses bytes
        self._roots = [os.path.realpath(path) for path in dropped]
        for path in sorted(dropped, key=_is_link):
            if self._cancel.is_set():
                break
            self._visit_dropped(path)
        while self._links and not self._cancel.is_set():
            self._follow(*self._links.popleft())
        # A browser reserves the true name of a download with an empty file.
        kept = {_beside(file.path, finished_name(file.name) or "") for file in self._found.unfinished}
        self._found.files = [file for file in self._found.files if file.size or file.path not in kept]
        return self._found

    def _visit_dropped(self, path: str) -> None:
        try:
            status = os.stat(path)  # noqa: PTH116 - as everywhere here: text paths with bytes that are no UTF-8
        except OSError as error:
            self._found.passed_over.append((path, reason_of(error)))
            return
        if stat.S_ISDIR(status.st_mode):
            name = Path(path).name
            self._walk(_Folder(path, (name,) if name else (), (_identity(status),)))
        elif not (_is_link(path) and self._is_taken(path)):
            self._take(path, status, ())

    def _walk(self, top: _Folder) -> None:
        pending = [top]
        while pending and not self._cancel.is_set():
            folder = pending.pop()
            if folder.chain[-1] in self._walked:
                continue
            self._walked.add(folder.chain[-1])
            for entry in self._entries(folder.path):
                if self._cancel.is_set():
                    break
                deeper = self._visit(entry, folder)
                if deeper is not None:
                    pending.append(deeper)

    def _entries(self, folder: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                yield from entries
        except OSError as error:
            self._found.passed_over.append((folder, reason_of(error)))

    def _visit(self, entry: os.DirEntry[str], folder: _Folder) -> _Folder | None:
        """Take a file, put a link aside; return a folder that is to be walked."""
        if entry.name.startswith(".") or entry.name.lower() in _NEVER_AUDIO:
            self._found.other_files.append(entry.path)
            return None
        try:
            if _is_link(entry):
                self._links.append((entry, folder))
                return None
            status = entry.stat()
        except OSError as error:
            self._found.passed_over.append((entry.path, reason_of(error)))
            return None
        if stat.S_ISDIR(status.st_mode):
            return self._deeper(entry, folder)
        self._take_in_folder(entry.path, status, folder.below)
        return None

    def _deeper(self, entry: os.DirEntry[str], folder: _Folder) -> _Folder | None:
        try:
            # A new ``stat``, because on Windows a listing tells neither device nor inode.
            identity = _identity(os.stat(entry.path))  # noqa: PTH116 - a path that no Path can hold
        except OSError as error:
            self._found.passed_over.append((entry.path, reason_of(error)))
            return None
        return _Folder(entry.path, (*folder.below, entry.name), (*folder.chain, identity))

    def _follow(self, link: os.DirEntry[str], folder: _Folder) -> None:
        """Take or walk the target of a link in a folder, if it was dropped too and has not been found yet."""
        try:
            status = os.stat(link.path)  # noqa: PTH116 - a path that no Path can hold
        except OSError as error:
            self._found.passed_over.append((link.path, reason_of(error)))
            return
        is_folder, identity = stat.S_ISDIR(status.st_mode), _identity(status)
        if is_folder and identity in folder.chain:
            self._found.passed_over.append((link.path, "loop"))
        elif not self._is_dropped(link.path):
            if stat.S_ISREG(status.st_mode) and not _seems_audio(link.path):
                self._found.other_files.append(link.path)
                return
            self._found.passed_over.append((link.path, "link"))
        elif is_folder:
            self._walk(_Folder(link.path, (*folder.below, link.name), (*folder.chain, identity)))
        elif not self._is_taken(link.path):
            self._take_in_folder(link.path, status, folder.below)

    def _is_dropped(self, path: str) -> bool:
        real = os.path.realpath(path)
        return any(real == root or real.startswith(root.rstrip(os.sep) + os.sep) for root in self._roots)

    def _is_taken(self, path: str) -> bool:
        for file in self._found.files[self._resolved :]:
            self._real_taken.add(os.path.realpath(file.path))
        self._resolved = len(self._found.files)
        return os.path.realpath(path) in self._real_taken

    def _take_in_folder(self, path: str, status: os.stat_result, below: tuple[str, ...]) -> None:
        if stat.S_ISREG(status.st_mode) and not _seems_audio(path):
            self._found.other_files.append(path)
        else:
            self._take(path, status, below)

    def _take(self, path: str, status: os.stat_result, below: tuple[str, ...]) -> None:
        reason = reason_of_mode(status.st_mode)
        if reason is not None:
            self._found.passed_over.append((path, reason))
        elif path not in self._taken:
            self._taken.add(path)
            place = Path(path)
            list_of = self._found.files if finished_name(place.name) is None else self._found.unfinished
            list_of.append(FoundFile(path, place.name, status.st_size, place.parent.name, below))


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _is_link(path: str | os.DirEntry[str]) -> bool:
    """Tell whether the path is a link, or a junction (Windows), to another place."""
    if isinstance(path, str):
        return os.path.islink(path) or bool(getattr(os.path, "isjunction", _never)(path))  # noqa: PTH114 - a path that no Path can hold
    return path.is_symlink() or bool(getattr(path, "is_junction", lambda: False)())


def _never(path: str) -> bool:
    del path
    return False


def _seems_audio(path: str) -> bool:
    name = Path(path).name
    if Path(finished_name(name) or name).suffix.lower() in AUDIO_ENDINGS:
        return True
    try:
        handle, _ = open_plain_file(path)  # what was a plain file a moment ago may be a pipe by now
    except NotReadableError:
        return False
    try:
        start = os.read(handle, 4)
    except OSError:
        return False
    finally:
        os.close(handle)
    return start.startswith(_BEGINNINGS) or (len(start) > 1 and start[0] == 0xFF and start[1] & 0xE6 == 0xE2)
