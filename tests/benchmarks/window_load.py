"""One working window in a process of its own; prints its memory and the gaps between runs of a 0 ms timer."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Gaps:
    """Times between two runs of a 0 ms timer."""

    def __init__(self) -> None:
        self._counts = [0] * 10_000  # in tenths of a millisecond; a list of all gaps would need most of the memory
        self.phase = ""
        self._most = 0.0
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def figures(self) -> dict[str, float]:
        whole = sum(self._counts)
        seen, place = 0, 0
        while seen < whole * 0.999:
            seen += self._counts[place]
            place += 1
        return {"p999": place / 10_000, "most": self._most, "count": whole}

    def _tick(self) -> None:
        now = time.perf_counter()
        gap = now - self._last
        self._most = max(self._most, gap)
        self._counts[min(int(gap * 10_000), len(self._counts) - 1)] += 1
        if gap > 0.1:
            print(f"gap of {1000 * gap:.0f} ms at {self.phase}", file=sys.stderr)
        self._last = now


def memory() -> int:
    """Return the resident bytes of this process."""
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def spin(until: Callable[[], bool], seconds: float = 120.0) -> None:
    """Run the event loop, as ``exec`` would, until something holds."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()


def pause(seconds: float) -> None:
    end = time.monotonic() + seconds
    spin(lambda: time.monotonic() > end)


@contextlib.contextmanager
def desk() -> Iterator[tuple[object, object]]:
    from audiodesk.composition import open_core
    from audiodesk.desktop.desk import Desk
    from audiodesk.desktop.start.application import prepare

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = prepare(application)
    with open_core(face="window") as core:
        made = Desk(core, theme)
        made.show()
        pause(1.0)
        try:
            yield core, made
        finally:
            made.close()


def bare(_files: int) -> dict[str, float]:
    window = QMainWindow()
    window.resize(1180, 760)
    window.show()
    pause(0.5)
    return {"memory": memory()}


def browse(_files: int) -> dict[str, float]:
    """Open project after project with all its sections, find something as it is typed, scroll the table."""
    from audiodesk.desktop.desk import Desk

    with desk() as (_core, made):
        assert isinstance(made, Desk)
        window, model, tree = made.window, made.window.tree_model, made.window.tree
        gaps = Gaps()
        gaps.start()
        for row in range(12):
            index = model.index(row, 0)
            gaps.phase = f"project {row}"
            tree.setCurrentIndex(index)
            window.acts.expand_all.trigger()
            spin(lambda: _is_open(model, row))  # noqa: B023 - run within this turn of the loop
            pause(0.2)
        for text in ("ferry", "grusse", "salt road", "ch", "noel 12"):
            gaps.phase = f"find {text}"
            for end in range(1, len(text) + 1):
                window.head.field.setText(text[:end])
                pause(0.06)
            pause(0.3)
        gaps.phase = "scroll"
        window.head.field.clear()
        first = model.index(0, 0)
        tree.setCurrentIndex(model.index(0, 0, first))
        pause(0.4)
        for table in (window.centre.takes, window.centre.nodes):
            bar = table.verticalScrollBar()
            for value in range(0, bar.maximum() + 1, 7):
                bar.setValue(value)
                pause(0.004)
        bar = tree.verticalScrollBar()
        for value in range(0, bar.maximum(), 400):
            bar.setValue(value)
            pause(0.002)
        gaps.stop()
        return {**gaps.figures(), "memory": memory()}


def first_sync(takes: int) -> dict[str, float]:
    """Sync a new computer with the account of the environment, the tree shown, while a person renames a book."""
    from audiodesk.composition import open_core
    from audiodesk.composition.core import Core
    from audiodesk.desktop.desk import Desk
    from audiodesk.domain.sync.state import SyncCode
    from audiodesk.local.rows.store import fact_repo, find_backlog

    with open_core(face="command"):
        pass  # a window of an account that was never here opens the library without an account, and changes later
    began = time.monotonic()
    with desk() as (core, made):
        assert isinstance(made, Desk)
        assert isinstance(core, Core)
        edits: list[float] = []
        over = threading.Event()
        project = core.library.add_project("Mine")

        def edit() -> None:
            while not over.wait(0.1):
                started = time.perf_counter()
                core.library.rename(project, f"Mine {started}")
                edits.append(time.perf_counter() - started)

        def is_state(code: SyncCode) -> bool:
            state = made.workbench.sync.state
            return state is not None and state.code is code

        def has_all() -> bool:
            if time.monotonic() - asked_at[0] < 1.0:
                return False
            asked_at[0] = time.monotonic()
            with core.database.read() as connection:
                first = fact_repo.known(connection, "sync_pulled") is not None
                return first and find_backlog.mark(connection) is None

        asked_at = [0.0]
        editor = threading.Thread(target=edit, name="editor")
        gaps = Gaps()
        gaps.phase = "first sync"
        editor.start()
        gaps.start()
        spin(lambda: is_state(SyncCode.SYNCING))
        assert is_state(SyncCode.SYNCING), made.workbench.sync.state
        made.window.acts.expand_all.trigger()
        spin(has_all, 600.0)
        over.set()  # else each edit would be a further round of the sync
        editor.join()
        seconds = time.monotonic() - began
        spin(lambda: is_state(SyncCode.UP_TO_DATE), 60.0)
        gaps.stop()
        totals = core.catalogue.totals()
        assert totals.takes == takes, totals
        with core.database.read() as connection:
            assert find_backlog.mark(connection) is None
        return {**gaps.figures(), "edit": max(edits), "seconds": seconds}


def _is_open(model: QAbstractItemModel, row: int) -> bool:
    """Tell whether the project's chapters are there, and the sections of the last one."""
    index = model.index(row, 0)
    count = model.rowCount(index)
    return count > 0 and model.rowCount(model.index(count - 1, 0, index)) > 0


def imports(files: int) -> dict[str, float]:
    """Import a thousand files of 1 MB, each a section, with the tree open and the transfers shown."""
    from audiodesk.desktop.desk import Desk
    from tests.media.wav import wav_bytes

    with tempfile.TemporaryDirectory() as folder, desk() as (core, made):
        assert isinstance(made, Desk)
        data = bytearray(wav_bytes(seconds=11.9))
        for number in range(files):
            data[-8:] = number.to_bytes(8, "little")
            place = Path(folder) / "Book" / f"Chapter {number // 50 + 1}" / f"Section {number}.wav"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        gaps = Gaps()
        gaps.start()
        made.imports.drop(None, [str(Path(folder) / "Book")])
        spin(lambda: made.imports.preview is not None)
        dialog = made.imports.preview
        assert dialog is not None
        pause(0.3)
        dialog.accept()
        spin(lambda: made.workbench.transfers.is_importing)
        spin(lambda: made.window.tree_model.rowCount() > 0)
        made.window.tree.setCurrentIndex(made.window.tree_model.index(0, 0))
        made.window.acts.expand_all.trigger()
        spin(lambda: not made.workbench.transfers.is_importing)
        pause(0.5)
        gaps.stop()
        totals = core.catalogue.totals()  # type: ignore[attr-defined]  # a Core
        assert totals.takes == files, totals
        return gaps.figures()


if __name__ == "__main__":
    app = QApplication([])
    load = {"bare": bare, "browse": browse, "import": imports, "first_sync": first_sync}[sys.argv[1]]
    print(json.dumps(load(int(sys.argv[2]))))
