"""The properties of a project: a cover chosen in the dialog becomes a picture that is small enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.entities import Project
from audiodesk.domain.library.read_model import ProjectDetails
from audiodesk.views.dialogs.project_dialog import ProjectDialog


def _picture(path: Path, width: int, height: int, *, alpha: bool = False) -> Path:
    image = QImage(width, height, QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32)
    image.fill(QColor(200, 40, 40, 100 if alpha else 255))
    assert QImageWriter(str(path), QByteArray(path.suffix[1:].encode())).write(image)
    return path


@pytest.fixture
def dialog(qtbot: QtBot) -> ProjectDialog:
    project = Project(id="00000000-0000-4000-8000-000000000001", title="Book", order_key="a0")
    made = ProjectDialog(ProjectDetails(project, None))
    qtbot.addWidget(made)
    return made


def _choose(dialog: ProjectDialog, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_given: (str(path), ""))
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Choose…")
    button.click()


@pytest.mark.parametrize(
    ("name", "size", "alpha", "mime"),
    [
        ("cover.png", (300, 400), False, "image/jpeg"),
        ("cover.jpg", (3000, 2000), False, "image/jpeg"),
        ("cover.png", (200, 200), True, "image/png"),
    ],
)
def test_a_picture_becomes_the_cover(
    dialog: ProjectDialog,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    size: tuple[int, int],
    alpha: bool,
    mime: str,
) -> None:
    _choose(dialog, monkeypatch, _picture(tmp_path / name, *size, alpha=alpha))
    assert dialog.cover is not None
    assert dialog.cover.mime == mime
    assert dialog.cover.data
    assert len(dialog.cover.data) <= 256 * 1024
    kept = QImage.fromData(dialog.cover.data)
    scale = min(1.0, 1600 / max(size))
    assert (kept.width(), kept.height()) == pytest.approx((size[0] * scale, size[1] * scale), abs=1)
    assert not dialog._picture.pixmap().isNull()
    remove = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Remove")
    remove.click()
    assert dialog.cover.data is None


def test_what_is_no_picture_is_said(dialog: ProjectDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"no picture")
    assert QImageReader(str(path)).read().isNull()
    _choose(dialog, monkeypatch, path)
    assert dialog.cover is None
    assert "not a picture" in dialog._cover_text.text()


def test_the_choice_offers_the_kinds_that_the_hint_names_and_takes_no_other(
    dialog: ProjectDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []
    picture = _picture(tmp_path / "cover.bmp", 40, 40)

    def choose(*given: object) -> tuple[str, str]:
        asked.append(str(given[3]))
        return str(picture), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Choose…").click()
    assert asked == ["Pictures (*.png *.jpg *.jpeg)"]
    assert dialog.cover is None
    assert [label.text() for label in dialog.findChildren(QLabel) if "PNG or JPEG" in label.text()]
