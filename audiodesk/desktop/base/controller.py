"""What the controllers of one window share, and their base class."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject

from audiodesk.composition import Core
from audiodesk.desktop.base.bridge import Bridge
from audiodesk.desktop.base.job_runner import JobRunner
from audiodesk.desktop.base.notices import Notices
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.views.frame.main_window import MainWindow

__all__ = ["Controller", "Shared"]


class Shared(NamedTuple):
    """What every controller of a window may use."""

    core: Core
    window: MainWindow
    tasks: Tasks
    jobs: JobRunner
    bridge: Bridge
    notices: Notices


class Controller(QObject):
    """A part of a window's behaviour; it belongs to the window and connects itself to what it serves."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.window)
        self._core, self._window, self._tasks = shared.core, shared.window, shared.tasks
        self._jobs, self._bridge, self._notices = shared.jobs, shared.bridge, shared.notices
