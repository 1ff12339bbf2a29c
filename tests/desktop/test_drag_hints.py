"""The hints shown while rows and takes are dragged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QDragLeaveEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.desktop.desk import Desk
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.parts.dragging import count_text
from tests.desktop.window import Book, open_desk, wait
from tests.dragging import hold_over, let_go
from tests.media.wav import wav


def hold(desk: Desk, ref: Ref, data: QMimeData, *, above: bool = False, drop: bool = False) -> None:
    """Hold ``data`` over a row of the tree, or over its upper edge; let go of it if ``drop``."""
    tree = desk.window.tree
    rect = tree.visualRect(desk.window.tree_model.index_of(ref.id))
    at = QPoint(rect.center().x(), rect.top() + 2) if above else rect.center()
    hold_over(tree.viewport(), at, data, Qt.DropAction.MoveAction)
    if drop:
        let_go(tree.viewport(), at, data, Qt.DropAction.MoveAction)


def show(qtbot: QtBot, desk: Desk, ref: Ref) -> None:
    desk.reveal(ref)
    wait(qtbot, lambda: desk.window.tree.current() == ref)


def rows(desk: Desk, *refs: Ref) -> QMimeData:
    model = desk.window.tree_model
    return model.mimeData([model.index_of(ref.id) for ref in refs])


def test_where_rows_would_go_is_said_by_name(qtbot: QtBot) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        well, river = books[0].chapters
        dawn, dusk, river_dawn, _ = books[0].sections
        for shown in (dawn, river_dawn):
            show(qtbot, desk, shown)
        status = desk.window.status
        hold(desk, river, rows(desk, dusk))
        assert status.text == "Move “Dusk” into “2 · The River”"
        hold(desk, river_dawn, rows(desk, dawn, dusk), above=True)
        assert status.text == "Move 2 sections before “Dawn”"
        hold(desk, river, rows(desk, well))
        assert status.text == "Move “1 · The Well” to the end of “The Salt Road”"
        hold(desk, books[0].project, rows(desk, dusk))
        assert "Move" not in status.text  # a section cannot be moved into a project directly
        hold(desk, river, rows(desk, dusk))
        QApplication.sendEvent(desk.window.tree.viewport(), QDragLeaveEvent())
        assert "Move" not in status.text


@pytest.mark.slow
def test_where_a_take_would_go_is_said_by_name(qtbot: QtBot, tmp_path: Path) -> None:
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        dawn, dusk = books[0].sections[:2]
        desk.reveal(dawn)
        wait(qtbot, lambda: desk.window.centre.ref == dawn)
        desk.imports.drop(dawn, [str(wav(tmp_path / "dawn.wav"))])
        model = desk.window.centre.take_model
        wait(qtbot, lambda: model.rowCount() == 1)
        data = model.mimeData([model.index(0, 0)])
        hold(desk, dusk, data)
        assert desk.window.status.text == "Move “dawn.wav” into “Dusk”"
        hold(desk, books[0].project, data)
        assert "Move" not in desk.window.status.text


@pytest.mark.slow
def test_a_drag_shows_how_many_rows_it_carries_beside_the_pointer(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    books: list[Book] = []
    seen: list[tuple[int, QPoint]] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (_, desk):
        desk.reveal(books[0].sections[0])
        wait(qtbot, lambda: desk.window.tree.current() == books[0].sections[0])
        monkeypatch.setattr(QDrag, "exec", lambda drag, _actions: seen.append((drag.pixmap().height(), drag.hotSpot())))
        desk.window.tree.startDrag(Qt.DropAction.MoveAction)
        assert count_text(books[0].chapters) == "2 chapters"
        ((height, spot),) = seen
        assert 0 < height <= 40
        assert spot.x() < 0
        assert spot.y() < 0
