"""Every control in every window has a name that a screen reader can say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportPlan, Place, PlannedFile
from audiodesk.views.dialogs.import_dialog import ImportDialog
from audiodesk.views.dialogs.move_dialog import MoveDialog
from tests.desktop.window import Book, open_desk, wait

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QTextEdit,
)


def nameless(window: QWidget) -> list[str]:
    """Return the controls of ``window`` without an accessible name, except Qt's own inner parts."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, _CONTROLS) or isinstance(widget, QScrollBar) or _is_inner(widget):
            continue
        reader = QAccessible.queryAccessibleInterface(widget)
        name = reader.text(QAccessible.Text.Name) if reader is not None else widget.accessibleName()
        if not (name or "").strip():
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


def _is_inner(widget: QWidget) -> bool:
    """Tell whether Qt made this as a part of another control: a header, a combo box's list, a clear button."""
    if widget.objectName().startswith("qt_") or type(widget).__name__ in ("QHeaderView", "QTableCornerButton"):
        return True
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, (QComboBox, QLineEdit)):
            return True
        above = above.parentWidget()
    return isinstance(widget.parentWidget(), QAbstractItemView)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[tuple[Core, Desk, Book]]:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, made):
        yield core, made, books[0]


def test_every_control_of_the_window_has_a_name(qtbot: QtBot, desk: tuple[Core, Desk, Book]) -> None:
    _, made, _ = desk
    assert nameless(made.window) == []


@pytest.mark.slow
@pytest.mark.parametrize("act", ["open_trash", "add_many", "properties", "settings", "keys", "about"])
def test_every_control_of_a_dialog_has_a_name(qtbot: QtBot, desk: tuple[Core, Desk, Book], act: str) -> None:
    _, made, book = desk
    made.reveal(book.project)
    wait(qtbot, lambda: made.window.tree.current() == book.project)
    action: QAction = getattr(made.window.acts, act)
    action.trigger()
    wait(qtbot, lambda: made.dialogs.dialog is not None)
    dialog = made.dialogs.dialog
    assert dialog is not None
    assert nameless(dialog) == []
    assert dialog.windowTitle()


def test_every_control_of_the_preview_and_of_moving_has_a_name(qtbot: QtBot) -> None:
    plan = ImportPlan(None, (PlannedFile("/a/b.wav", "b.wav", 1, Place(project_title="A", chapter_title="B")),))
    for dialog in (ImportDialog(plan, ""), MoveDialog(Entity.SECTION)):
        qtbot.addWidget(dialog)
        assert nameless(dialog) == []


def test_every_act_is_in_a_menu_and_no_key_is_given_twice(qtbot: QtBot, desk: tuple[Core, Desk, Book]) -> None:
    _, made, _ = desk
    in_menus = [act for top in made.window.menuBar().actions() for act in _below(top)]
    assert [act.text() for act in made.window.acts.all() if act not in in_menus] == []
    keys = [key.toString() for act in made.window.acts.all() for key in act.shortcuts()]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert QApplication.activeModalWidget() is None


def _below(action: QAction) -> list[QAction]:
    menu = action.menu()
    if not isinstance(menu, QMenu):
        return [action]
    return [found for inner in menu.actions() for found in _below(inner)]
