"""Opens the dialogs and passes their requests to the library."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import QDialog, QMenu

import audiodesk
from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.base.open_dialog import OpenDialog
from audiodesk.desktop.library.library_controller import LibraryController
from audiodesk.desktop.library.properties_controller import PropertiesController
from audiodesk.desktop.library.trash_emptying import TrashEmptying
from audiodesk.desktop.library.tree_controller import fill_tree
from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import ProjectDetails, TrashItem, TrashLoss
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.settings import Settings
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.dialogs.keys_dialog import KeysDialog
from audiodesk.views.dialogs.move_dialog import MoveDialog
from audiodesk.views.dialogs.server_settings import ServerSettings
from audiodesk.views.dialogs.settings_dialog import SettingsDialog
from audiodesk.views.dialogs.titles_dialog import TitlesDialog
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from audiodesk.views.parts.theme import Theme

__all__ = ["DialogsController"]


class DialogsController(Controller):
    """Opens one dialog at a time; none blocks the window's event loop."""

    def __init__(
        self,
        shared: Shared,
        edits: LibraryController,
        properties: PropertiesController,
        emptying: TrashEmptying,
        theme: Theme,
    ) -> None:
        super().__init__(shared)
        window, bridge = self._window, self._bridge
        self._edits, self._properties, self._emptying, self._theme = edits, properties, emptying, theme
        self._open_dialog: OpenDialog[QDialog] = OpenDialog()
        self._trash: TrashDialog | None = None
        self.server_part: Callable[[], ServerSettings] | None = None
        """Makes the part of the settings about the server."""
        a = window.acts
        for action, handler in (
            (a.open_trash, self.open_trash),
            (a.add_many, self.open_many),
            (a.properties, self.open_properties),
            (a.settings, self.open_settings),
            (a.move_to, self.open_move),
            (a.keys, self.open_keys),
            (a.about, self.open_about),
            (a.show_logs, self._open_logs),
        ):
            action.triggered.connect(lambda *_checked, h=handler: h())
        for action, scheme in ((a.scheme_system, "system"), (a.scheme_light, "light"), (a.scheme_dark, "dark")):
            action.triggered.connect(lambda *_checked, s=scheme: self._choose_scheme(s))
        window.centre.many_requested.connect(self.open_many)
        window.details.node.properties_requested.connect(self.open_properties)
        bridge.tree_changed.connect(lambda _parents: self._read_trash())
        bridge.takes_changed.connect(lambda _sections: self._read_trash())
        bridge.changed_elsewhere.connect(lambda *_: self._read_trash())
        emptying.ended.connect(self._read_trash)

    @property
    def dialog(self) -> QDialog | None:
        """The open dialog; None if there is none."""
        return self._open_dialog.shown

    # -- trash -----------------------------------------------------------------------------------------------------

    def open_trash(self) -> None:
        """Show what can be restored."""
        dialog = self._trash = TrashDialog(self._window)
        dialog.restore_requested.connect(self._restore)
        dialog.empty_requested.connect(self._emptying.empty)
        # While the dialog is open, the job's row in the window, with its cancel button, cannot be reached.
        dialog.empty_requested.connect(dialog.accept)
        dialog.finished.connect(self._forget_trash)
        self._open_dialog.open(dialog)
        self._read_trash()

    def _read_trash(self) -> None:
        if self._trash is not None:
            catalogue = self._core.catalogue
            task = self._tasks.start(lambda: (catalogue.trash(), catalogue.trash_loss()), "read")
            task.done(self._show_trash).failed(self._notices.show_error_in(self._trash))

    def _show_trash(self, read: tuple[list[TrashItem], TrashLoss]) -> None:
        if self._trash is not None:
            items, loss = read
            self._trash.show_items(items, loss, is_emptying=self._emptying.is_running)

    def _restore(self, refs: list[Ref]) -> None:
        self._edits.edit(
            lambda: self._core.library.restore(refs), lambda _result: self._read_trash(), asked_in=self._trash
        )

    def _forget_trash(self) -> None:
        self._trash = None

    # -- projects --------------------------------------------------------------------------------------------------

    def open_many(self) -> None:
        """Ask for titles of many chapters for the chosen project, or of many sections for the chosen chapter."""
        parent = self._parent_of_many()
        node = None if parent is None else self._window.tree_model.node_of(parent.id)
        if parent is None or node is None:
            return
        entity = Entity.CHAPTER if parent.entity is Entity.PROJECT else Entity.SECTION
        dialog = TitlesDialog(entity, node.title, self._window)

        def add() -> None:
            dialog.begin_adding()
            self._edits.add_many(parent, dialog.titles(), dialog)

        dialog.add_requested.connect(add)
        self._open_dialog.open(dialog)

    def open_properties(self, ref: Ref | None = None) -> None:
        """Edit the properties of the project ``ref``, else of the project that contains the chosen row."""
        node = self._window.tree_model.node_of((ref or self._window.tree.current() or Ref(Entity.PROJECT, "")).id)
        while node is not None and node.parent_id is not None:
            node = self._window.tree_model.node_of(node.parent_id)
        if node is not None:
            project_id = node.ref.id
            task = self._tasks.start(lambda: self._core.catalogue.project(project_id), "show")
            task.done(self._show_properties).failed(self._notices.show_error)

    def _show_properties(self, details: ProjectDetails) -> None:
        self._open_dialog.open(self._properties.make_dialog(details))

    def _parent_of_many(self) -> Ref | None:
        current = self._window.tree.current()
        if current is None or current.entity is not Entity.SECTION:
            return current
        node = self._window.tree_model.node_of(current.id)
        above = None if node is None or node.parent_id is None else self._window.tree_model.node_of(node.parent_id)
        return None if above is None else above.ref

    # -- moving ----------------------------------------------------------------------------------------------------

    def open_move(self) -> None:
        """Ask for the parent to which the chosen rows are moved."""
        refs = self._window.chosen.rows()
        if not refs or refs[0].entity.parent is None or len({ref.entity for ref in refs}) != 1:
            return
        dialog = MoveDialog(refs[0].entity, self._window)
        fill_tree(self._core, self._tasks, dialog.model, self._notices.show_error_in(dialog))
        dialog.tree.expand_ids(self._window.tree.expanded_ids())

        def move() -> None:
            if (target := dialog.target()) is not None:
                dialog.begin_moving()
                self._edits.move(refs, target.id, None, dialog)

        def show(has_target: bool) -> None:  # noqa: FBT001 - an answer
            if not has_target and self._open_dialog.shown is dialog:
                dialog.show_no_target()

        dialog.move_requested.connect(move)
        self._open_dialog.open(dialog)
        task = self._tasks.start(lambda: self._has_other_parent(refs[0]), "show")
        task.done(show).failed(self._notices.show_error_in(dialog))

    def _has_other_parent(self, ref: Ref) -> bool:
        """On the reading thread: return whether another row could be the parent of ``ref``."""
        crumbs = self._core.catalogue.crumbs(ref)
        own = crumbs[-2].id if len(crumbs) > 1 else ""

        def search(above: Ref | None) -> bool:
            for node in self._core.tree.children(above):
                if (node.ref.entity is ref.entity.parent and node.ref.id != own) or (
                    node.ref.entity is not ref.entity.parent and search(node.ref)
                ):
                    return True
            return False

        return search(None)

    # -- settings --------------------------------------------------------------------------------------------------

    def show_scheme(self, settings: Settings) -> None:
        """Check the chosen colours in the menu."""
        a = self._window.acts
        {"system": a.scheme_system, "light": a.scheme_light, "dark": a.scheme_dark}[settings.scheme].setChecked(True)

    def open_settings(self) -> None:
        """Show the settings; each change takes effect at once."""
        folders = self._core.program.folders
        places = [
            (words.tr("Library"), str(self._core.library_folder)),
            (words.tr("Settings"), str(folders.config)),
            (words.tr("Logs"), str(folders.logs)),
        ]
        shown = [self._core.program.settings]
        server = None if self.server_part is None else self.server_part()
        dialog = SettingsDialog(shown[0], places, self._window, server)

        def keep(settings: Settings) -> None:
            self._keep_settings(settings, shown[-1], dialog)
            shown.append(settings)

        dialog.changed.connect(keep)
        self._open_dialog.open(dialog)

    def _keep_settings(self, settings: Settings, shown: Settings, dialog: Dialog | None = None) -> None:
        """Store only what differs from ``shown``: another window may have changed other settings since."""
        before = shown.to_mapping()
        changed = {name: value for name, value in settings.to_mapping().items() if value != before[name]}
        self._theme.choose(settings.scheme)
        self.show_scheme(settings)
        store = self._core.program.settings_store
        failed = self._notices.show_error if dialog is None else self._notices.show_error_in(dialog)
        self._tasks.start(lambda: store.change(**changed), "edit").failed(failed)

    def _choose_scheme(self, scheme: str) -> None:
        shown = self._core.program.settings
        self._keep_settings(Settings.from_mapping({**shown.to_mapping(), "scheme": scheme}), shown)

    # -- help ------------------------------------------------------------------------------------------------------

    def open_keys(self) -> None:
        """List all keys, menu by menu."""
        groups: list[tuple[str, list[QAction]]] = []
        for top in self._window.menuBar().actions():
            menu = top.menu()
            if isinstance(menu, QMenu):
                groups.append((top.text().replace("&", ""), menu.actions()))
        self._open_dialog.open(KeysDialog(groups, self._window))

    def open_about(self) -> None:
        """Show what this program is."""
        dialog = Dialog("AudioDesk", parent=self._window)
        dialog.say(
            words.tr(
                "Version {version}. For people who make narration: recordings checked, kept and found again.\n\n"
                "Free software under the GNU General Public License, version 3 or later. "
                "Icons by Lucide, under the ISC licence."
            ).format(version=audiodesk.__version__)
        )
        dialog.add_closing(words.tr("Close"), primary=True)
        dialog.resize(dialog.sizeHint())
        self._open_dialog.open(dialog)

    def _open_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._core.program.folders.logs)))
