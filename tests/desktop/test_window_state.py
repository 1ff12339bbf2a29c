"""The window keeps its state when the process is killed instead of closed."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.composition import Program
from audiodesk.desktop import desk as desk_module
from audiodesk.desktop.base import window_state
from audiodesk.desktop.desk import Desk
from audiodesk.domain.library.read_model import Ref
from tests.desktop.window import Book, open_desk, wait
from tests.views.dress import dress


def test_the_looks_are_kept_while_the_window_works(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "_KEEP_MS", 20)
    made: list[Book] = []
    with open_desk(qtbot, lambda core: made.append(Book(core))) as (core, desk):
        chapter: Ref = made[0].chapters[1]
        desk.reveal(chapter)
        wait(qtbot, lambda: window_state.chosen_of(window_state.load(core)) == chapter)
        desk.window.resize(1111, 707)
        before = window_state.load(core)
        wait(qtbot, lambda: window_state.load(core) != before)


def _widths(qtbot: QtBot, folder: Path, drag_to: list[int] | None = None) -> list[int]:
    """Open a window over the library in ``folder`` and close it; return the widths of its panes."""
    with Program(face="window") as program, program.open(folder) as core:
        if drag_to is not None:
            Book(core)
        desk = Desk(core, dress(cast("QApplication", QApplication.instance())))
        qtbot.addWidget(desk.window, before_close_func=lambda _window: desk.close())
        desk.show()
        wait(qtbot, lambda: desk.is_started and desk.tasks.is_idle)
        if drag_to is not None:
            desk.window._across.setSizes(drag_to)  # as a person drags the handles
        QApplication.processEvents()
        widths = desk.window._across.sizes()
        desk.close()
        return widths


def test_the_panes_keep_their_widths_past_an_empty_library(qtbot: QtBot, tmp_path: Path) -> None:
    _widths(qtbot, tmp_path / "book", drag_to=[230, 320, 240])
    before = _widths(qtbot, tmp_path / "book")  # now as wide as the screen allows
    _widths(qtbot, tmp_path / "empty")
    assert _widths(qtbot, tmp_path / "book") == before
