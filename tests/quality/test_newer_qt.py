"""Differences of newer Qt and Python releases, simulated where only older ones can run."""

from __future__ import annotations

from typing import Any

import PySide6
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests import dragging


@pytest.mark.parametrize(("version", "wanted"), [((6, 8, 0), QPoint), ((6, 11, 3), QPoint), ((6, 12, 0), QPointF)])
def test_drags_are_made_as_this_qt_wants_them(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], wanted: type
) -> None:
    given = []

    here: tuple[int, ...] = PySide6.__version_info__[:3]
    real: Any = QDragEnterEvent  # 6.11 and 6.12 have different overloads

    def event(place: object, *others: object) -> Any:
        given.append(type(place))
        return real(QPoint(1, 1) if here < (6, 12) else QPointF(1, 1), *others)

    monkeypatch.setattr(dragging, "QT", version)
    monkeypatch.setattr(dragging, "ENTERS", event)
    monkeypatch.setattr(dragging, "MOVES", event)
    widget = QWidget()
    qtbot.addWidget(widget)
    dragging.hold_over(widget, QPoint(1, 1), QMimeData(), Qt.DropAction.CopyAction)
    assert given == [wanted, wanted]
