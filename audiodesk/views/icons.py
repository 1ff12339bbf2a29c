"""Icons of the one family, in the colours of the scheme that is shown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QDir, QFile, QIODevice, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from audiodesk.views import theme
from audiodesk.views.theme import Role

__all__ = ["icon", "pixmap", "ratio_of", "use_folder"]


def use_folder(folder: Path) -> None:
    """Take the icons from ``folder`` (``resources/icons``) from now on; before this call all icons are blank."""
    QDir.setSearchPaths("icons", [str(folder)])
    _svg.cache_clear()
    _painted.cache_clear()
    icon.cache_clear()


@lru_cache(maxsize=256)
def icon(name: str, role: Role = "text", size: int = 16) -> QIcon:
    """Return the icon ``name`` in the colour of ``role``; it takes the new colour by itself when the scheme changes.

    ``size`` in pixels of LOOK.md's grid (16 in rows, 20 in the player) is what ``QIcon.availableSizes`` offers.
    """
    return QIcon(_Engine(name, role, size))


def pixmap(name: str, role: Role = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the icon as a picture of ``size`` × ``size`` for a screen with ``ratio`` pixels to the pixel."""
    return _painted(name, theme.colors().of(role).name(), round(size * ratio), ratio)


class _Engine(QIconEngine):
    """Draws a stroke icon in the colours of the moment, sharp at any size and ratio."""

    def __init__(self, name: str, role: Role, size: int) -> None:
        super().__init__()
        self._name, self._role, self._size = name, role, size

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._role, self._size)

    def key(self) -> str:
        return "audiodesk"

    def actualSize(self, size: QSize, _mode: QIcon.Mode, _state: QIcon.State) -> QSize:
        side = min(size.width(), size.height())
        return QSize(side, side)

    def availableSizes(self, *_mode_and_state: object) -> list[QSize]:
        return [QSize(self._size, self._size)]

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        target = QRect(0, 0, side, side)
        target.moveCenter(rect.center())
        ratio = ratio_of(painter)
        painter.drawPixmap(target, self._picture(side, mode, ratio))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float) -> QPixmap:
        return self._picture(min(size.width(), size.height()), mode, scale)

    def _picture(self, side: float, mode: QIcon.Mode, ratio: float) -> QPixmap:
        color = theme.colors().of(self._role)
        if mode == QIcon.Mode.Disabled:
            color.setAlphaF(0.45)
        return _painted(self._name, color.name(color.NameFormat.HexArgb), round(side * ratio), ratio)


def ratio_of(painter: QPainter) -> float:
    """Return how many pixels of what is painted on make one of the painter's.

    Asked of the painter: for its device PySide makes the enums of everything that can be painted on, 10 ms of a start.
    """
    return painter.deviceTransform().m11()


@lru_cache(maxsize=1024)
def _painted(name: str, color: str, pixels: int, ratio: float) -> QPixmap:
    image = QImage(max(pixels, 1), max(pixels, 1), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if source := _svg(name):
        painter = QPainter(image)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, pixels, pixels))
        # Strokes are currentColor, which QtSvg draws in black: the colour is laid over what was drawn.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(image.rect(), color)
        painter.end()
    picture = QPixmap.fromImage(image)
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=256)
def _svg(name: str) -> bytes:
    file = QFile(f"icons:{name}.svg")
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        return b""
    return bytes(file.readAll().data())
