"""The file that lists every library ever made on this computer, so that a lost one is not silently made anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from audiodesk.system.json_file import JsonFile

__all__ = ["KnownLibrary", "LibraryRegistry"]


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
        self._file = JsonFile(path)

    def all(self) -> list[KnownLibrary]:
        """Return every library that is known, oldest first."""
        return _listed(self._file.read())

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

    def move(self, folder: Path, to: Path) -> None:
        """Note that the library in ``folder`` lies in the folder ``to`` now; once noted, nothing changes."""
        old, new = _key(folder), _key(to)

        def change(known: list[KnownLibrary]) -> list[KnownLibrary]:
            if all(entry.path != old for entry in known):
                return known
            kept = [entry for entry in known if entry.path != new]
            return [replace(entry, path=new) if entry.path == old else entry for entry in kept]

        known = self.all()
        if change(known) != known:
            self._write(change)

    def forget(self, folder: Path) -> None:
        """Take the library in ``folder`` off the list, because its owner said that it will not come back."""
        gone = _key(folder)
        self._write(lambda known: [entry for entry in known if entry.path != gone])

    def _write(self, change: Callable[[list[KnownLibrary]], list[KnownLibrary]]) -> None:
        self._file.change(lambda found: {"libraries": [asdict(entry) for entry in change(_listed(found))]})


def _listed(found: Mapping[str, Any]) -> list[KnownLibrary]:
    listed = found.get("libraries", [])
    return [known for entry in listed if (known := _known(entry)) is not None] if isinstance(listed, list) else []


def _known(entry: Any) -> KnownLibrary | None:
    if not isinstance(entry, dict):
        return None
    fields = {name: entry.get(name, "") for name in ("path", "id", "host", "email")}
    if not fields["path"] or not all(isinstance(value, str) for value in fields.values()):
        return None
    return KnownLibrary(**fields)


def _key(folder: Path) -> str:
    return os.path.abspath(folder)  # noqa: PTH100  # links stay as the person names them, ".." does not
