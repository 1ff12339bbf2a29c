"""Builds the window over one library: every view with its controller, wired here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from audiodesk.composition import Core
from audiodesk.desktop import window_state
from audiodesk.desktop.bridge import Bridge
from audiodesk.desktop.centre_controller import CentreController
from audiodesk.desktop.dialogs_controller import DialogsController
from audiodesk.desktop.find_controller import FindController
from audiodesk.desktop.import_controller import ImportController
from audiodesk.desktop.library_controller import LibraryController
from audiodesk.desktop.notices import Notices
from audiodesk.desktop.playback_controller import PlaybackController
from audiodesk.desktop.status_controller import StatusController
from audiodesk.desktop.tasks import Tasks
from audiodesk.desktop.tree_controller import TreeController
from audiodesk.domain.entities import Entity
from audiodesk.domain.outline import Crumb, Ref
from audiodesk.domain.words import tr
from audiodesk.views.main_window import MainWindow
from audiodesk.views.theme import Theme

if TYPE_CHECKING:
    from audiodesk.desktop.single_window import SingleWindow

__all__ = ["Desk"]


class Desk(QObject):
    """The window at work. ``show`` paints it; what may come later begins after that."""

    def __init__(self, core: Core, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core = core
        self._single: SingleWindow | None = None
        self._may_close = False
        self._is_closed = False
        self.window = MainWindow()
        self.tasks = Tasks(self)
        self.bridge = Bridge(core.bus, self)
        self.notices = Notices(self.window)
        core_parts = (core, self.window, self.tasks)
        self.tree = TreeController(*core_parts, self.bridge)
        self.centre = CentreController(*core_parts, self.bridge)
        self.edits = LibraryController(*core_parts, self.bridge, self.tree, self.notices)
        self.imports = ImportController(*core_parts, self.bridge, self.notices, reveal=self.reveal)
        self.finding = FindController(*core_parts, reveal=self.reveal)
        self.dialogs = DialogsController(*core_parts, self.bridge, self.edits, self.notices, theme)
        self.status = StatusController(*core_parts, self.bridge, self.notices, open_trash=self.dialogs.open_trash)
        self.playback = PlaybackController(core, self.window.player, self.tasks, self.bridge, self)
        self.tasks.failed.connect(self.notices.show_error)
        self.bridge.trouble.connect(self.notices.show_trouble)
        self.window.centre.step_requested.connect(self.reveal)
        self.window.centre.nodes.open_requested.connect(self.reveal)
        self.window.tree.open_requested.connect(lambda _ref: self.window.acts.focus_table.trigger())
        self.window.acts.quit.triggered.connect(self.window.close)
        self._connect_playback()
        self.window.close_guard = self._may_close_now
        self.window.closing.connect(self.close)

    def show(self) -> None:
        """Show the library as it was left, and start what works in the background once it is painted."""
        state = window_state.load(self._core)
        window_state.show(self.window, state)
        self.dialogs.show_scheme(self._core.settings)
        has_projects = self.tree.start()
        self.edits.start()
        folder = state.get("folder")
        self.window.first_painted.connect(lambda: self._after_first_paint(folder if isinstance(folder, str) else ""))
        self.window.show()
        if has_projects:
            self._choose_first(window_state.chosen_of(state))

    @property
    def is_started(self) -> bool:
        """Whether the window was painted and its background work began."""
        return self._single is not None

    def reveal(self, ref: Ref) -> None:
        """Open what is above a row, and choose it; a take is shown in its section."""

        def go(crumbs: tuple[Crumb, ...]) -> None:
            path = [Ref(crumb.entity, crumb.id) for crumb in crumbs if crumb.entity is not Entity.TAKE]
            if ref.entity is Entity.TAKE:
                self.centre.choose_take(ref.id)
            self.tree.reveal(path)

        self.tasks.run(lambda: self._core.catalogue.crumbs(ref), "show").done(go)

    def listen(self) -> None:
        """Come to the front when AudioDesk is started again on this library."""
        from audiodesk.desktop.single_window import SingleWindow  # QtNetwork is not needed for the first paint

        self._single = SingleWindow(self._core.library_folder, self)
        self._single.raise_requested.connect(self.to_front)

    def to_front(self) -> None:
        """Bring the window in front of all others, where the system allows it."""
        if self.window.isMinimized():
            self.window.showNormal()
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def close(self) -> None:
        """Keep how the window looked, and let go of everything. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        window_state.save(self._core, self.window, folder=self.imports.folder)
        self.window.commit_edits()
        self.playback.close()
        self.imports.close()
        self.centre.close()
        self.bridge.close()
        self.tasks.close()
        if self._single is not None:
            self._single.close()

    def _connect_playback(self) -> None:
        window, playback = self.window, self.playback
        self.centre.take_shown.connect(lambda details: playback.cue(details.row.take.id))
        window.centre.takes.open_requested.connect(lambda ref: playback.play_take(ref.id))
        window.details.take.seek_requested.connect(playback.play_from)
        window.acts.play_take.triggered.connect(self._play_take)
        window.acts.play_chapter.triggered.connect(self._play_chapter)

    def _play_take(self) -> None:
        """Play the chosen take, else the current one of the section that is shown."""
        if (row := self.centre.take) is not None:
            self.playback.play_take(row.take.id)

    def _play_chapter(self) -> None:
        """Play the chapter that is chosen, or the one around the chosen section, through its current takes."""
        ref = self.window.tree.current()
        node = None if ref is None else self.window.tree_model.node_of(ref.id)
        if node is not None and node.ref.entity is Entity.CHAPTER:
            self.playback.play_chapter(node.ref.id)
        elif node is not None and node.ref.entity is Entity.SECTION and node.parent_id is not None:
            self.playback.play_chapter(node.parent_id)

    def _choose_first(self, ref: Ref | None) -> None:
        """Choose what was chosen last, else the first project."""
        first = self.window.tree_model.ref(self.window.tree_model.index(0, 0))

        def go(crumbs: tuple[Crumb, ...]) -> None:
            path = [Ref(crumb.entity, crumb.id) for crumb in crumbs]
            if path:
                self.tree.reveal(path)
            elif first is not None:
                self.window.tree.choose([first])

        if ref is not None and ref.entity is not Entity.PROJECT:
            self.tasks.run(lambda: self._core.catalogue.crumbs(ref), "show").done(go)
        elif ref is not None and self.window.tree_model.node_of(ref.id) is not None:
            self.window.tree.choose([ref])
        else:
            go(())

    def _after_first_paint(self, folder: str) -> None:
        if self._is_closed:
            return
        self.listen()
        self.status.count()
        self.imports.start(folder)
        self.tasks.run(self._core.start_background_work, "long")

    def _may_close_now(self) -> bool:
        """Ask, in the window, before closing cuts an import short."""
        if self._may_close or not self.imports.is_running or not self._core.importer.progress():
            return True
        self.notices.offer(
            tr(
                "Files are still being copied into the library. "
                "Those that are done stay; the others would not be added."
            ),
            tr("Close anyway"),
            self._close_anyway,
            icon="triangle-alert",
        )
        return False

    def _close_anyway(self) -> None:
        self._may_close = True
        self.window.close()
