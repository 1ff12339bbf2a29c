"""The tree on the left: choose, open, rename and move rows by mouse and keys, and drop files on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.parts import icons
from audiodesk.views.parts.dragging import drag_rows
from audiodesk.views.parts.status_look import status_look
from audiodesk.views.parts.theme import Role, scaled
from audiodesk.views.tree.removal_watch import RemovalWatch
from audiodesk.views.tree.tree_delegate import SHIFT, TreeDelegate, paint_row
from audiodesk.views.tree.tree_drops import TreeDrops
from audiodesk.views.tree.tree_model import TreeModel

__all__ = ["TreeView"]


_ICON_OF = {Entity.PROJECT: "book"}


class TreeView(QTreeView):
    """The tree of an ``TreeModel``.

    Signals:
        chosen_changed: the selection changed (nothing).
        open_requested: a row was activated by Enter or double-click (Ref).
        move_requested: rows were dropped (list of Ref, new parent id or None, id of the row after them or None).
        takes_dropped: takes were dropped on a section (list of take ids, Ref).
        files_hovered: files are held over a row or an empty place (Ref or None, list of paths).
        files_dragged_away: files, takes or rows are not held over the tree any more.
        files_dropped: files were dropped (Ref or None, list of paths).
        takes_hovered: takes are held over a section (list of take ids, Ref).
        rows_hovered: rows are held where they can go (list of Ref, id of the new parent or None, id of the row after
            them or None, whether they are held over the parent itself).
        menu_requested: a context menu is asked for at this global point (QPoint).
        choice_lost: all chosen rows went away, and not by an act of the person here (list of Ref).
    """

    chosen_changed = Signal()
    open_requested = Signal(object)
    move_requested = Signal(object, object, object)
    takes_dropped = Signal(object, object)
    files_hovered = Signal(object, object)
    files_dragged_away = Signal()
    files_dropped = Signal(object, object)
    takes_hovered = Signal(object, object)
    rows_hovered = Signal(object, object, object, bool)
    menu_requested = Signal(QPoint)
    choice_lost = Signal(object)

    def __init__(self, model: TreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._expanded: set[str] = set()
        self._opening: set[str] = set()
        self._wanted: list[Ref] = []
        self._removal = RemovalWatch(self)
        self._is_resting = False
        self._delegate = TreeDelegate(self)
        self._drops = TreeDrops(self, model, self._delegate)
        # Our own viewport: to find the class of Qt's default one, PySide makes the enums of every kind of widget.
        port = QWidget()
        port.setBackgroundRole(QPalette.ColorRole.Base)
        port.setAutoFillBackground(True)
        self.setViewport(port)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(words.tr("Projects"))
        self.setProperty("pane", "frame")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(scaled(20))
        self._hide_highlight()
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)  # F2 is an action, of the chosen row alone
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(False)
        self.setAutoExpandDelay(700)
        self.setExpandsOnDoubleClick(True)
        self.expanded.connect(self._on_expanded)
        self.collapsed.connect(self._on_collapsed)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(lambda *_: self._on_removed())
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())

    # -- what is chosen and open -----------------------------------------------------------------------------------

    def chosen(self) -> list[Ref]:
        """Return the chosen rows, top to bottom, without those inside another chosen one."""
        indexes = self.selectionModel().selectedRows()
        keep = []
        for index in sorted(indexes, key=lambda i: self._depth_path(i)):
            above = index.parent()
            while above.isValid() and not self.selectionModel().isSelected(above):
                above = above.parent()
            if not above.isValid():
                keep.append(index)
        return [ref for ref in map(self._model.ref, keep) if ref is not None]

    def current(self) -> Ref | None:
        """Return the row that the centre shows: the current one where it is chosen, else the first chosen one."""
        index = self.currentIndex()
        if index.isValid() and self.selectionModel().isSelected(index):
            return self._model.ref(index)
        chosen = self.chosen()
        return chosen[0] if chosen else None

    def choose(self, refs: Sequence[Ref]) -> None:
        """Choose these rows, now or as soon as they are loaded; open the rows above them."""
        self._wanted = [ref for ref in refs if not self._model.index_of(ref.id).isValid()]
        shown = [index for ref in refs if (index := self._model.index_of(ref.id)).isValid()]
        if not shown:
            return
        selection = self.selectionModel()
        for place, index in enumerate(shown):
            flag = QItemSelectionModel.SelectionFlag
            if place == 0:
                selection.setCurrentIndex(index, flag.ClearAndSelect)
            else:
                selection.select(index, flag.Select)
            self._open_above(index)
        self.scrollTo(shown[0])

    def set_resting(self, *, is_resting: bool) -> None:
        """Stop or begin to mark the chosen rows, which stay chosen: a page of the window hides what belongs to them."""
        self._is_resting = is_resting
        self.viewport().update()

    @property
    def leaving(self) -> set[str]:
        """Ids of the rows that the person takes away: their neighbour is chosen then."""
        return self._removal.leaving

    def expanded_ids(self) -> list[str]:
        """Return the ids of all open rows, to be restored at the next start."""
        return sorted(self._expanded)

    def expand_ids(self, ids: Iterable[str]) -> None:
        """Open these rows, now or as soon as they are loaded."""
        self._expanded.update(ids)
        for row_id in list(self._expanded):
            index = self._model.index_of(row_id)
            if index.isValid():
                self.expand(index)

    def edit_title(self, ref: Ref) -> None:
        """Open the line edit over this row's title."""
        index = self._model.index_of(ref.id)
        if index.isValid():
            self.setFocus()
            # Not setCurrentIndex(): while the Ctrl of Ctrl+N is still held, it would deselect the row.
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.edit(index)

    def is_editing(self) -> bool:
        """Tell whether a title is being typed."""
        return self.state() == self.State.EditingState

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Qt: rows are removed."""
        self._removal.before(parent, start, end)
        super().rowsAboutToBeRemoved(parent, start, end)

    # -- Qt: painting ----------------------------------------------------------------------------------------------

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Qt: draw the background over the whole width, then the row without the style's own background."""
        plain = self._plain(index)
        selected = self.selectionModel().isSelected(plain) and not self._is_resting
        rect = QRect(0, option.rect.top(), self.viewport().width(), option.rect.height())
        hovered = self.underMouse() and rect.contains(self.viewport().mapFromGlobal(self.cursor().pos()))
        focused = self.hasFocus() and plain == self.currentIndex() and not selected
        target = self._delegate.target.isValid() and self._delegate.target == plain
        paint_row(painter, rect, selected=selected, hovered=hovered, target=target, focused=focused)
        super().drawRow(painter, option, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Qt: draw a chevron where a row can be opened, else its icon; the icon of a section shows its status."""
        tone: Role = "muted"
        if self._model.hasChildren(index):
            name = "chevron-down" if self.isExpanded(self._plain(index)) else "chevron-right"
        elif (node := self._model.node(index)) is None:
            return
        elif node.status is not None:
            name, tone, _ = status_look(node.status)
        elif (name := _ICON_OF.get(node.ref.entity, "")) == "":
            return
        side = scaled(16)
        at = QRect(rect.right() - side + scaled(SHIFT - 4), rect.center().y() - side // 2 + 1, side, side)
        painter.drawPixmap(at, icons.pixmap(name, tone, side, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        """Qt: take over the palette of a new scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._hide_highlight()

    def _hide_highlight(self) -> None:
        """Keep the style from filling the branch of a chosen row: we paint a rounded background ourselves."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(0, 0, 0, 0))
        self.setPalette(palette)

    def initViewItemOption(self, option: QStyleOptionViewItem) -> None:
        """Qt: hide the selection from the style, because we paint the background ourselves."""
        super().initViewItemOption(option)
        option.showDecorationSelected = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw the rows, and a line where dragged rows would be inserted."""
        super().paintEvent(event)
        self._drops.paint_line()

    # -- Qt: keys and mouse ----------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: Enter shows the row in the centre; Qt's tree handles all other keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.state() != self.State.EditingState:
            ref = self.current()
            if ref is not None:
                self.open_requested.emit(ref)
                return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a click beside the rows clears the selection, and still moves the focus here."""
        super().mousePressEvent(event)
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Qt: ask for the menu of the chosen rows."""
        self.menu_requested.emit(event.globalPos())

    # -- Qt: drag and drop -----------------------------------------------------------------------------------------

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Qt: drag the chosen rows."""
        refs = self.chosen()
        if refs:
            indexes = [self._model.index_of(ref.id) for ref in refs]
            drag_rows(self, refs, self._model.mimeData(indexes))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: accept files, takes or rows that are dragged in."""
        self._drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: highlight where the drag would be dropped, and report it."""
        super().dragMoveEvent(event)  # scrolls at the edges, and opens a row under a resting drag
        self._drops.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: report that the drag has left."""
        super().dragLeaveEvent(event)
        self._drops.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: report the files, takes or rows that were dropped."""
        self._drops.drop(event)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _plain(self, index: QModelIndex | QPersistentModelIndex) -> QModelIndex:
        """Return the index as a plain ``QModelIndex``: Qt's stubs allow both kinds, Qt itself passes plain ones."""
        return index if isinstance(index, QModelIndex) else self._model.index(index.row(), 0, index.parent())

    def _depth_path(self, index: QModelIndex) -> list[int]:
        path: list[int] = []
        while index.isValid():
            path.insert(0, index.row())
            index = index.parent()
        return path

    def _open_above(self, index: QModelIndex) -> None:
        above = index.parent()
        while above.isValid():
            self.expand(above)
            above = above.parent()

    def _on_expanded(self, index: QModelIndex) -> None:
        if (ref := self._model.ref(index)) is None:
            return
        self._expanded.add(ref.id)
        if not self._model.is_loaded(ref.id):
            # Rows inserted into an open row make Qt lay out the whole tree again (25 µs for each row shown). Into a
            # closed row they cost nothing, and opening it lays out only them. So open the row once they are there.
            self._opening.add(ref.id)
            self.collapse(index)
            self._expanded.add(ref.id)
            if self._model.canFetchMore(index):
                self._model.fetchMore(index)

    def _on_collapsed(self, index: QModelIndex) -> None:
        if (ref := self._model.ref(index)) is not None:
            self._expanded.discard(ref.id)

    def _on_removed(self) -> None:
        if lost := self._removal.after():
            self.choice_lost.emit(lost)

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        above = self._model.ref(parent)
        if above is not None and above.id in self._opening:
            self._opening.discard(above.id)
            self.expand(parent)
        for row in range(first, last + 1):
            index = self._model.index(row, 0, parent)
            ref = self._model.ref(index)
            if ref is None:
                continue
            self.leaving.discard(ref.id)  # it is back, or at its new place
            if ref.id in self._expanded:
                self.expand(index)
        if self._wanted and all(self._model.index_of(ref.id).isValid() for ref in self._wanted):
            self.choose(self._wanted)
