"""Tests what AudioDesk needs of this computer: Python, its own files, writable folders, disk space, SQLite."""

from __future__ import annotations

import errno
import platform
import shutil
import sqlite3
import tempfile
from pathlib import Path

from audiodesk import __version__
from audiodesk.domain.doctor import PartReport
from audiodesk.domain.words import formats
from audiodesk.local.database.sqlite_features import has_trigram_search
from audiodesk.system.folders import Folders, resources

__all__ = ["report_database", "report_disk_space", "report_folders", "report_python", "report_resources"]

_LITTLE_SPACE = 500 * 1024 * 1024
"""Bytes: about two hours of WAV."""
_WHY_NOT_WRITABLE = {errno.ENOSPC: "full", getattr(errno, "EDQUOT", errno.ENOSPC): "full", errno.EROFS: "read-only"}


def report_python() -> PartReport:
    """Tell which versions run on which system."""
    system = f"{platform.system()} {platform.machine()}"
    params = {"version": __version__, "python": platform.python_version(), "system": system}
    return PartReport("python", "fine", params)


def report_resources() -> PartReport:
    """See that icons and help came with the program."""
    place = resources()
    if (place / "icons").is_dir() and (place / "help").is_dir():
        return PartReport("resources", "fine")
    return PartReport("resources", "missing", {"folder": str(place)}, ok=False)


def report_folders(places: Folders) -> PartReport:
    """Write a file in each folder of the program, or in the nearest one above it that is there."""
    for folder in (places.data, places.config, places.logs):
        try:
            with tempfile.TemporaryFile(dir=_existing(folder)) as file:
                file.write(b"AudioDesk")
        except OSError as error:
            params = {"folder": str(folder), "details": error.strerror or str(error)}
            return PartReport("folders", _WHY_NOT_WRITABLE.get(error.errno or 0, "not-writable"), params, ok=False)
    return PartReport("folders", "fine", {"data": str(places.data), "config": str(places.config)})


def report_disk_space(places: Folders) -> PartReport:
    """See that the disk of the libraries has room for a day's work."""
    free = shutil.disk_usage(_existing(places.data)).free
    params = {"free": formats.size(free)}
    if free > _LITTLE_SPACE:
        return PartReport("disk-space", "fine", params)
    return PartReport("disk-space", "little", params, ok=False)


def report_database() -> PartReport:
    """See that Python's SQLite has the full-text search that the library needs."""
    params = {"version": sqlite3.sqlite_version}
    if not has_trigram_search():
        return PartReport("database", "no-search", params, ok=False)
    return PartReport("database", "fine", params)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())
