"""How long a command takes that does almost nothing, against an interpreter that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import media
from tests.benchmarks import Row
from tests.benchmarks.environment import environment

__all__ = ["run"]

_STARTS = 21
_LIMITS: dict[tuple[str, ...], float] = {("tree",): 10, ("tree", "--json"): 10, ("status",): 12, ("--version",): 8}


def run() -> list[Row]:
    """Measure each command on a small library, each start beside one of a bare interpreter; takes half a minute."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "library"
        _make_library(home, Path(folder) / "Book" / "Chapter 1")
        return [_start(arguments, home, limit) for arguments, limit in _LIMITS.items()]


def _make_library(home: Path, chapter: Path) -> None:
    chapter.mkdir(parents=True)
    for number in range(5):
        media.wav(chapter / f"Section {number}.wav", seconds=0.5 + number / 10)
    subprocess.run(
        [sys.executable, "-m", "audiodesk", "import", str(chapter.parent)],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def _start(arguments: tuple[str, ...], home: Path, limit: float) -> Row:
    bare: list[float] = []
    ours: list[float] = []
    for _ in range(_STARTS + 1):
        bare.append(_seconds(["-c", "pass"], home))
        ours.append(_seconds(["-m", "audiodesk", *arguments], home))
    del bare[0], ours[0]  # the first run of each fills caches
    # In pairs, because the speed of the machine changes from one second to the next.
    ratio = statistics.median(took / base for took, base in zip(ours, bare, strict=True))
    return Row(f"Start: {' '.join(arguments)}", ratio, limit, statistics.median(ours), statistics.median(bare))


def _seconds(arguments: list[str], home: Path) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment(home), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    for row in run():
        print(f"{row.ratio:6.2f} of {row.limit:.2f}  {row.ours_seconds:8.3f} {row.base_seconds:8.3f}  {row.name}")
