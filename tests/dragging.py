"""Simulates dragging over a widget and dropping on it, as Qt does."""

from __future__ import annotations

from typing import Any

import PySide6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["hold_over", "let_go"]

QT: tuple[int, ...] = PySide6.__version_info__[:3]
ENTERS: Any = QDragEnterEvent
MOVES: Any = QDragMoveEvent
_BUTTON, _KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def hold_over(widget: QWidget, at: QPoint, data: QMimeData, actions: Qt.DropAction) -> None:
    """Enter ``widget`` with ``data`` and move to ``at``, in the widget's pixels."""
    # Up to 6.11 these two take only whole pixels; from 6.12 on whole pixels are deprecated.
    place = at if QT < (6, 12) else QPointF(at)
    for kind in (ENTERS, MOVES):
        QApplication.sendEvent(widget, kind(place, actions, data, _BUTTON, _KEY))


def let_go(widget: QWidget, at: QPoint, data: QMimeData, actions: Qt.DropAction) -> None:
    """Drop ``data`` there; it must have been held over it."""
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), actions, data, _BUTTON, _KEY))
