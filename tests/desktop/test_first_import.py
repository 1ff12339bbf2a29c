"""The first import is visible: library and transfers appear at once, and the new project is chosen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QSplitter
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.entity import Entity
from audiodesk.local.file_copy import copy_file
from audiodesk.views.transfers.transfer_rows import JobRow
from tests.desktop.window import open_desk, titles, wait
from tests.media.wav import wav


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, threading.Event]]:
    """Copies wait for the event of their file's name."""
    gates: dict[str, threading.Event] = {}

    def copy(source: str, *args: Any, **named: Any) -> Any:
        if (gate := gates.get(Path(source).stem)) is not None:
            gate.wait(20)
        return copy_file(source, *args, **named)

    monkeypatch.setattr("audiodesk.services.importing.import_stages.copy_file", copy)
    yield gates
    for gate in gates.values():
        gate.set()


@pytest.mark.slow
def test_the_first_import_is_seen_from_its_first_moment(
    qtbot: QtBot, tmp_path: Path, held: dict[str, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Any long job opens the dock after a while; here the start of the import alone must do it.
    monkeypatch.setattr("audiodesk.desktop.importing.transfers_controller._SHOW_AFTER_MS", 60_000)
    held.update(Dawn=threading.Event(), Ferry=threading.Event())
    wav(tmp_path / "Salt" / "1 Well" / "Dawn.wav")
    wav(tmp_path / "Salt" / "2 River" / "Ferry.wav", seconds=1.5)
    with open_desk(qtbot) as (core, desk):
        desk.window.first_run.files_dropped.emit([str(tmp_path / "Salt")])
        wait(qtbot, lambda: desk.imports.preview is not None)
        assert desk.imports.preview is not None
        desk.imports.preview.accept()
        wait(qtbot, lambda: not desk.window.is_first_run)
        assert core.catalogue.totals().takes == 0, "before the first file is there"
        assert desk.window.transfers.isVisible()
        wait(qtbot, lambda: any(row.isVisible() for row in desk.window.transfers.findChildren(JobRow)))
        held["Dawn"].set()
        wait(qtbot, lambda: titles(desk) == ["Salt"])
        wait(qtbot, lambda: (ref := desk.window.tree.current()) is not None and ref.entity is Entity.PROJECT)
        assert desk.workbench.transfers.is_importing
        held["Ferry"].set()
        wait(qtbot, lambda: core.catalogue.totals().takes == 2)
        wait(qtbot, lambda: (ref := desk.window.tree.current()) is not None and ref.entity is Entity.SECTION)


@pytest.mark.slow
def test_where_nothing_came_the_reason_is_seen_and_the_first_page_is_back_behind_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    page = tmp_path / "page.mp3"
    page.write_bytes(b"<!DOCTYPE html><html><body>Sign in</body></html>")
    with open_desk(qtbot) as (_, desk):
        desk.window.first_run.files_dropped.emit([str(page)])
        wait(qtbot, lambda: desk.imports.preview is not None)
        assert desk.imports.preview is not None
        desk.imports.preview.accept()
        wait(qtbot, lambda: desk.window.transfers.refused_names() == ["page.mp3"])
        wait(qtbot, lambda: not desk.workbench.transfers.is_importing)
        qtbot.wait(100)
        assert desk.window.transfers.isVisible()
        assert not desk.window.is_first_run
        desk.window.show_transfers(is_shown=False)
        assert desk.window.is_first_run


def test_the_transfers_are_as_high_as_one_pulls_them_also_after_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, lambda core: core.library.add_project("Salt")) as (_, desk):
        window = desk.window
        window.show_transfers(is_shown=True)
        qtbot.wait(50)
        before = window.transfers.height()
        splitter = window.transfers.parentWidget()
        assert isinstance(splitter, QSplitter)
        handle = splitter.handle(1)
        middle = handle.rect().center()
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        for kind, button, buttons, at in (
            (QEvent.Type.MouseButtonPress, left, left, middle),
            (QEvent.Type.MouseMove, none, left, middle - QPoint(0, 150)),
            (QEvent.Type.MouseButtonRelease, left, none, middle - QPoint(0, 150)),
        ):
            there = handle.mapToGlobal(at).toPointF()
            no_keys = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(handle, QMouseEvent(kind, at.toPointF(), there, button, buttons, no_keys))
        pulled = window.transfers.height()
        assert pulled > before + 120
        window.show_transfers(is_shown=False)
        desk.window.close()
    with open_desk(qtbot) as (_, desk):
        desk.window.show_transfers(is_shown=True)
        qtbot.wait(50)
        assert abs(desk.window.transfers.height() - pulled) < 20
