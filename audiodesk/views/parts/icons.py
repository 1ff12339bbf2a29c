"""Icons of one family, in the colours of the current scheme."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QDir, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from audiodesk.views.parts import theme
from audiodesk.views.parts.theme import Role

__all__ = ["icon", "pixmap", "ratio_of", "use_folder"]


_folder: Path | None = None
_DISABLED_OPACITY = 0.45


def use_folder(folder: Path) -> None:
    """Load the icons from ``folder`` (``resources/icons``) from now on; before this call all icons are blank."""
    global _folder
    _folder = folder
    QDir.setSearchPaths("icons", [str(folder)])  # for the style sheet
    _svg.cache_clear()
    _painted.cache_clear()
    icon.cache_clear()


@lru_cache(maxsize=256)
def icon(name: str, role: Role = "text", size: int = 16) -> QIcon:
    """Return the icon ``name`` in the colour of ``role``; it follows changes of the scheme by itself.

    ``size`` in pixels of LOOK.md's grid (16 in rows, 20 in the player) is what ``QIcon.availableSizes`` offers.
    """
    return QIcon(_Engine(name, role, size))


def pixmap(name: str, role: Role = "text", size: int = 16, ratio: float = 1.0) -> QPixmap:
    """Return the icon as a picture of ``size`` × ``size``, for a screen with the device pixel ratio ``ratio``."""
    return _painted(name, theme.colors().of(role).name(), 1.0, round(size * ratio), ratio)


class _Engine(QIconEngine):
    """Draws a stroke icon in the current colours, sharp at any size and ratio."""

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
        color = theme.colors().of(self._role).name()
        opacity = _DISABLED_OPACITY if mode == QIcon.Mode.Disabled else 1.0
        return _painted(self._name, color, opacity, round(side * ratio), ratio)


def ratio_of(painter: QPainter, widget: QWidget | None = None) -> float:
    """Return the device pixel ratio of the surface that ``painter`` paints on; ``widget``: what is painted, if known.

    A known widget is asked first: for a painter's transform PySide makes enums, 8 ms at the first paint. The painter's
    device is never asked: for that PySide makes the enums of all paint devices, 10 ms.
    """
    return painter.deviceTransform().m11() if widget is None else widget.devicePixelRatioF()


@lru_cache(maxsize=1024)
def _painted(name: str, color: str, opacity: float, pixels: int, ratio: float) -> QPixmap:
    # Painted directly onto a pixmap, with the colour in the drawing: for QImage, gradients and the like PySide makes
    # enums at the first use, and icons are part of the first paint.
    picture = QPixmap(max(pixels, 1), max(pixels, 1))
    picture.fill(Qt.GlobalColor.transparent)
    if source := _svg(name):
        painter = QPainter(picture)
        painter.setOpacity(opacity)
        QSvgRenderer(source.replace(b"currentColor", color.encode())).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=256)
def _svg(name: str) -> bytes:
    try:
        return b"" if _folder is None else (_folder / f"{name}.svg").read_bytes()
    except OSError:
        return b""
