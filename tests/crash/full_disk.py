"""Imports onto a disk that is too small: python -m tests.crash.full_disk HOW FOLDER BOOK.

HOW is "mount": mounts small file systems on FOLDER, one size after the other; this needs a mount namespace of its own.
HOW is "limit": no file may grow beyond a size, which works everywhere. Exit code 0 if every condition holds.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.plan import ImportResult
from audiodesk.services.audio.checker import Checker
from tests.desk import must_hold, open_desk

__all__ = ["main"]

_SAID = frozenset({"disk-full", "disk-failed", "file-too-large", "library-unreachable"})
_KB = 1024
_SIZES = range(420, 9200, 650)
"""KB of disk: from "not even the database" to "almost all of it"."""
_LIMITS = (40, 240, 500, 580, 660)
"""KB for a file: below and between the sizes of the files that are imported and of the database."""


def main(arguments: list[str]) -> int:
    how, folder, book = arguments
    with Checker(workers=1) as checker:
        checker.warm()
        outcomes: Counter[str] = Counter()
        if how == "mount":
            for size in _SIZES:
                outcomes += _on_small_disk(Path(folder), Path(book), size, checker)
        else:
            for limit in _LIMITS:
                outcomes += _with_small_files(Path(folder) / str(limit), Path(book), limit, checker)
    print(dict(outcomes))
    assert outcomes[ImportResult.FAILED] > 0, "the disk was never full"
    return 0


def _on_small_disk(mounted: Path, book: Path, size: int, checker: Checker) -> Counter[str]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(mounted)], check=True)
    try:
        outcomes = _import(mounted / "home", book, checker)
        subprocess.run(["mount", "-o", "remount,size=64m", str(mounted)], check=True)
        _finish(mounted / "home", book, checker)
    finally:
        subprocess.run(["umount", str(mounted)], check=True)
    return outcomes


def _with_small_files(home: Path, book: Path, limit: int, checker: Checker) -> Counter[str]:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit * _KB, hard))
    try:
        outcomes = _import(home, book, checker)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    _finish(home, book, checker)
    return outcomes


def _import(home: Path, book: Path, checker: Checker) -> Counter[str]:
    try:
        with open_desk(home, checker) as desk:
            items = desk.add(None, book)
            assert {item.error.code for item in items if item.error is not None} <= _SAID, items
            added = {item.take_id for item in items if item.result is ImportResult.ADDED}
            assert len(added) == sum(takes for _, _, _, takes in desk.tree_rows())
            return Counter(item.result for item in items)
    except OutsideError as error:
        if error.code not in _SAID:
            raise
        shutil.rmtree(home, ignore_errors=True)
        return Counter()


def _finish(home: Path, book: Path, checker: Checker) -> None:
    """With room again everything is swept up, holds, and can be added."""
    with open_desk(home, checker) as desk:
        desk.importer.recover()
        must_hold(home)
        desk.add(None, book)
        must_hold(home)
        files = sum(len(names) for _, _, names in os.walk(book))
        assert [takes for _, _, _, takes in desk.tree_rows()] == [1] * files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
