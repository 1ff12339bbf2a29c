"""What is dragged over the tree: where files, takes or rows would go, how the tree shows it, and what was dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QPainter, QPen

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.parts.dropped import dropped_paths
from audiodesk.views.parts.theme import colors, scaled
from audiodesk.views.tree.tree_model import NODES_MIME, TAKES_MIME, TreeModel, read_refs

if TYPE_CHECKING:
    from audiodesk.views.tree.tree_delegate import TreeDelegate
    from audiodesk.views.tree.tree_view import TreeView

__all__ = ["Landing", "TreeDrops"]


class Landing(NamedTuple):
    """Where dragged rows would go: below ``parent_id``, before the row ``before`` (None: at the end)."""

    parent_id: str | None
    before: str | None
    target: QModelIndex
    line_at: QPoint | None
    """Where to draw the line between two rows; None: the row ``target`` itself is highlighted."""


class TreeDrops:
    """Follows a drag over the view, which emits what is held and dropped."""

    def __init__(self, view: TreeView, model: TreeModel, delegate: TreeDelegate) -> None:
        self._view, self._model, self._delegate = view, model, delegate
        self._landing: Landing | None = None

    def enter(self, event: QDragEnterEvent) -> None:
        """Accept files, takes or rows."""
        if _is_ours(event.mimeData()):
            event.acceptProposedAction()
            self._view.setState(self._view.State.DraggingState)

    def move(self, event: QDragMoveEvent) -> None:
        """Highlight where the drag would be dropped, and report it."""
        view, data, place = self._view, event.mimeData(), event.position().toPoint()
        if paths := dropped_paths(data):
            index = self._row_at(place)
            self._light_up(index)
            view.files_hovered.emit(self._model.ref(index), paths)
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        elif takes := read_refs(data, TAKES_MIME):
            event.setAccepted(self._hold_takes(takes, self._row_at(place)))
        elif refs := read_refs(data, NODES_MIME):
            event.setAccepted(self._hold_rows(refs, place))
        else:
            event.ignore()

    def drop(self, event: QDropEvent) -> None:
        """Report the files, takes or rows that were dropped."""
        view, data, place = self._view, event.mimeData(), event.position().toPoint()
        ref = self._model.ref(self._row_at(place))
        landing = self.landing_at(place, refs) if (refs := read_refs(data, NODES_MIME)) else None
        self.end()
        view.setState(view.State.NoState)
        if paths := dropped_paths(data):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            view.files_dropped.emit(ref, paths)
        elif takes := read_refs(data, TAKES_MIME):
            if ref is not None and ref.entity is Entity.SECTION:
                event.accept()
                view.takes_dropped.emit([take.id for take in takes], ref)
        elif landing is not None:
            event.accept()
            view.move_requested.emit(refs, landing.parent_id, landing.before)

    def end(self) -> None:
        """Highlight nothing any more, and report that the drag is over."""
        self._landing = None
        self._delegate.target = QPersistentModelIndex()
        self._view.viewport().update()
        self._view.files_dragged_away.emit()

    def paint_line(self) -> None:
        """Draw a line where dragged rows would be inserted."""
        if self._landing is not None and self._landing.line_at is not None:
            port, at = self._view.viewport(), self._landing.line_at
            painter = QPainter(port)
            painter.setPen(QPen(colors().of("accent"), 2))
            painter.drawLine(at, QPoint(port.width() - scaled(12), at.y()))
            painter.drawEllipse(at, 3, 3)

    def landing_at(self, place: QPoint, refs: Sequence[Ref]) -> Landing | None:
        """Return where these rows would go when dropped at this point; None where they cannot go."""
        entities = {ref.entity for ref in refs}
        if len(entities) != 1:
            return None
        entity = entities.pop()
        ids = frozenset(ref.id for ref in refs)
        index = self._view.indexAt(place)
        node = self._model.node(index)
        if node is None:
            return Landing(None, None, QModelIndex(), self._below_all()) if entity is Entity.PROJECT else None
        rect = self._view.visualRect(index)
        if node.ref.entity is entity.parent:
            return Landing(node.ref.id, None, index, None)
        if node.ref.entity is not entity:
            return None
        above = place.y() < rect.center().y()
        before = node.ref.id if above and node.ref.id not in ids else self._model.sibling_after(node.ref.id, ids)
        line = QPoint(rect.left() - scaled(6), rect.top() if above else rect.bottom() + 1)
        return Landing(node.parent_id, before, index, line)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _hold_takes(self, takes: Sequence[Ref], index: QModelIndex) -> bool:
        """Highlight the section under the takes; return whether there is one."""
        ref = self._model.ref(index)
        if ref is None or ref.entity is not Entity.SECTION:
            self._light_up(QModelIndex())
            self._view.files_dragged_away.emit()
            return False
        self._light_up(index)
        self._view.takes_hovered.emit([take.id for take in takes], ref)
        return True

    def _hold_rows(self, refs: list[Ref], place: QPoint) -> bool:
        """Show where the rows would go; return whether they can go anywhere here."""
        landing = self._landing = self.landing_at(place, refs)
        is_inside = landing is not None and landing.line_at is None
        self._light_up(landing.target if landing is not None and is_inside else QModelIndex())
        if landing is None:
            self._view.files_dragged_away.emit()
        else:
            self._view.rows_hovered.emit(refs, landing.parent_id, landing.before, is_inside)
        self._view.viewport().update()
        return landing is not None

    def _row_at(self, place: QPoint) -> QModelIndex:
        return self._view.indexAt(QPoint(self._view.viewport().width() // 2, place.y()))

    def _below_all(self) -> QPoint:
        last = self._model.index(self._model.rowCount() - 1, 0)
        while self._view.isExpanded(last) and self._model.rowCount(last):
            last = self._model.index(self._model.rowCount(last) - 1, 0, last)
        return QPoint(scaled(16), self._view.visualRect(last).bottom() + 1)

    def _light_up(self, index: QModelIndex) -> None:
        if self._delegate.target != index:
            self._delegate.target = QPersistentModelIndex(index)
            self._view.viewport().update()


def _is_ours(data: QMimeData) -> bool:
    return data.hasFormat(NODES_MIME) or data.hasFormat(TAKES_MIME) or bool(dropped_paths(data))
