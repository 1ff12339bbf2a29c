"""The only place that builds and connects the panes' controllers, after the first paint."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject

from audiodesk.composition import Core
from audiodesk.desktop.account.account_controller import AccountController, GoTo
from audiodesk.desktop.base import window_state
from audiodesk.desktop.base.bridge import Bridge
from audiodesk.desktop.base.controller import Shared
from audiodesk.desktop.base.finishing import Finishing
from audiodesk.desktop.base.job_runner import JobRunner
from audiodesk.desktop.base.notices import Notices
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.desktop.dialogs_controller import DialogsController
from audiodesk.desktop.importing.drag_hints import DragHints
from audiodesk.desktop.importing.drop_hints import DropHints
from audiodesk.desktop.importing.import_controller import ImportController
from audiodesk.desktop.importing.transfers_controller import TransfersController
from audiodesk.desktop.library.centre_controller import CentreController
from audiodesk.desktop.library.condition_controller import ConditionController
from audiodesk.desktop.library.find_controller import FindController
from audiodesk.desktop.library.found_controller import FoundController
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.desktop.library.lost_choice import LostChoice
from audiodesk.desktop.library.properties_controller import PropertiesController
from audiodesk.desktop.library.trash_emptying import TrashEmptying
from audiodesk.desktop.library.tree_controller import TreeController
from audiodesk.desktop.library.verify_controller import VerifyController
from audiodesk.desktop.playing.playback_controller import PlaybackController
from audiodesk.desktop.status_controller import StatusController
from audiodesk.desktop.sync.activity_controller import ActivityController
from audiodesk.desktop.sync.conflict_controller import ConflictController
from audiodesk.desktop.sync.connection_of_sync import connection_of_sync
from audiodesk.desktop.sync.sync_controller import SyncController
from audiodesk.desktop.sync.upload_controller import UploadController
from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Crumb, Ref
from audiodesk.domain.sync.state import SyncCode, SyncState
from audiodesk.views.frame.main_window import MainWindow
from audiodesk.views.parts.theme import Theme

__all__ = ["Workbench"]


class Workbench(QObject):
    """Builds and holds the controllers of a window whose frame and tree are on the screen already."""

    def __init__(
        self,
        core: Core,
        window: MainWindow,
        tasks: Tasks,
        tree: TreeController,
        theme: Theme,
        *,
        go_to: GoTo,
    ) -> None:
        """``go_to`` closes this library and opens another one."""
        super().__init__(window)
        self._core, self.window, self.tasks, self.tree = core, window, tasks, tree
        self._may_close = False
        self._asked = ""
        window.complete()
        self.bridge = Bridge(core.bus, self)
        self.notices = Notices(window)
        self.jobs = JobRunner(core.jobs, tasks, self.bridge, self)
        shared = Shared(core, window, tasks, self.jobs, self.bridge, self.notices)
        self.centre = CentreController(shared)
        self.edits = LibraryController(shared, tree, reveal=self.reveal_all)
        self.lost_choice = LostChoice(shared, self.centre, self.edits, reveal=self.reveal_all)
        self.transfers = TransfersController(shared, reveal=self.reveal)
        self.dropping = DropHints(shared)
        self.imports = ImportController(shared, reveal=lambda ref: self._choose([ref]))
        self.dragging = DragHints(window)
        self.finding = FindController(shared, reveal=self.reveal)
        self.emptying = TrashEmptying(shared)
        self.properties = PropertiesController(shared, self.edits)
        self.dialogs = DialogsController(shared, self.edits, self.properties, self.emptying, theme)
        self.status = StatusController(shared, open_trash=self.dialogs.open_trash)
        self.condition = ConditionController(shared, self.status, open_trash=self.dialogs.open_trash)
        self.verifying = VerifyController(shared)
        self.found = FoundController(shared)
        self.playback = PlaybackController(core, window.player, tasks, self.bridge, self)
        self.account = AccountController(shared, go_to=go_to)
        self.dialogs.server_part = self.account.server_part
        self.sync = SyncController(shared)
        self.sync.follow(window.acts.sync_now)
        self.conflicts = ConflictController(shared, self.centre, self.edits, self.playback)
        self.conflicts.section_requested.connect(self.reveal)
        self.account.without_account.connect(self.sync.settle_without_account)
        self.activity = ActivityController(shared, self.edits, self.sync)
        self.activity.show_requested.connect(self.reveal)
        self.sync.account_ready.connect(lambda _account: self.conflicts.start())
        self.uploads = UploadController(shared)
        self.sync.account_ready.connect(self.uploads.follow)
        self.sync.state_changed.connect(
            lambda state: window.first_run.show_owner(has_account=True, has_synced=state.synced_at is not None)
        )
        self.account.opening.opened.connect(self.activity.fill)
        self.sync.activity_requested.connect(self.account.open_page)
        self.sync.state_changed.connect(self._show_sync)
        self.finishing = Finishing(window, tasks)
        self.finding.ended.connect(self.centre.show_details)
        tree.follow(self.bridge)
        tasks.failed.connect(self.notices.show_error)
        self.bridge.trouble.connect(self.notices.show_trouble)
        self.bridge.brought_back.connect(self.notices.show_brought_back)
        self.bridge.import_cut_short.connect(self.notices.show_cut_short)
        window.centre.step_requested.connect(self.reveal)
        window.centre.nodes.open_requested.connect(self.reveal)
        window.tree.open_requested.connect(lambda _ref: window.acts.focus_table.trigger())
        window.acts.quit.triggered.connect(window.close)
        self._connect_playback()
        window.close_guard = self._may_close_now
        self.transfers.rested.connect(lambda: self.notices.withdraw(self._asked))

    def start(self, state: dict[str, Any]) -> None:
        """Show what was last chosen, and begin the background work."""
        self.window.restore_panes(state)
        self.dialogs.show_scheme(self._core.program.settings)
        self.edits.start()
        if not self.window.is_first_run:
            self._choose_first(window_state.chosen_of(state))
        self.status.count()
        folder = state.get("folder")
        self.imports.start(folder if isinstance(folder, str) else "")
        self.transfers.start()
        self._core.background.start()
        self.account.start()
        self.sync.start()

    def close(self) -> None:
        """Close the controllers, the last started first."""
        self.sync.close()
        self.account.close()
        self.jobs.close()
        self.playback.close()
        self.dropping.close()
        self.centre.close()
        self.bridge.close()

    def reveal(self, ref: Ref) -> None:
        """Open the rows above this one and choose it; a take is shown in its section."""
        self.reveal_all([ref])

    def reveal_all(self, refs: list[Ref]) -> None:
        """Open the rows above the first of these rows of one kind, and choose those that are shown.

        A page that hides them is closed.
        """
        self.window.close_page()
        self._choose(refs)

    def _choose(self, refs: list[Ref]) -> None:
        is_take = refs[0].entity is Entity.TAKE

        def go(crumbs: tuple[Crumb, ...]) -> None:
            path = [Ref(crumb.entity, crumb.id) for crumb in crumbs if crumb.entity is not Entity.TAKE]
            if is_take:
                self.centre.choose_takes([ref.id for ref in refs])
            many = None if is_take or len(refs) == 1 else lambda: self.window.tree.choose(refs)
            above = path[-2].id if len(path) > 1 else None
            if self.window.tree_model.is_loaded(above):  # the row may be moving within the tree
                self.tree.read(above, lambda: self.tree.reveal(path, many))
            else:
                self.tree.reveal(path, many)

        self.tasks.start(lambda: self._core.catalogue.crumbs(refs[0]), "show").done(go)

    def _show_sync(self, state: SyncState) -> None:
        self.account.show_connection(connection_of_sync(state), state.synced_at)
        self.tree.wait(is_coming=state.is_coming)
        if state.code is SyncCode.UP_TO_DATE:
            self.status.hurry()
            self.tree.hurry()

    def _connect_playback(self) -> None:
        window, playback = self.window, self.playback
        self.centre.take_shown.connect(lambda details: playback.load_take(details.row.take.id))
        window.centre.takes.open_requested.connect(lambda ref: playback.play_take(ref.id))
        window.details.take.seek_requested.connect(playback.play_from)
        playback.said.connect(window.status.say)
        window.acts.play_take.triggered.connect(self._play_take)
        window.acts.play_chapter.triggered.connect(self._play_chapter)

    def _play_take(self) -> None:
        """Play the chosen take, else the current take of the section that is shown."""
        if (row := self.centre.take) is not None:
            self.playback.play_take(row.take.id)

    def _play_chapter(self) -> None:
        """Play the current takes of the chosen chapter, or of the one that contains the chosen section."""
        ref = self.window.tree.current()
        node = None if ref is None else self.window.tree_model.node_of(ref.id)
        if node is not None and node.ref.entity is Entity.CHAPTER:
            self.playback.play_chapter(node.ref.id)
        elif node is not None and node.ref.entity is Entity.SECTION and node.parent_id is not None:
            self.playback.play_chapter(node.parent_id)

    def _choose_first(self, ref: Ref | None) -> None:
        """Choose the row that was last chosen, else the first project."""
        first = self.window.tree_model.ref(self.window.tree_model.index(0, 0))

        def go(crumbs: tuple[Crumb, ...]) -> None:
            path = [Ref(crumb.entity, crumb.id) for crumb in crumbs]
            if path:
                self.tree.reveal(path)
            elif first is not None:
                self.window.tree.choose([first])

        if ref is not None and ref.entity is not Entity.PROJECT:
            self.tasks.start(lambda: self._core.catalogue.crumbs(ref), "show").done(go)
        elif ref is not None and self.window.tree_model.node_of(ref.id) is not None:
            self.window.tree.choose([ref])
        else:
            go(())

    def _may_close_now(self) -> bool:
        """Ask before closing the window cuts an import short; wait for edits that are not written yet."""
        if self._may_close or not self.transfers.is_importing:
            return self.finishing.may_close()
        self._asked = words.tr(
            "Files are still being copied into the library. Those that are done stay; the others would not be added."
        )
        self.notices.offer(self._asked, words.tr("Close anyway"), self._close_anyway, icon="triangle-alert")
        return False

    def _close_anyway(self) -> None:
        self._may_close = True
        self.window.close()
