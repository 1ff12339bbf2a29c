"""A whole window over a library of its own, for tests of the controllers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, open_core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.library.read_model import Ref
from tests.dragging import hold_over, let_go
from tests.views.dress import dress

__all__ = ["Book", "choose", "drag", "files", "open_desk", "titles", "wait"]

_WAIT_MS = 60_000


class Book:
    """A project with two chapters of two sections each."""

    def __init__(self, core: Core) -> None:
        self.project = core.library.add_project("The Salt Road")
        self.chapters = core.library.add_many(self.project, ["1 · The Well", "2 · The River"])
        self.sections = [ref for chapter in self.chapters for ref in core.library.add_many(chapter, ["Dawn", "Dusk"])]


@contextlib.contextmanager
def open_desk(qtbot: QtBot, fill: Callable[[Core], object] | None = None) -> Iterator[tuple[Core, Desk]]:
    """Open the test's library, fill it, and show its window; all is closed at the end."""
    theme = dress(cast("QApplication", QApplication.instance()))
    with open_core(face="window") as core:
        if fill is not None:
            fill(core)
        desk = Desk(core, theme)
        qtbot.addWidget(desk.window, before_close_func=lambda _window: desk.close())
        desk.show()
        desk.window.activateWindow()
        qtbot.waitUntil(lambda: desk.is_started, timeout=_WAIT_MS)
        wait(qtbot, lambda: desk.tasks.is_idle)
        try:
            yield core, desk
        finally:
            desk.close()


def wait(qtbot: QtBot, until: Callable[[], bool]) -> None:
    """Run the event loop until something holds."""
    qtbot.waitUntil(until, timeout=_WAIT_MS)


def titles(desk: Desk, parent: Ref | None = None) -> list[str]:
    """Return what the tree shows below a row."""
    model = desk.window.tree_model
    above = model.index_of(parent.id) if parent is not None else model.index(-1, 0)
    return [str(model.index(row, 0, above).data()) for row in range(model.rowCount(above))]


def choose(qtbot: QtBot, desk: Desk, ref: Ref) -> None:
    """Choose a row as a person would, once it is there, and wait until the centre shows it."""
    desk.reveal(ref)
    wait(qtbot, lambda: desk.window.centre.ref == ref and desk.window.tree.current() == ref)


def drag(desk: Desk, ref: Ref, data: QMimeData, *, drop: bool, below: bool = False) -> None:
    """Hold ``data`` over a row of the tree, and let go of it if ``drop``."""
    tree = desk.window.tree
    rect = tree.visualRect(desk.window.tree_model.index_of(ref.id))
    at = rect.center() if not below else rect.bottomLeft()
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    hold_over(tree.viewport(), at, data, actions)
    if drop:
        let_go(tree.viewport(), at, data, actions)


def files(*paths: Path) -> QMimeData:
    """Return files as a file manager drags them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data
