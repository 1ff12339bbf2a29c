"""The window on one library: frame and tree at once, the workbench after the first paint."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer

from audiodesk.composition import Core
from audiodesk.desktop.base import window_state
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.desktop.library.tree_controller import TreeController
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError, BugError
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.frame.main_window import MainWindow
from audiodesk.views.parts.theme import Theme

if TYPE_CHECKING:  # imported and built after the first paint
    from audiodesk.desktop.base.single_window import SingleWindow
    from audiodesk.desktop.dialogs_controller import DialogsController
    from audiodesk.desktop.importing.import_controller import ImportController
    from audiodesk.desktop.workbench import Workbench

__all__ = ["Desk", "give_memory_back"]

_log = logging.getLogger(__name__)
_KEEP_MS = 10_000
"""How often the desk checks whether the state of the window has changed."""

_PAINT_MS = 2000
"""After this time a window that the system does not paint (minimized, covered) is completed anyway."""


class Desk(QObject):
    """The working window of one library. ``show`` paints it; everything else begins after that.

    ``next_library`` is the folder of the library to open when the window is closed; None ends the program.
    """

    def __init__(self, core: Core, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core, self._theme = core, theme
        self._single: SingleWindow | None = None
        self._workbench: Workbench | None = None
        self._state: dict[str, Any] = {}
        self._is_closed = self._is_completed = False
        self.failure: AudioDeskError | None = None
        """Why the window closed by itself: the rest of it could not be built."""
        self.next_library: Path | None = None
        self.after_closing: Callable[[], object] | None = None
        """Called after this library is closed and before the next one is opened."""
        self._keeping = QTimer(self)
        self.window = MainWindow()
        self.tasks = Tasks(self)
        self.tree = TreeController(core, self.window, self.tasks)
        self.window.first_painted.connect(self._after_first_paint)
        self.window.closing.connect(self.close)

    @property
    def workbench(self) -> Workbench:
        """What was built after the first paint."""
        if self._workbench is None:
            raise RuntimeError("the window was not painted yet")
        return self._workbench

    @property
    def imports(self) -> ImportController:
        """Drops and imports."""
        return self.workbench.imports

    @property
    def dialogs(self) -> DialogsController:
        """The controller of the dialogs."""
        return self.workbench.dialogs

    @property
    def is_started(self) -> bool:
        """Whether the window is complete and its background work has begun."""
        return self._single is not None

    def show(self) -> None:
        """Show the library as the person left it."""
        self._state = window_state.load(self._core)
        window_state.show(self.window, self._state)
        self.tree.start()
        if self.window.is_first_run:
            owned = None if self._core.awaits_account else self._core.has_account
            self.window.first_run.show_owner(has_account=owned)
        # Otherwise Qt gives the focus, with its ring, to the first button.
        (self.window if self.window.is_first_run else self.window.tree).setFocus()
        self.window.show()
        QTimer.singleShot(_PAINT_MS, self, self._after_first_paint)

    def reveal(self, ref: Ref) -> None:
        """Open the rows above this one and choose it; a take is shown in its section."""
        self.workbench.reveal(ref)

    def show_error(self, error: AudioDeskError) -> None:
        """Show an error in the window, as soon as the window can show one."""
        if self._workbench is not None:
            self._workbench.notices.show_error(error)

    def to_front(self) -> None:
        """Bring the window to the front, where the system allows it."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def go_to(self, library: Path, first: Callable[[], object] | None = None) -> None:
        """Close this window as the person would, do ``first``, then open the library in the folder ``library``.

        While ``first`` runs no library is open.
        """
        self.next_library, self.after_closing = library, first
        self.window.close()

    def close(self) -> None:
        """Store how the window looks, and release everything. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._workbench is not None and self.failure is None:
            self._keeping.stop()
            window_state.save(self._core, self._looks(self._workbench))
            self.window.commit_edits()
            self._workbench.close()
        if self.tasks.has_edits:
            self.window.status.show_hint(words.tr("Finishing…"))
            self.window.repaint()
        self.tasks.close()
        if self._single is not None:
            self._single.close()

    def _after_first_paint(self) -> None:
        """Build the rest of the window once; if that fails, close the window and keep the error in ``failure``."""
        if self._is_closed or self._is_completed:
            return
        self._is_completed = True
        try:
            self._complete()
        except Exception as error:  # noqa: BLE001 - half a window is of no use to anybody
            _log.critical("the window could not be built", exc_info=error)
            known = error if isinstance(error, AudioDeskError) else None
            self.failure = known or BugError("unexpected", details=f"{type(error).__name__}: {error}")
            self.window.close_guard = lambda: True
            self.window.close()
        finally:
            # See ``__main__``. Objects made so far live as long as the window: from now on the collector skips them.
            gc.freeze()
            gc.enable()

    def _complete(self) -> None:
        from audiodesk.desktop.base.single_window import SingleWindow
        from audiodesk.desktop.workbench import Workbench

        self._workbench = Workbench(self._core, self.window, self.tasks, self.tree, self._theme, go_to=self.go_to)
        self._workbench.start(self._state)
        self._single = SingleWindow(self._core.library_folder, self)
        self._single.raise_requested.connect(self.to_front)
        self._keeping.timeout.connect(self._keep_looks)
        self._keeping.start(_KEEP_MS)

    def _looks(self, workbench: Workbench) -> dict[str, Any]:
        return window_state.gather(self.window, folder=workbench.imports.folder)

    def _keep_looks(self) -> None:
        """Store how the window looks whenever that has changed: a flat battery ends the program without closing it."""
        looks = self._looks(self.workbench)
        if looks != self._state:
            self._state = looks
            self.tasks.start(lambda: window_state.save(self._core, looks), "edit")


def give_memory_back() -> None:
    """Destroy objects left for later deletion, a closed desk and its window; for a process that goes on."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    # ``_after_first_paint`` hid the objects of that time from the collector, also the window, which has cycles.
    gc.unfreeze()
    gc.collect()
