"""Labels that several panes share: an elided line, a title, a heading, an explanation."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from audiodesk.views.parts.theme import Role, heading_font, scaled, set_tone, title_font

__all__ = ["ElidedLabel", "heading", "leading", "muted", "title"]


class ElidedLabel(QLabel):
    """One line that is cut in its middle where room is short; the tooltip then has the whole text."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Qt: show another text."""
        super().setText(text)
        self._explain()

    def sizeHint(self) -> QSize:
        """Qt: the width of the whole text."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + scaled(2), metrics.height() + scaled(2))

    def minimumSizeHint(self) -> QSize:
        """Qt: a few characters are enough."""
        return QSize(scaled(40), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: put the whole text into the tooltip while it is cut."""
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: draw the text, cut to fit."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = QFontMetrics(self.font()).elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), text)

    def _explain(self) -> None:
        is_cut = QFontMetrics(self.font()).horizontalAdvance(self.text()) > self.width()
        self.setToolTip(self.text() if is_cut else "")


def title(text: str = "") -> ElidedLabel:
    """Return a label for the title of a pane."""
    label = ElidedLabel(text)
    label.setFont(title_font())
    return label


def heading(text: str = "", *, elided: bool = False) -> QLabel:
    """Return a label for a heading inside a pane."""
    label = ElidedLabel(text) if elided else QLabel(text)
    label.setFont(heading_font())
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label if elided else leading(label)


def muted(text: str = "", *, wrapped: bool = False, tone: Role = "muted") -> QLabel:
    """Return a label in the muted colour."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrapped)
    set_tone(label, tone)
    return leading(label)


def leading(label: QLabel) -> QLabel:
    """Let a text begin on the side where the window is read from: Qt takes the side of the text's own language."""
    if label.isRightToLeft():
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        label.setAlignment(side | (label.alignment() & Qt.AlignmentFlag.AlignVertical_Mask))
    return label
