"""The search results: a list over the centre that changes as the person types; Enter goes to the chosen hit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import Hit
from audiodesk.domain.words import formats
from audiodesk.views.parts import icons
from audiodesk.views.parts.labels import muted, title
from audiodesk.views.parts.node_words import noun
from audiodesk.views.parts.theme import colors, scaled

__all__ = ["FindView", "HitModel"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_HIT = Qt.ItemDataRole.UserRole + 1
_ICONS = {Entity.PROJECT: "book", Entity.CHAPTER: "folder", Entity.SECTION: "mic"}


class HitModel(QAbstractListModel):
    """The list of hits."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: list[Hit] = []

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these hits."""
        self.beginResetModel()
        self._hits = list(hits)
        self.endResetModel()

    def hit(self, index: _AnyIndex) -> Hit | None:
        """Return the hit at ``index``; None for an invalid index."""
        return self._hits[index.row()] if index.isValid() and index.row() < len(self._hits) else None

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of hits."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the title, and the full description for tooltip and screen readers."""
        hit = self.hit(index)
        if hit is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.title
        if role == _HIT:
            return hit
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            path = " › ".join(crumb.title for crumb in hit.crumbs)
            return ", ".join(part for part in (noun(hit.ref.entity), hit.title, path, hit.excerpt) if part)
        return None


class _HitDelegate(QStyledItemDelegate):
    """Paints two lines: the title; then the place with the text that matched."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _AnyIndex) -> QSize:
        """Qt: all rows are equally high."""
        return QSize(scaled(200), scaled(52))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _AnyIndex) -> None:
        """Qt: draw one hit."""
        hit: Hit = index.data(_HIT)
        table = colors()
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(table.selection))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(table.line))
        painter.save()
        side = scaled(16)
        left = rect.left() + scaled(24)
        at = QRect(left, rect.top() + scaled(9), side, side)
        name = _ICONS.get(hit.ref.entity, "file-audio")
        painter.drawPixmap(at, icons.pixmap(name, "muted", side, icons.ratio_of(painter, option.widget)))
        left += side + scaled(12)
        width = rect.right() - scaled(24) - left
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        self._line(painter, QRect(left, rect.top() + scaled(6), width, scaled(21)), font, "text", hit.title)
        path = " › ".join(crumb.title for crumb in hit.crumbs)
        below = " · ".join(part for part in (path, hit.excerpt) if part)
        self._line(painter, QRect(left, rect.top() + scaled(26), width, scaled(20)), option.font, "muted", below)
        painter.restore()

    def _line(self, painter: QPainter, rect: QRect, font: QFont, tone: str, text: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(getattr(colors(), tone)))
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), elided)


class _HitList(QListView):
    """The list itself.

    Signals:
        field_requested: Up was pressed on the first row.
    """

    field_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Up on the first row goes back to the field."""
        if event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.field_requested.emit()
            return
        super().keyPressEvent(event)


class FindView(QFrame):
    """The results, shown in the place of the centre.

    Signals:
        go_requested: a hit was chosen (Ref, tuple of Crumb).
        field_requested: the find field should get the focus back.
    """

    go_requested = Signal(object, object)
    field_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self._title = title()
        self._about = muted()
        self._model = HitModel(self)
        self.list = _HitList()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_HitDelegate(self.list))
        self.list.setAccessibleName(words.tr("What was found"))
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.activated.connect(self._go)
        self.list.clicked.connect(self._go)
        self.list.field_requested.connect(self.field_requested)
        head = QVBoxLayout()
        head.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(12))
        head.setSpacing(scaled(4))
        head.addWidget(self._about)
        head.addWidget(self._title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)

    @property
    def model(self) -> HitModel:
        """The model of the list."""
        return self._model

    def show_hits(self, text: str, hits: Sequence[Hit], limit: int) -> None:
        """Show the hits for ``text``; ``limit`` is how many were asked for."""
        self._title.setText(words.tr("“{text}”").format(text=text))
        count = len(hits)
        if not hits:
            said = words.tr("Nothing found in titles, file names, notes and tags")
        elif count >= limit:
            said = words.tr("The first {count} found").format(count=formats.number(count))
        else:
            said = words.tr("{count} found", "{count} found", count).format(count=formats.number(count))
        self._about.setText(said)
        self._model.show(hits)
        if hits:
            self.list.setCurrentIndex(self._model.index(0, 0))

    def go_to_current(self) -> None:
        """Go to the current hit, if there is one."""
        self._go(self.list.currentIndex())

    def step(self, offset: int) -> None:
        """Move the current hit down by ``offset`` rows (negative: up)."""
        row = self.list.currentIndex().row() + offset
        if 0 <= row < self._model.rowCount():
            self.list.setCurrentIndex(self._model.index(row, 0))

    def _go(self, index: QModelIndex) -> None:
        hit = self._model.hit(index)
        if hit is not None:
            self.go_requested.emit(hit.ref, hit.crumbs)
