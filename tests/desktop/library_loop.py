"""A process that goes from one library to another and back, and reports what is left over.

``python -m tests.desktop.library_loop FOLDER_A FOLDER_B ROUNDS`` opens A, then B and A again, ROUNDS times, and plays a
take in each. It prints one line of JSON before each window is shown, and one at the end.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from audiodesk.composition import Core, Program
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.parts.theme import Theme
from tests import media

_LOOK_MS = 20
_former: list[tuple[str, weakref.ref[Any]]] = []
_following: list[Path] = []


def main() -> int:
    """Fill both libraries, then run the window over them."""
    first, second, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    for folder in (first, second):
        _fill(folder)
    _following[:] = [second, first] * rounds
    setattr(application, "Desk", _Watched)  # noqa: B010  # a class is no variable for mypy
    code = application.main(["audiodesk"])
    _say("end")
    return code


def _fill(folder: Path) -> None:
    source = folder.parent / f"Book of {folder.name}"
    media.wav(source / "Chapter 1" / "Dawn.wav", seconds=2.0)
    with Program(face="command") as program, program.open(folder) as core:
        core.importer.import_files(core.planner.plan([str(source)], None))


class _Watched(Desk):
    """Goes on by itself once everything works."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__(core, theme)
        self._opened = core
        self._take: str | None = None
        self._timer = QTimer(self)
        parts = (core, core.bus, core.database, self.window, self.tasks, self)
        _say(core.library_folder.name)
        _former.extend((type(part).__name__, weakref.ref(part)) for part in parts)

    def show(self) -> None:
        super().show()
        self._timer.timeout.connect(self._go_on)
        self._timer.start(_LOOK_MS)

    def _go_on(self) -> None:
        core = self._opened
        if not (self.is_started and self.tasks.is_idle and core.is_built("waiting_files")):
            return
        if self._take is None:
            (self._take,) = _takes(core)
            self.workbench.playback.play_take(self._take)
        elif self.workbench.playback.is_playing:
            self._timer.stop()
            if _following:
                self.go_to(_following.pop(0))
            else:
                self.window.close()


def _takes(core: Core) -> list[str]:
    (project,) = core.catalogue.children(None)
    (chapter,) = core.catalogue.children(project.ref)
    (section,) = core.catalogue.children(chapter.ref)
    assert isinstance(section.ref, Ref)
    return [row.take.id for row in core.catalogue.takes(section.ref.id)]


def _say(moment: str) -> None:
    """Print what there is: parts of former windows, threads, open files of a library, windows, memory in KB."""
    files = [str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if os.path.lexists(entry)]
    document = {
        "moment": moment,
        "alive": [name for name, part in _former if part() is not None],
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "libraries": sorted({Path(file).parent.name for file in files if "sqlite3" in file or file.endswith(".lock")}),
        "files": len(files),
        "windows": len(QApplication.topLevelWidgets()),
        "objects": len(gc.get_objects()),
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024,
    }
    print(json.dumps(document), flush=True)


if __name__ == "__main__":
    sys.exit(main())
