"""Dialogs that wait for work: what can be pressed meanwhile and afterwards, and how long an error stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.found import FoundRecording
from audiodesk.views.dialogs.found_dialog import FoundDialog
from audiodesk.views.dialogs.trash_dialog import TrashDialog
from tests.views.samples import trashed

RECORDING = FoundRecording(
    sha256="ab" * 32,
    kind=Kind.WAV,
    path="ab",
    size=100,
    modified_at=0,
    day="2026-11-27",
    report=CheckReport(size=100, kind=Kind.WAV),
)


def test_nothing_can_be_brought_back_from_a_list_that_became_empty_meanwhile(qtbot: QtBot) -> None:
    dialog = FoundDialog()
    qtbot.addWidget(dialog)
    dialog.show_items([RECORDING])
    assert dialog.bring_back_button.isEnabled()
    dialog.show_busy("Bringing recordings back…")
    dialog.show_items([])
    dialog.end_work()
    assert not dialog.bring_back_button.isEnabled()
    assert not dialog.remove_button.isEnabled()


def test_the_first_of_the_trash_is_chosen_from_right_to_left_too(qtbot: QtBot) -> None:
    dialog = TrashDialog()
    qtbot.addWidget(dialog)
    dialog.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    dialog.show_items([trashed()])
    assert dialog.table.selectionModel().hasSelection()


def test_an_error_goes_when_the_trash_is_asked_again(qtbot: QtBot) -> None:
    dialog = TrashDialog()
    qtbot.addWidget(dialog)
    dialog.show_items([trashed()])
    dialog.show_error("The disk is full.")
    assert not dialog.trouble.isHidden()
    restore = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Restore")
    restore.click()
    assert dialog.trouble.isHidden()
