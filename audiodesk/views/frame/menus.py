"""The menu bar and the context menus, built from the window's actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.views.parts.actions import Actions
from audiodesk.views.player.player_actions import PlayerActions

__all__ = ["Menus"]


class Menus:
    """Builds the menus once; the actions themselves change the words for undo and redo."""

    def __init__(self, window: QMainWindow, actions: Actions, playback: PlayerActions) -> None:
        self._window = window
        self._actions = actions
        self._playback = playback
        self._build()

    def context_menu(self, entity: Entity | None, parent: QWidget) -> QMenu:
        """Return the menu for chosen rows of this kind; None is the menu for an empty place."""
        a = self._actions
        menu = QMenu(parent)
        if entity is Entity.TAKE:
            self._fill(menu, [a.play_take, None, a.make_current, a.previous_take, a.edit_notes, None])
        elif entity is Entity.SECTION:
            self._fill(menu, [a.add_files, a.play_chapter, None])
            self._add_statuses(menu)
            self._fill(menu, [None, a.new_section, None])
        elif entity is Entity.CHAPTER:
            self._fill(menu, [a.add_files, a.add_folder, a.play_chapter, None, a.new_section, a.add_many, None])
        elif entity is Entity.PROJECT:
            self._fill(menu, [a.add_files, a.add_folder, None, a.new_chapter, a.add_many, a.properties, None])
        else:
            self._fill(menu, [a.new_project, a.add_files, a.add_folder])
            return menu
        self._fill(menu, [a.rename, a.move_to, a.move_up, a.move_down, None, a.trash])
        return menu

    def _build(self) -> None:
        a = self._actions
        self._menu(
            words.tr("&File"),
            [
                *(a.add_files, a.add_folder, None),
                *(a.new_project, a.new_chapter, a.new_section, a.add_many, None),
                *(a.properties, a.settings, None, a.quit),
            ],
        )
        self._menu(
            words.tr("&Edit"),
            [
                *(a.undo, a.redo, None, a.paste, a.select_all, None),
                *(a.rename, a.move_up, a.move_down, a.move_to, None),
                *(a.trash, a.open_trash, None, a.find),
            ],
        )
        view = self._menu(
            words.tr("&View"), [a.show_details, a.show_transfers, None, a.expand_all, a.collapse_all, None]
        )
        schemes = QActionGroup(self._window)
        scheme = view.addMenu(words.tr("Colours"))
        for act in (a.scheme_system, a.scheme_light, a.scheme_dark):
            schemes.addAction(act)
            scheme.addAction(act)
        self._fill(view, [None, a.focus_tree, a.focus_table, a.focus_player])
        take = self._menu(words.tr("&Take"), [a.make_current, a.previous_take, a.edit_notes, None])
        self._add_statuses(take)
        play = self._menu(words.tr("&Playback"), [a.play_take, a.play_chapter, None])
        for group in self._playback.in_menu():
            play.addActions(group)
            play.addSeparator()
        play.addMenu(words.tr("Speed")).addActions(self._playback.rates)
        self._menu(
            words.tr("T&ransfers"),
            [
                a.sync_now,
                a.pause_uploads,
                None,
                a.show_transfers,
                a.cancel_import,
                a.dismiss_refused,
                None,
                a.verify,
                a.open_found,
            ],
        )
        self._menu(words.tr("&Help"), [a.keys, a.show_logs, None, a.about])

    def _menu(self, title: str, acts: Sequence[QAction | None]) -> QMenu:
        menu = self._window.menuBar().addMenu(title)
        self._fill(menu, acts)
        return menu

    def _add_statuses(self, menu: QMenu) -> None:
        statuses = menu.addMenu(words.tr("Section status"))
        statuses.addActions(list(self._actions.status_acts().values()))

    @staticmethod
    def _fill(menu: QMenu, acts: Iterable[QAction | None]) -> None:
        for act in acts:
            if act is None:
                menu.addSeparator()
            else:
                menu.addAction(act)
