"""The tables of the centre, one for takes and one for chapters or sections; a hint fills the space below the rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.centre.node_model import NodeColumn, NodeModel
from audiodesk.views.centre.take_model import TakeColumn, TakeModel
from audiodesk.views.parts import icons
from audiodesk.views.parts.dragging import drag_rows
from audiodesk.views.parts.theme import colors, scaled
from audiodesk.views.tables.column_fit import ColumnFit, least_width
from audiodesk.views.tables.table_delegate import TableDelegate

__all__ = ["NodeTable", "RowsTable", "TakeTable"]


class RowsTable(QTableView):
    """What both tables share: columns, keys, the context menu, and the hint.

    Signals:
        chosen_changed: the selection changed (nothing).
        open_requested: a row was activated by Enter or double-click (Ref).
        menu_requested: a context menu is asked for at this global point (QPoint).
    """

    chosen_changed = Signal()
    open_requested = Signal(object)
    menu_requested = Signal(QPoint)

    def __init__(
        self,
        model: TakeModel | NodeModel,
        stretched: int,
        fitted: Sequence[int],
        yielding: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        """``stretched`` takes the remaining width; the columns ``fitted`` are never cut before a number.

        The columns ``yielding`` are hidden one after the other where the table is too narrow for its titles.
        """
        super().__init__(parent)
        self.hint = ""
        self._rows_model: TakeModel | NodeModel = model
        self.setModel(_table(model))
        self.setItemDelegate(TableDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setAcceptDrops(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(scaled(40))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(scaled(56))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
        header.setFixedHeight(scaled(40))
        self.leaving: set[str] = set()
        """Ids of the rows that the person takes away: the row in their place is chosen then."""
        self._stretched = stretched
        self._fit = ColumnFit(self, stretched, fitted, yielding)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())

    def chosen(self) -> list[Ref]:
        """Return the chosen rows, top to bottom."""
        indexes = sorted(self.selectionModel().selectedRows(), key=QModelIndex.row)
        return [ref for ref in map(self._rows_model.ref, indexes) if ref is not None]

    def has(self, row_id: str) -> bool:
        """Tell whether this row is shown."""
        return self._rows_model.row_of(row_id) >= 0

    def current(self) -> Ref | None:
        """Return the current row where it is chosen, else the first chosen one."""
        index = self.currentIndex()
        if index.isValid() and self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            return self._rows_model.ref(index)
        chosen = self.chosen()
        return chosen[0] if chosen else None

    def choose(self, row_ids: list[str]) -> None:
        """Choose those of these rows that are shown."""
        flag = QItemSelectionModel.SelectionFlag
        rows = [row for row_id in row_ids if (row := self._rows_model.row_of(row_id)) >= 0]
        for place, row in enumerate(rows):
            index = _table(self._rows_model).index(row, 0)
            if place == 0:
                self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            else:
                self.selectionModel().select(index, flag.Select | flag.Rows)

    def edit_title(self, ref: Ref) -> None:
        """Open the line edit over this row's title."""
        row = self._rows_model.row_of(ref.id)
        if row >= 0:
            self.setFocus()
            index = _table(self._rows_model).index(row, 0)
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            self.edit(index)

    def widths(self) -> list[int]:
        """Return the widths of all columns, to be restored at the next start; 0 for one that follows its texts."""
        return [self._width(column) for column in range(_table(self._rows_model).columnCount())]

    def _width(self, column: int) -> int:
        """Return a column's width: for a hidden one the last, for a fitted one the width that the person chose."""
        return self._fit.wish(column) if self._fit.has(column) else self._fit.fixed_width(column)

    def set_widths(self, widths: list[int]) -> None:
        """Set the widths of all columns; ignored where their number does not match."""
        if len(widths) == _table(self._rows_model).columnCount():
            for column, width in enumerate(widths):
                if self._fit.has(column):
                    self._fit.set_wish(column, width)
                elif column != self._stretched:
                    self._fit.set_fixed_width(column, max(width, least_width(self, column)))
            self._fit.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: share the new width among the fitted columns."""
        super().resizeEvent(event)
        self._fit.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter opens the row; F2 belongs to an action of the window."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            ref = self.current()
            if ref is not None:
                self.open_requested.emit(ref)
                return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: ask for the menu of the chosen rows."""
        self.menu_requested.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: paint the rows, and the hint below them where there is room."""
        super().paintEvent(event)
        if not self.hint:
            return
        count = _table(self._rows_model).rowCount()
        top = self.rowViewportPosition(count - 1) + scaled(40) if count else 0
        free = QRect(0, top, self.viewport().width(), self.viewport().height() - top)
        if free.height() >= scaled(110):
            painter = QPainter(self.viewport())
            _paint_hint(painter, free, self.hint, self.devicePixelRatioF())

    def _on_double_clicked(self, index: QModelIndex) -> None:
        ref = self._rows_model.ref(index)
        if ref is not None:
            self.open_requested.emit(ref)


class TakeTable(RowsTable):
    """The takes of a section: play them, compare them, drag them onto another section.

    The details say what the hidden columns of a narrow table would; the state stays.
    """

    def __init__(self, model: TakeModel, parent: QWidget | None = None) -> None:
        column = TakeColumn
        fitted = (column.CHECK, column.STATE)
        yielding = (column.AUDIO, column.SIZE, column.LENGTH, column.CHECK)
        super().__init__(model, TakeColumn.FILE, fitted, yielding, parent)
        self.setAccessibleName(words.tr("Takes"))
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.set_widths([scaled(width) for width in (112, 0, 68, 84, 168, 0, 0)])
        self.hint = words.tr("Drop recordings here to add takes to this section")

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Qt: drag the chosen takes."""
        if refs := self.chosen():
            drag_rows(self, refs, self.model().mimeData(self.selectionModel().selectedRows()))


class NodeTable(RowsTable):
    """The chapters of a project or the sections of a chapter; Enter opens one.

    Tooltips and tree say what the hidden columns of a narrow table would; the state stays.
    """

    def __init__(self, model: NodeModel, parent: QWidget | None = None) -> None:
        column = NodeColumn
        fitted = (column.RECORDED, column.CHECK, column.STATE)
        yielding = (column.LENGTH, column.TAKES, column.RECORDED, column.CHECK)
        super().__init__(model, column.TITLE, fitted, yielding, parent)
        self.setAccessibleName(words.tr("Contents"))
        self.set_widths([scaled(width) for width in (0, 0, 76, 80, 0, 0)])
        self._nodes = model
        model.modelReset.connect(self._show_states)
        model.dataChanged.connect(self._show_states)
        self._show_states()

    def _show_states(self) -> None:
        self.setColumnHidden(NodeColumn.STATE, not self._nodes.has_states)


def _table(model: TakeModel | NodeModel) -> QAbstractTableModel:
    return model


def _paint_hint(painter: QPainter, free: QRect, text: str, ratio: float) -> None:
    side = scaled(24)
    middle = free.center()
    metrics = QFontMetrics(painter.font())
    top = middle.y() - (side + scaled(12) + metrics.height()) // 2
    painter.drawPixmap(
        QRect(middle.x() - side // 2, top, side, side), icons.pixmap("arrow-down-to-line", "muted", side, ratio)
    )
    painter.setPen(colors().of("muted"))
    line = QRect(free.left() + scaled(24), top + side + scaled(12), free.width() - scaled(48), metrics.height() * 2)
    painter.drawText(line, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), text)
