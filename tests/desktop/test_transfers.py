"""The Transfers dock lists files that were not added, each with a reason, advice, and a way to try again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.domain.errors import OutsideError
from audiodesk.local.file_copy import copy_file
from audiodesk.views.transfers.transfer_rows import RefusalRow
from tests.desktop.window import Book, wait
from tests.media.wav import wav


def rows(desk: Desk) -> list[RefusalRow]:
    return [row for row in desk.window.transfers.findChildren(RefusalRow) if row.isVisibleTo(desk.window.transfers)]


def said(row: RefusalRow) -> str:
    return "\n".join(label.text() for label in row.findChildren(QLabel))


def button(desk: Desk) -> QPushButton:
    (found,) = [b for b in desk.window.head.findChildren(QPushButton) if "Transfers" in b.text()]
    return found


@pytest.mark.slow
def test_what_a_full_disk_kept_out_stays_with_reason_and_retry(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled

    def full(source: str, *args: Any, **named: Any) -> Any:
        if "dusk" in source:
            raise OutsideError("disk-full", path="/library")
        return copy_file(source, *args, **named)

    with monkeypatch.context() as patch:
        patch.setattr("audiodesk.services.importing.import_stages.copy_file", full)
        patch.setattr("audiodesk.services.importing.wanted_files.free_bytes", lambda _folder: 1)
        desk.imports.drop(
            book.sections[0], [str(wav(tmp_path / "dawn.wav")), str(wav(tmp_path / "dusk.wav", seconds=3.3))]
        )
        wait(qtbot, lambda: len(rows(desk)) == 1)
    wait(qtbot, lambda: not desk.workbench.transfers.is_importing)
    assert desk.window.transfers.isVisible()
    (row,) = rows(desk)
    assert "dusk.wav" in said(row)
    assert str(tmp_path) in said(row)
    assert "The disk is full." in said(row)
    assert "more is needed" in said(row)
    assert button(desk).text().endswith("· 1")
    assert "1 file was not added" in button(desk).toolTip()
    qtbot.wait(3000)  # longer than the dock stays open without reason
    assert desk.window.transfers.isVisible()
    (retry,) = [b for b in row.findChildren(QPushButton) if b.text() == "Retry"]
    retry.click()
    wait(qtbot, lambda: rows(desk) == [])
    assert len(core.catalogue.takes(book.sections[0].id)) == 2
    assert "·" not in button(desk).text()


@pytest.mark.slow
def test_rows_are_sorted_by_what_becomes_of_them(qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path) -> None:
    core, desk, book = filled
    gone = wav(tmp_path / "gone.wav")
    page = tmp_path / "page.mp3"
    page.write_bytes(b"<!DOCTYPE html><html><body>Sign in</body></html>")
    plan = core.planner.plan([str(gone), str(page)], book.sections[0])
    gone.unlink()
    core.importer.import_files(plan)
    later = core.planner.plan([str(page)], book.sections[0])
    core.importer.import_files(later)
    wait(qtbot, lambda: len(rows(desk)) == 2)
    dock = desk.window.transfers
    wait(qtbot, lambda: dock.refused_names() == ["gone.wav", "page.mp3"])
    assert "press Retry" in said(next(row for row in rows(desk) if "gone.wav" in said(row)))


def test_a_drop_that_does_not_fit_says_so_before_anything_is_copied(
    qtbot: QtBot, filled: tuple[Core, Desk, Book], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, desk, book = filled
    monkeypatch.setattr("audiodesk.services.importing.planner.free_bytes", lambda _folder: 1000)
    desk.imports.drop(book.sections[0], [str(wav(tmp_path / "dawn.wav"))])
    wait(qtbot, lambda: desk.imports.preview is not None)
    assert desk.imports.preview is not None
    texts = [label.text() for label in desk.imports.preview.findChildren(QLabel)]
    assert any("more is needed" in text for text in texts), texts
    assert core.catalogue.takes(book.sections[0].id) == []
    desk.imports.preview.reject()
