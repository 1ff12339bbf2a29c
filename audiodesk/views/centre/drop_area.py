"""The large drop area, shown on first run and where a project or a chapter is empty."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import colors, scaled, title_font

__all__ = ["DropArea"]


_LEAST_HEIGHT, _LOW = 180, 330
"""Heights in pixels at 100 %: the minimum, and the height below which decoration is left out."""
_NARROW = 420
"""Width in pixels at 100 % below which two buttons do not fit side by side."""


class _Sign(QWidget):
    """The arrow, in the accent colour of the current scheme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(scaled(40), scaled(40))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the arrow."""
        painter = QPainter(self)
        painter.drawPixmap(
            self.rect(), icons.pixmap("arrow-down-to-line", "accent", self.width(), self.devicePixelRatioF())
        )


class DropArea(QWidget):
    """One sentence, one drop area, one button. The pane around it handles the drop itself.

    Signals:
        files_requested: the button was pressed (nothing).
        second_requested: the quieter second button was pressed (nothing).
    """

    files_requested = Signal()
    second_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_target = False
        self._frame = QWidget()
        self._title = QLabel()
        self._title.setFont(title_font())
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setWordWrap(True)
        self._text = muted(wrapped=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._button = QPushButton(words.tr("Choose files…"))
        self._button.setProperty("kind", "primary")
        self._button.clicked.connect(self.files_requested)
        self._second = QPushButton(words.tr("Add many chapters…"))
        self._second.clicked.connect(self.second_requested)
        buttons = self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(scaled(8))
        buttons.addStretch()
        buttons.addWidget(self._button)
        buttons.addWidget(self._second)
        buttons.addStretch()
        inside = self._inside = QVBoxLayout(self._frame)
        inside.setSpacing(0)
        self._sign = _Sign()
        inside.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self._title)
        inside.addSpacing(scaled(8))
        inside.addWidget(self._text)
        inside.addSpacing(scaled(20))
        inside.addLayout(buttons)
        self._frame.setMaximumWidth(scaled(560))
        self._frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._frame, 100)
        across.addStretch(1)
        outside = self._outside = QVBoxLayout(self)
        outside.addStretch(1)
        outside.addLayout(across)
        outside.addStretch(1)
        self._form: tuple[bool, bool] | None = None
        self._shape(is_low=False, is_narrow=False)
        self.setMinimumHeight(scaled(_LEAST_HEIGHT))

    def show_words(self, title: str, text: str, button: str, second: str = "") -> None:
        """Show what belongs here and name the buttons; without ``second`` there is one button."""
        self._title.setText(title)
        self._text.setText(text)
        self._button.setText(button)
        if second:
            self._second.setText(second)
        self._second.setVisible(bool(second))
        self.setAccessibleName(title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: where there is little room, hide the arrow and set the buttons below each other, so that all fits."""
        super().resizeEvent(event)
        self._shape(is_low=self.height() < scaled(_LOW), is_narrow=self.width() < scaled(_NARROW))

    def _shape(self, *, is_low: bool, is_narrow: bool) -> None:
        if (is_low, is_narrow) == self._form:
            return
        self._form = is_low, is_narrow
        self._sign.setVisible(not is_low)
        directions = QBoxLayout.Direction
        self._buttons.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        high, wide, around = (12, 24, 8) if is_low else (56, 48, 24)
        if is_narrow:
            wide, around = 16, 12
        self._inside.setContentsMargins(scaled(wide), scaled(high), scaled(wide), scaled(high))
        self._title.setContentsMargins(0, 0 if is_low else scaled(16), 0, 0)
        self._outside.setContentsMargins(*[scaled(around)] * 4)

    def set_target(self, *, is_target: bool) -> None:
        """Highlight the area while files are held over it."""
        if is_target != self._is_target:
            self._is_target = is_target
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: the dashed line around the area."""
        table = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(table.accent if self._is_target else table.wave), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        if self._is_target:
            painter.setBrush(QColor(table.selection))
        room = QRectF(self._frame.geometry()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(room, scaled(16), scaled(16))
