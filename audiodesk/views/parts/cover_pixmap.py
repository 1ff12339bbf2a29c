"""Decodes a stored cover for the screen, with limits: it may have come from another computer."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImageReader, QPixmap

from audiodesk.domain.library.cover import COVER_BYTES, COVER_SIDES

__all__ = ["cover_pixmap"]


def cover_pixmap(data: bytes | None, side: int, ratio: float) -> QPixmap | None:
    """Return the cover ``data`` with at most ``side`` points at its longer side, for a screen with ``ratio``.

    None if there is none, or if it is larger than a cover that AudioDesk makes.
    """
    if data is None or len(data) > COVER_BYTES:
        return None
    held = QByteArray(data)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    kinds = {b"\x89PNG": b"png", b"\xff\xd8\xff": b"jpeg"}
    kind = next((name for mark, name in kinds.items() if data.startswith(mark)), None)
    if kind is None:
        return None
    reader = QImageReader(buffer, QByteArray(kind))
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > COVER_SIDES[0]:
        return None
    picture = QPixmap.fromImageReader(reader)
    if picture.isNull():
        return None
    fitted = picture.scaled(
        QSize(side, side) * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    fitted.setDevicePixelRatio(ratio)
    return fitted
