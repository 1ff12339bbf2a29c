"""How soon the window is complete, how smoothly it runs under load, and how much memory a large library takes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import Row
from tests.benchmarks.environment import environment
from tests.benchmarks.library_factory import make_library

__all__ = ["run"]

_STARTS = 15
_FILES = 1000

_BARE = """
import os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, done)
def done():
    os.write(1, b"painted\\n")
    app.quit()
app = QApplication([])
window = Window()
window.resize(1180, 760)
window.show()
app.exec()
"""

# Opens the window like audiodesk.__main__, which keeps the garbage collector off until the window is complete.
_OURS = """
import gc, os
gc.disable()
from audiodesk.desktop import desk
from audiodesk.desktop.start import application
from PySide6.QtWidgets import QApplication
def done(self):
    os.write(1, b"painted\\n")
    QApplication.quit()
desk.Desk._after_first_paint = done
application.main(["audiodesk"])
"""


def run() -> list[Row]:
    """Measure everything; takes about three minutes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_library(root / "large")
        (root / "empty").mkdir()
        rows = [
            _start("Window: first paint, empty library", root / "empty"),
            _start("Window: first paint, 60 000 takes", root / "large"),
        ]
        _load("import", root / "warm", files=1)  # stores the bytecode of what the first paint does not load
        load = _load("browse", root / "large")
        rows += _gaps("Window: 60 000 takes browsed", load)
        over = load["memory"] - _load("bare", root / "empty")["memory"]
        rows.append(Row("Window: memory of 60 000 takes over bare, in 150 MB", over / 150e6, 1.0, over / 1e6, 150.0))
        rows += _gaps("Window: 1 000 files imported", _load("import", root / "busy"))
        return rows


def _start(name: str, home: Path) -> Row:
    bare: list[float] = []
    ours: list[float] = []
    for program, times in ((_BARE, bare), (_OURS, ours)):
        _first_paint(program, home)  # warm
        del times[:]
    for _ in range(_STARTS):
        bare.append(_first_paint(_BARE, home))
        ours.append(_first_paint(_OURS, home))
    # In pairs, because the speed of the machine changes from one second to the next.
    ratio = statistics.median(took / base for took, base in zip(ours, bare, strict=True))
    return Row(name, ratio, 2.0, statistics.median(ours), statistics.median(bare))


def _first_paint(program: str, home: Path) -> float:
    """Return the seconds from the start of the process until the window is painted."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", program], env=environment(home), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.stdout.read()
    assert line == b"painted\n", line
    return took


def _load(what: str, home: Path, files: int = _FILES) -> dict[str, float]:
    """Let a window of its own process work, and return its figures: ``p999`` and ``most`` seconds, ``memory`` bytes."""
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.benchmarks.window_load", what, str(files)]
    out = subprocess.run(command, env=environment(home), stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(out.stdout)
    return found


def _gaps(name: str, load: dict[str, float]) -> Sequence[Row]:
    return (
        Row(f"{name}: 99.9 % of timer gaps, in 50 ms", load["p999"] / 0.05, 1.0, load["p999"], 0.05),
        Row(f"{name}: longest timer gap, in 100 ms", load["most"] / 0.1, 1.0, load["most"], 0.1),
    )


if __name__ == "__main__":
    for row in run():
        print(f"{row.ratio:6.2f} of {row.limit:.2f}  {row.ours_seconds:8.3f} {row.base_seconds:8.3f}  {row.name}")
