"""All actions of the window, each with words, key and icon; menus, toolbar and context menus share them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from audiodesk.domain import words
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.views.parts import icons
from audiodesk.views.parts.status_look import STATUS_ICONS

__all__ = ["Actions"]

_Keys = str | QKeySequence.StandardKey | None


class Actions(QObject):
    """One attribute for each action."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._file()
        self._edit()
        self._view()
        self._section()
        self._take()
        self._transfers()
        self._help()

    def all(self) -> list[QAction]:
        """Return all actions, for the list of keys."""
        return [value for value in vars(self).values() if isinstance(value, QAction)]

    def show_undo(self, undo: str, redo: str) -> None:
        """Name the edits to undo and redo; an empty name means that there is none."""
        self.undo.setText(words.tr("Undo {act}").format(act=undo) if undo else words.tr("Undo"))
        self.undo.setEnabled(bool(undo))
        self.redo.setText(words.tr("Redo {act}").format(act=redo) if redo else words.tr("Redo"))
        self.redo.setEnabled(bool(redo))

    def set_all_enabled(self, *, enabled: bool) -> None:
        """Enable all actions, or none: nothing handles them before the window is complete."""
        self.enable(self.all(), enabled=enabled)

    def status_acts(self) -> dict[SectionStatus, QAction]:
        """Return the action for each status of a section."""
        return {
            SectionStatus.TO_RECORD: self.mark_to_record,
            SectionStatus.RECORDED: self.mark_recorded,
            SectionStatus.RETAKE: self.mark_retake,
            SectionStatus.APPROVED: self.mark_approved,
        }

    def enable(self, acts: Iterable[QAction], *, enabled: bool) -> None:
        """Enable or disable these actions."""
        for act in acts:
            act.setEnabled(enabled)

    def _file(self) -> None:
        keys = QKeySequence.StandardKey
        self.add_files = self._make(words.tr("Add audio…"), keys.Open, "plus")
        self.add_folder = self._make(words.tr("Add folder…"), "Ctrl+Shift+O", "folder")
        self.new_project = self._make(words.tr("New project"), keys.New, "book")
        self.new_chapter = self._make(words.tr("New chapter"), "Ctrl+Shift+N", "folder-plus")
        self.new_section = self._make(words.tr("New section"), "Ctrl+Alt+N", "mic")
        self.add_many = self._make(words.tr("Add many chapters…"), None, "list-plus")
        self.properties = self._make(words.tr("Properties…"), "Alt+Return", "pencil")
        self.settings = self._make(words.tr("Settings…"), "Ctrl+,", "settings")
        self.settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.quit = self._make(words.tr("Quit"), keys.Quit)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _edit(self) -> None:
        keys = QKeySequence.StandardKey
        self.undo = self._make(words.tr("Undo"), keys.Undo, "undo-2")
        self.redo = self._make(words.tr("Redo"), keys.Redo, "redo-2")
        first = QKeySequence("Ctrl+Shift+Z")  # the same key on every platform, in front of the platform's own ones
        self.redo.setShortcuts([first, *(key for key in QKeySequence.keyBindings(keys.Redo) if key != first)])
        self.paste = self._make(words.tr("Paste files"), keys.Paste)
        self.rename = self._make(words.tr("Rename"), "F2", "pencil")
        self.trash = self._make(words.tr("Move to trash"), keys.Delete, "trash-2")
        self.move_up = self._make(words.tr("Move up"), "Alt+Up")
        self.move_down = self._make(words.tr("Move down"), "Alt+Down")
        self.move_to = self._make(words.tr("Move to…"), "Ctrl+Shift+M")
        self.select_all = self._make(words.tr("Select all"), keys.SelectAll)
        self.find = self._make(words.tr("Find"), keys.Find, "search")
        self.open_trash = self._make(words.tr("Trash…"), None, "trash-2")

    def _view(self) -> None:
        self.expand_all = self._make(words.tr("Open all chapters"), "Ctrl+Shift+E")
        self.collapse_all = self._make(words.tr("Close all"), "Ctrl+Shift+C")
        self.show_details = self._make(words.tr("Details"), "Ctrl+I", "info")
        self.show_details.setCheckable(True)
        self.show_details.setChecked(True)
        self.scheme_system = self._make(words.tr("As the system"), None)
        self.scheme_light = self._make(words.tr("Light"), None)
        self.scheme_dark = self._make(words.tr("Dark"), None)
        for scheme in (self.scheme_system, self.scheme_light, self.scheme_dark):
            scheme.setCheckable(True)
        self.focus_tree = self._make(words.tr("Go to the tree"), "Ctrl+1")
        self.focus_table = self._make(words.tr("Go to the table"), "Ctrl+2")
        self.focus_player = self._make(words.tr("Go to the player"), "Ctrl+3")

    def _section(self) -> None:
        self.mark_to_record = self._make(words.tr("Mark as to record"), "Alt+1")
        self.mark_recorded = self._make(words.tr("Mark as recorded"), "Alt+2")
        self.mark_retake = self._make(words.tr("Mark as retake"), "Alt+3")
        self.mark_approved = self._make(words.tr("Mark as approved"), "Alt+4")
        for status, act in self.status_acts().items():
            act.setIcon(icons.icon(STATUS_ICONS[status]))
            act.setIconVisibleInMenu(False)
            act.setCheckable(True)

    def _take(self) -> None:
        self.make_current = self._make(words.tr("Make current"), "Ctrl+Return", "check")
        self.previous_take = self._make(words.tr("Return to the previous take"), "Ctrl+Backspace", "history")
        self.play_take = self._make(words.tr("Play this take"), "Ctrl+P", "play")
        self.play_chapter = self._make(words.tr("Play the chapter"), "Ctrl+Shift+P", "play")
        self.edit_notes = self._make(words.tr("Edit notes"), "Ctrl+E", "pencil")

    def _transfers(self) -> None:
        self.show_transfers = self._make(words.tr("Transfers"), "Ctrl+J", "arrow-down-up")
        self.show_transfers.setCheckable(True)
        self.cancel_import = self._make(words.tr("Cancel import"), "Ctrl+.", "x")
        self.dismiss_refused = self._make(words.tr("Dismiss all that were not added"), None)
        self.sync_now = self._make(words.tr("Sync now"), "F5", "refresh-cw")
        self.pause_uploads = self._make(words.tr("Pause uploads"), None)
        self.pause_uploads.setCheckable(True)
        self.verify = self._make(words.tr("Check the library's files…"), None)
        self.open_found = self._make(words.tr("Recordings that no book knows…"), None)

    def _help(self) -> None:
        self.keys = self._make(words.tr("Keys"), QKeySequence.StandardKey.HelpContents, "keyboard")
        self.show_logs = self._make(words.tr("Show the folder of the logs"), None, "folder")
        self.about = self._make(words.tr("About AudioDesk"), None, "info")
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _make(self, text: str, keys: _Keys, icon: str = "") -> QAction:
        action = QAction(text, self)
        action.setProperty("plain", text)  # the text without the name of the edit
        if isinstance(keys, str):
            action.setShortcut(QKeySequence(keys))
        elif keys is not None:
            action.setShortcuts(keys)
        if icon:
            action.setIcon(icons.icon(icon))
            action.setIconVisibleInMenu(False)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self._window.addAction(action)
        return action
