"""The window keeps its state when the process is killed instead of closed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop import desk as desk_module
from audiodesk.desktop.base import window_state
from audiodesk.domain.library.read_model import Ref
from tests.desktop.window import Book, open_desk, wait


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
