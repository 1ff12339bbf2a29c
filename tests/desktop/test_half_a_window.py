"""If the rest of a window cannot be built, it closes after one try, gives the reason, and the collector is on again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from audiodesk.composition import open_core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from tests.desktop.window import wait
from tests.views.dress import dress


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    made: list[str] = []

    def broken(*_args: object) -> None:
        made.append("once")
        raise ValueError("one injected error")

    monkeypatch.setattr("audiodesk.desktop.workbench.PlaybackController.__init__", broken)
    monkeypatch.setattr("audiodesk.desktop.desk._PAINT_MS", 50)
    gc.disable()
    yield made
    gc.enable()


def test_it_is_tried_once_and_closes_with_the_reason(qtbot: QtBot, attempts: list[str]) -> None:
    theme = dress(cast("QApplication", QApplication.instance()))
    with open_core(face="window") as core:
        desk = Desk(core, theme)
        qtbot.addWidget(desk.window)
        desk.show()
        wait(qtbot, lambda: not desk.window.isVisible())
        qtbot.wait(150)  # the second trigger, 50 ms after the start, must not try again
        assert attempts == ["once"]
        assert gc.isenabled()
        assert desk.failure is not None
        assert "one injected error" in desk.failure.details


def test_the_program_says_why_and_ends(qtbot: QtBot, attempts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            said.append(box.detailedText())
            box.close()
        else:
            QTimer.singleShot(50, read)

    running = QApplication.instance()
    monkeypatch.setattr(application, "QApplication", lambda _argv: running)
    QTimer.singleShot(50, read)
    assert application.main([]) != 0
    assert said == ["ValueError: one injected error"]
    assert attempts == ["once"]
