"""Importing and analysing 20 000 files of 8 kB, against its parts measured alone: copies, checks, decodes."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audiodesk.audio import check as audio
from audiodesk.composition import open_core
from audiodesk.domain.audio.report import Analysis
from audiodesk.domain.library.plan import ImportResult
from tests import media
from tests.benchmarks import Row

__all__ = ["run"]

_FILES = 20_000
_SIZE = 8192
_SECTIONS = 100
"""Files in each folder of the book."""
_LIMIT = 3.0


def run(files: int = _FILES) -> list[Row]:
    """Measure each part in one thread of this process, then the whole by the services that the command line uses."""
    with tempfile.TemporaryDirectory(prefix="audiodesk-bench-") as folder:
        place = Path(folder)
        sources = _make_files(place / "Book", files)
        copy = _spent(lambda: _copy(sources, place / "bare"))
        checks = _spent(lambda: [audio.check(str(path)) for path in sources])
        decodes = _spent(lambda: _decode(sources))
        imported, analysed = _whole(place, files)
    print(
        f"copies {copy:.1f} s, checks {checks:.1f} s, decodes {decodes:.1f} s;"
        f" import {imported:.1f} s, analysis {analysed:.1f} s",
        file=sys.stderr,
    )
    base, ours = copy + checks + decodes, imported + analysed
    return [Row(f"import {files} × 8 kB with its analysis", ours / base, _LIMIT, ours, base)]


def _make_files(folder: Path, count: int) -> list[Path]:
    whole = media.wav_bytes(seconds=(_SIZE - 44) / 2 / 44100)
    header, length = whole[:44], len(whole) - 44
    paths = [folder / f"{number // _SECTIONS:03}" / f"{number:05}.wav" for number in range(count)]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(header + os.urandom(length))
    return paths


def _spent(work: Callable[[], object]) -> float:
    os.sync()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _copy(sources: list[Path], target: Path) -> None:
    target.mkdir()
    for source in sources:
        with source.open("rb") as reading, (target / source.name).open("wb") as writing:
            shutil.copyfileobj(reading, writing)
            writing.flush()
            os.fsync(writing.fileno())
        hashlib.sha256((target / source.name).read_bytes())


def _decode(sources: list[Path]) -> None:
    for path in sources:
        assert isinstance(audio.analyse(str(path)), Analysis)


def _whole(place: Path, count: int) -> tuple[float, float]:
    home = str(place / "home")
    with open_core({"AUDIODESK_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}, face="command") as core:
        os.sync()
        begun = time.perf_counter()
        items = core.importer.import_files(core.planner.plan([str(place / "Book")], None))
        imported = time.perf_counter()
        assert core.analyser.wait_until_idle()
        analysed = time.perf_counter()
        assert [item.result for item in items] == [ImportResult.ADDED] * count
        assert core.analyser.unfinished() == 0
    return imported - begun, analysed - imported


if __name__ == "__main__":
    for row in run(*map(int, sys.argv[1:])):
        print(
            f"{row.ratio:.2f} of at most {row.limit}  {row.ours_seconds:.2f} s / {row.base_seconds:.2f} s  {row.name}"
        )
