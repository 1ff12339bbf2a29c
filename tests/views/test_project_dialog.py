"""The properties of a project: what the dialog says while a cover is read, and what it asks to be stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from audiodesk.audio.picture import cover_of
from audiodesk.domain.library.entities import Cover, Project
from audiodesk.domain.library.listings import ProjectDetails
from audiodesk.views.dialogs.project_dialog import CoverChange, ProjectDialog
from audiodesk.views.parts.cover_pixmap import cover_pixmap
from tests.media.pictures import bomb, picture

PROJECT = Project(id="00000000-0000-4000-8000-000000000001", title="Book", order_key="a0")


@pytest.fixture
def dialog(qtbot: QtBot) -> ProjectDialog:
    made = ProjectDialog(ProjectDetails(PROJECT, None))
    qtbot.addWidget(made)
    return made


def test_a_chosen_file_is_asked_for_and_nothing_is_saved_meanwhile(
    dialog: ProjectDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    filters: list[str] = []
    path = picture(tmp_path / "cover.png")

    def choose(*given: object) -> tuple[str, str]:
        filters.append(str(given[3]))
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    dialog.cover_row.chosen.connect(asked.append)
    row = dialog.cover_row
    row.choose_button.click()
    assert asked == [str(path)]
    assert filters == ["Pictures (*.png *.PNG *.jpg *.JPG *.jpeg *.JPEG)"]
    assert row.text.text() == "Reading the picture…"
    assert not row.stop_button.isHidden()
    assert not dialog._save.isEnabled()
    dialog.show_cover(cover_of(str(path)))
    assert dialog.cover is not None
    assert dialog.cover.mime == "image/jpeg"
    assert row.stop_button.isHidden()
    assert dialog._save.isEnabled()
    row.remove_button.click()
    assert dialog.cover == CoverChange(None, None)


def test_the_focus_stays_at_the_cover(
    qtbot: QtBot, dialog: ProjectDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = picture(tmp_path / "cover.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    row = dialog.cover_row
    dialog.show()
    row.choose_button.setFocus()
    row.choose_button.click()
    assert dialog.focusWidget() is row.stop_button, "the only one that can be pressed meanwhile"
    dialog.show_cover(cover_of(str(path)))
    assert dialog.focusWidget() is row.choose_button
    row.use_file("other.png")
    row.show_error("No picture.")
    assert dialog.focusWidget() is row.choose_button
    row.remove_button.setFocus()
    row.remove_button.click()
    assert dialog.focusWidget() is row.choose_button
    dialog.title.setFocus()
    row.use_file("third.png")
    row.show_stopped()
    assert dialog.focusWidget() is dialog.title


def test_an_error_is_said_below_the_row_and_the_cover_stays(dialog: ProjectDialog, tmp_path: Path) -> None:
    dialog.show_cover(cover_of(str(picture(tmp_path / "cover.png"))))
    before, row = dialog.cover, dialog.cover_row
    row.use_file("other.png")
    row.show_error("This file is empty.")
    assert (row.text.text(), row.text.property("tone")) == ("This file is empty.", "danger")
    assert dialog.cover is before
    assert row.remove_button.isEnabled()
    row.use_file("third.png")
    row.stop_button.click()
    assert (row.text.text(), row.text.property("tone")) == ("", "muted")
    assert dialog.cover is before


def test_the_title_has_the_focus_at_first(dialog: ProjectDialog, qtbot: QtBot) -> None:
    dialog.show()
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None)
    assert dialog.focusWidget() is dialog.title


def test_an_animation_is_said(dialog: ProjectDialog, tmp_path: Path) -> None:
    cover = cover_of(str(picture(tmp_path / "cover.png")))
    dialog.show_cover(type(cover)(cover.mime, cover.data, 3))
    assert "first of 3" in dialog.cover_row.text.text()


def test_an_error_of_saving_keeps_what_was_typed(dialog: ProjectDialog) -> None:
    dialog.author.setText("A. Writer")
    dialog.begin_saving()
    dialog._update()
    assert not dialog._save.isEnabled()
    assert not dialog.author.isEnabled()
    assert not dialog.notes.isEnabled()
    dialog.show_error("The disk is full.", "ENOSPC")
    assert dialog.author.isEnabled()
    assert dialog._save.isEnabled()
    assert not dialog.trouble.isHidden()
    assert dialog.changed_fields() == {"author": "A. Writer"}
    dialog.begin_saving()
    assert dialog.trouble.isHidden()


def test_a_stored_cover_that_is_none_of_ours_is_not_decoded(qtbot: QtBot, tmp_path: Path) -> None:
    """It may have come from another computer."""
    good = cover_of(str(picture(tmp_path / "cover.png"))).data
    assert cover_pixmap(good, 90, 1.0) is not None
    for data in (bomb(tmp_path / "bomb.png", 30_000, 30_000).read_bytes(), b"GIF89a", good[:2], good + bytes(300_000)):
        assert cover_pixmap(data, 90, 1.0) is None
        cover = Cover(id=PROJECT.id, order_key="a0", project_id=PROJECT.id, mime="image/png", data=data)
        dialog = ProjectDialog(ProjectDetails(PROJECT, cover))
        qtbot.addWidget(dialog)
        assert dialog.cover_row.remove_button.isEnabled()
