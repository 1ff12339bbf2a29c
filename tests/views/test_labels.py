"""Labels in a window that is read from right to left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from audiodesk.views.parts.labels import heading, muted


@pytest.fixture
def from_right(qapp: QApplication) -> Iterator[None]:
    """The program in Arabic or Hebrew."""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def _first_ink(label: QLabel) -> float:
    """Return where the text is, from 0 at the left to 1 at the right."""
    image = label.grab().toImage()
    ground = image.pixel(0, 0)
    ink = [x for x in range(image.width()) for y in range(image.height()) if image.pixel(x, y) != ground]
    return sum(ink) / len(ink) / image.width()


@pytest.mark.parametrize("make", [muted, heading, lambda text: muted(text, wrapped=True)])
def test_a_text_in_latin_letters_begins_at_the_right_too(qtbot: QtBot, from_right: None, make: type[QLabel]) -> None:
    label = make("jo@example.org")
    qtbot.addWidget(label)
    label.resize(600, 30)
    label.show()
    assert _first_ink(label) > 0.7
