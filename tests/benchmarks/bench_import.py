"""Importing 1 000 files of 1 MB, durably and with verdicts, against a bare loop of copy, fsync and sha256."""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audiodesk.composition import Core, open_core
from audiodesk.domain.library.plan import ImportResult
from tests import media
from tests.benchmarks import Row

__all__ = ["run"]

_FILES = 1000
_SIZE = 1 << 20
_SECTIONS = 20
"""Files in each folder of the book: each folder becomes a chapter, each file a section with a take."""
_BLOCK = 1 << 20
_TIMES = 5
_LIMIT = 1.5


def run(files: int = _FILES, times: int = _TIMES) -> list[Row]:
    """Measure, bare loop and import in turn; the helper process is warm in one row, and started in the other."""
    with tempfile.TemporaryDirectory(prefix="audiodesk-bench-") as folder:
        place = Path(folder)
        sources = _make_files(place / "Book", files)
        base, warm, cold = [], [], []
        for _ in range(times):
            base.append(_bare(sources, place / "bare"))
            warm.append(_import(place, files, warm=True))
            cold.append(_import(place, files, warm=False))
    name = f"import {files} × 1 MB, durable, with verdicts"
    return [_row(name, warm, base), _row(f"{name} (helper process not yet started)", cold, base)]


def _row(name: str, ours: list[float], base: list[float]) -> Row:
    ours_seconds, base_seconds = statistics.median(ours), statistics.median(base)
    return Row(name, ours_seconds / base_seconds, _LIMIT, ours_seconds, base_seconds)


def _make_files(folder: Path, count: int) -> list[Path]:
    whole = media.wav_bytes(seconds=(_SIZE - 44) / 2 / 44100)
    header, length = whole[:44], len(whole) - 44
    paths = [folder / f"{number // _SECTIONS:02}" / f"{number:04}.wav" for number in range(count)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header + os.urandom(length))
    return paths


def _bare(sources: list[Path], target: Path) -> float:
    target.mkdir()
    _settle()
    begun = time.perf_counter()
    for source in sources:
        copy = target / source.name
        with source.open("rb") as reading, copy.open("wb") as writing:
            shutil.copyfileobj(reading, writing, _BLOCK)
            writing.flush()
            os.fsync(writing.fileno())
        with copy.open("rb") as reading:
            hashlib.file_digest(reading, "sha256")
    spent = time.perf_counter() - begun
    shutil.rmtree(target)
    return spent


def _import(place: Path, count: int, *, warm: bool) -> float:
    with _core(place / "home") as core:
        if warm:
            core.program.checker.warm()
        _settle()
        begun = time.perf_counter()
        plan = core.planner.plan([str(place / "Book")], None)
        items = core.importer.import_files(plan)
        spent = time.perf_counter() - begun
        assert [item.result for item in items] == [ImportResult.ADDED] * count
    return spent


@contextmanager
def _core(home: Path) -> Iterator[Core]:
    environ = {"AUDIODESK_HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    with open_core(environ, face="command") as core:
        yield core
    shutil.rmtree(home)


def _settle() -> None:
    """Wait until the disk has written everything, so that no run pays for another's writes."""
    os.sync()


if __name__ == "__main__":
    for row in run():
        print(
            f"{row.ratio:.2f} of at most {row.limit}  {row.ours_seconds:.2f} s / {row.base_seconds:.2f} s  {row.name}"
        )
