"""The waveform of a take: shows the position, and a click seeks."""

from __future__ import annotations

from PySide6.QtCore import QLine, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from audiodesk.domain import words
from audiodesk.domain.audio.wave import reduced
from audiodesk.domain.words import formats
from audiodesk.views.parts import theme

__all__ = ["Waveform"]

_PITCH = 4
"""The distance of two bars in LOOK.md's pixels; a bar fills five eighths of it."""

_CURVE = 0.8
"""Speech lies between -30 and -3 dBFS; a gentle curve keeps its quiet parts visible and the order of levels."""


class Waveform(QAbstractSlider):
    """Bars of equal pitch with a cursor; those already heard are in the accent colour.

    To assistive technology it is a slider over milliseconds.

    Signals:
        seek_requested: go to this position (float, seconds).
    """

    seek_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._overview = b""
        self._seconds = 0.0
        self._position = 0.0
        self._cursor_x = 0
        self._silent: QPixmap | None = None
        self._played: QPixmap | None = None
        self._telling = False
        self.setObjectName("waveform")
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words.tr("Position"))
        self.setSingleStep(5000)
        self.setPageStep(30000)
        self.setEnabled(False)
        self.valueChanged.connect(self._on_value_changed)

    def show_wave(self, seconds: float, overview: bytes) -> None:
        """Show ``overview`` (one peak from 0 to 255 for each equal piece; empty if not known yet) over ``seconds``."""
        if seconds != self._seconds:
            self._seconds = seconds
            self._telling = True
            self.setRange(0, max(0, round(seconds * 1000)))
            self._telling = False
        self._overview = overview
        self.setEnabled(seconds > 0)
        self.repaint_bars()

    def show_position(self, seconds: float) -> None:
        """Move the cursor; does nothing while it stays on the same pixel."""
        self._position = min(max(seconds, 0.0), self._seconds)
        self._telling = True
        self.setValue(round(self._position * 1000))
        self._telling = False
        self._move_cursor()

    @property
    def position(self) -> float:
        """The position of the cursor in seconds."""
        return self._position

    def repaint_bars(self) -> None:
        """Draw the bars again after a change of peaks, size or scheme."""
        self._silent = self._played = None
        self._cursor_x = self._x_of(self._position)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size: as wide as there is room, at its fixed height."""
        return QSize(theme.scaled(400), theme.scaled(56))

    def minimumSizeHint(self) -> QSize:
        """Return a size at which the waveform can still be read."""
        return QSize(theme.scaled(120), theme.scaled(56))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the part that changed from the two pictures, and draw the cursor."""
        if self._silent is None or self._played is None:
            self._silent = self._bars(QColor(theme.colors().wave))
            self._played = self._bars(QColor(theme.colors().accent))
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        x = self._cursor_x if self.isEnabled() else 0
        for picture, part in (
            (self._played, QRect(0, 0, x, self.height())),
            (self._silent, QRect(x, 0, self.width() - x, self.height())),
        ):
            wanted = part & event.rect()
            source = QRect(wanted.topLeft() * ratio, wanted.size() * ratio)
            painter.drawPixmap(wanted, picture, source)
        if self.isEnabled():
            painter.fillRect(QRect(x, 0, self._cursor_width(), self.height()), QColor(theme.colors().accent))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.colors().accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def sliderChange(self, change: QAbstractSlider.SliderChange) -> None:
        """Do not repaint for a new value: ``show_position`` repaints only the pixels around the cursor."""
        if change != QAbstractSlider.SliderChange.SliderValueChange:
            super().sliderChange(change)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw as many bars as fit."""
        super().resizeEvent(event)
        self.repaint_bars()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Seek to the place of the click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Seek along with the drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek_to(event.position().x())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Home and End; the arrows belong to the playback keys, which have their own steps."""
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _on_value_changed(self, milliseconds: int) -> None:
        if not self._telling:
            self._position = milliseconds / 1000
            self._move_cursor()
            self.seek_requested.emit(self._position)

    def _seek_to(self, x: float) -> None:
        if self._seconds > 0 and self.width() > 0:
            seconds = min(max(x / self.width(), 0.0), 1.0) * self._seconds
            self.show_position(seconds)
            self.seek_requested.emit(seconds)

    def _x_of(self, seconds: float) -> int:
        return round(seconds / self._seconds * self.width()) if self._seconds > 0 else 0

    def _move_cursor(self) -> None:
        x = self._x_of(self._position)
        if x != self._cursor_x:
            left, right = sorted((x, self._cursor_x))
            self._cursor_x = x
            self.update(QRect(left - 1, 0, right - left + self._cursor_width() + 2, self.height()))
            self.setAccessibleDescription(f"{formats.length(self._position)} / {formats.length(self._seconds)}")

    def _cursor_width(self) -> int:
        return max(1, theme.scaled(1))

    def _bars(self, color: QColor) -> QPixmap:
        """Draw all bars in one colour, in device pixels and without antialiasing, so that each bar is crisp."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        picture = QPixmap(max(width, 1), max(height, 1))
        picture.fill(Qt.GlobalColor.transparent)
        pitch = round(theme.scaled(_PITCH) * ratio)
        bar = max(1, pitch * 5 // 8)
        count = max(width // pitch, 1)
        peaks = reduced(self._overview, count) or [0.0] * count
        middle, least = height / 2, max(1.0, ratio)
        lines = []
        for index, peak in enumerate(peaks):
            x = index * pitch + bar // 2
            reach = max(least, peak**_CURVE * (middle - 1))
            lines.append(QLine(x, round(middle - reach), x, round(middle + reach)))
        painter = QPainter(picture)
        pen = QPen(color, bar)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLines(lines)
        painter.end()
        return picture
