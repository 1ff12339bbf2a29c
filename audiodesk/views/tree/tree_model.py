"""The item model of the tree: projects, chapters and sections, each level loaded when it is opened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import NodeCounts, Ref, TreeNode
from audiodesk.views.parts.node_words import counts_sentence

__all__ = ["NODES_MIME", "TAKES_MIME", "TreeModel", "TreeRole", "read_refs", "write_refs"]

NODES_MIME = "application/x-audiodesk-nodes"
TAKES_MIME = "application/x-audiodesk-takes"

_AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = 0

# Made once: a view asks for the flags of every row at each layout, and `|` of two flags takes 3 microseconds.
_TOP_FLAGS = Qt.ItemFlag.ItemIsDropEnabled
_ROW_FLAGS = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEditable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemIsDropEnabled
)
_LEAF_FLAGS = _ROW_FLAGS | Qt.ItemFlag.ItemNeverHasChildren


class TreeRole(IntEnum):
    """Roles beyond Qt's own, for the delegate."""

    NODE = Qt.ItemDataRole.UserRole + 1


@dataclass(slots=True)
class _Item:
    """One row, known to Qt by ``uid``: an integer that is never reused."""

    uid: int
    parent: int
    row: int
    node: TreeNode | None
    children: list[int] = field(default_factory=list)
    is_loaded: bool = False
    is_asked: bool = False


class TreeModel(QAbstractItemModel):
    """A tree that is filled parent by parent; rows of the entity ``deepest`` cannot be opened.

    Signals:
        children_requested: load the children of this row (Ref).
        rename_requested: a title was typed into the row (Ref, str).
    """

    children_requested = Signal(object)
    rename_requested = Signal(object, str)

    def __init__(self, parent: QObject | None = None, *, deepest: Entity = Entity.SECTION) -> None:
        super().__init__(parent)
        self._deepest = deepest
        self._last_uid = _TOP
        self._items: dict[int, _Item] = {_TOP: _Item(_TOP, -1, 0, None, is_loaded=True)}
        self._uids: dict[str, int] = {}

    # -- what is told to the model ---------------------------------------------------------------------------------

    def set_children(self, parent_id: str | None, nodes: Sequence[TreeNode]) -> None:
        """Show ``nodes``, in this order, below ``parent_id`` (None: at the top).

        Rows that stay keep their indexes, so that a view keeps its selection and its open rows. A row that was below
        another parent moves here. An unknown ``parent_id`` is ignored.
        """
        uid = _TOP if parent_id is None else self._uids.get(parent_id, -1)
        if uid < 0:
            return
        parent = self._items[uid]
        was_loaded = parent.is_loaded
        parent.is_loaded, parent.is_asked = True, True
        wanted = {node.ref.id for node in nodes}
        self._remove(parent, [c for c in parent.children if self._id(c) not in wanted])
        for node in nodes:
            known = self._uids.get(node.ref.id)
            if known is not None and self._items[known].parent != uid:
                former = self._items[self._items[known].parent]
                self._remove(former, [known])
                self._know_children(former, len(former.children))
        self._arrange(parent, nodes)
        self._know_children(parent, len(nodes))
        if not was_loaded and not nodes:
            self._changed(parent)

    def set_node(self, node: TreeNode) -> None:
        """Show new values of a row; ignored if the row is not shown."""
        uid = self._uids.get(node.ref.id)
        if uid is None:
            return
        item = self._items[uid]
        if item.node != node:
            item.node = node
            self._forget_where_empty(item)
            self._changed(item)

    def set_counts(self, counts: Mapping[str, NodeCounts]) -> None:
        """Show these counts by row id; ids that are not shown are ignored."""
        for row_id, numbers in counts.items():
            node = self.node_of(row_id)
            if node is not None:
                self.set_node(node.counted(numbers))

    def is_loaded(self, row_id: str | None) -> bool:
        """Return whether the children of this row are loaded, and so must be kept up to date."""
        if row_id is None:
            return True
        uid = self._uids.get(row_id)
        return uid is not None and self._items[uid].is_loaded

    # -- what is asked of the model --------------------------------------------------------------------------------

    def ref(self, index: _AnyIndex) -> Ref | None:
        """Return which row this is; None for an invalid index."""
        node = self.node(index)
        return None if node is None else node.ref

    def node(self, index: _AnyIndex) -> TreeNode | None:
        """Return the values of this row; None for an invalid index."""
        return self._items[index.internalId()].node if index.isValid() else None

    def node_of(self, row_id: str) -> TreeNode | None:
        """Return the values of the row with this id; None where it is not shown."""
        uid = self._uids.get(row_id)
        return None if uid is None else self._items[uid].node

    def index_of(self, row_id: str) -> QModelIndex:
        """Return the index of the row with this id; an invalid index where it is not shown."""
        uid = self._uids.get(row_id)
        return QModelIndex() if uid is None else self._index(self._items[uid])

    def sibling_after(self, row_id: str, passing: frozenset[str] = frozenset()) -> str | None:
        """Return the id of the next row below the same parent that is not in ``passing``; None at the end."""
        uid = self._uids.get(row_id)
        if uid is None:
            return None
        item = self._items[uid]
        for child in self._items[item.parent].children[item.row + 1 :]:
            if self._id(child) not in passing:
                return self._id(child)
        return None

    def siblings(self, row_id: str) -> list[str]:
        """Return the ids of all rows with the same parent, in order, this one too; none where it is not shown."""
        uid = self._uids.get(row_id)
        return [] if uid is None else [self._id(child) for child in self._items[self._items[uid].parent].children]

    def ids(self) -> frozenset[str]:
        """Return the ids of all rows that are loaded."""
        return frozenset(self._uids)

    # -- Qt --------------------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: _AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's
        """Qt: the index of a row below ``parent``."""
        if column != 0 or row < 0 or (parent.isValid() and parent.column() != 0):
            return QModelIndex()
        children = self._item(parent).children
        return self.createIndex(row, column, children[row]) if row < len(children) else QModelIndex()

    def parent(self, index: _AnyIndex = QModelIndex()) -> Any:  # noqa: B008 - Qt's; QObject.parent() too
        """Qt: the index of the row above."""
        if not index.isValid():
            return QModelIndex()
        item = self._items.get(index.internalId())
        return QModelIndex() if item is None else self._index(self._items[item.parent])

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of loaded rows below ``parent``."""
        return 0 if parent.isValid() and parent.column() != 0 else len(self._item(parent).children)

    def columnCount(self, _parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: one column; the delegate paints the counts at its end."""
        return 1

    def hasChildren(self, parent: _AnyIndex = QModelIndex()) -> bool:  # noqa: B008 - Qt's
        """Qt: whether a row can be opened; known before its children are loaded."""
        if parent.isValid() and parent.column() != 0:
            return False
        item = self._item(parent)
        if item.is_loaded or item.node is None:
            return bool(item.children)
        return item.node.children != 0 and item.node.ref.entity is not self._deepest

    def canFetchMore(self, parent: _AnyIndex) -> bool:
        """Qt: whether a row has children that were not requested yet."""
        item = self._item(parent)
        return not item.is_asked and self.hasChildren(parent)

    def fetchMore(self, parent: _AnyIndex) -> None:
        """Qt: request the children; the answer comes through ``set_children``."""
        item = self._item(parent)
        if item.node is not None and not item.is_asked:
            item.is_asked = True
            self.children_requested.emit(item.node.ref)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: title, tooltip, accessible name, and the node itself for the delegate."""
        node = self.node(index)
        if node is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return node.title
        if role == TreeRole.NODE:
            return node
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{node.title}\n{counts_sentence(node)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{node.title}, {counts_sentence(node)}"
        return None

    def setData(self, index: _AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt: request the title that was typed; it is shown once the library confirms it."""
        node = self.node(index)
        if node is None or role != Qt.ItemDataRole.EditRole or not str(value).strip() or value == node.title:
            return False
        self.rename_requested.emit(node.ref, str(value))
        return False

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        """Qt: every row can be chosen, renamed, dragged and dropped on."""
        if not index.isValid():
            return _TOP_FLAGS
        node = self._items[index.internalId()].node
        return _ROW_FLAGS if node is None or node.ref.entity is not self._deepest else _LEAF_FLAGS

    def mimeTypes(self) -> list[str]:
        """Qt: the kinds of data that may be dropped here."""
        return [NODES_MIME, TAKES_MIME, "text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Qt: the refs of the dragged rows."""
        data = QMimeData()
        refs = [ref for ref in map(self.ref, indexes) if ref is not None]
        data.setData(NODES_MIME, write_refs(refs))
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """Qt: rows are moved, never copied."""
        return Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        """Qt: rows are moved here, files are copied."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    # -- inside ----------------------------------------------------------------------------------------------------

    def _item(self, index: _AnyIndex) -> _Item:
        return self._items[index.internalId() if index.isValid() else _TOP]

    def _index(self, item: _Item) -> QModelIndex:
        return QModelIndex() if item.uid == _TOP else self.createIndex(item.row, 0, item.uid)

    def _id(self, uid: int) -> str:
        node = self._items[uid].node
        assert node is not None  # noqa: S101 - only the top has none, and it is nobody's child
        return node.ref.id

    def _changed(self, item: _Item) -> None:
        if item.uid != _TOP:
            index = self._index(item)
            self.dataChanged.emit(index, index)

    def _arrange(self, parent: _Item, nodes: Sequence[TreeNode]) -> None:
        """Bring the children into the order of ``nodes``; a run of new ones is inserted at once."""
        row = 0
        while row < len(nodes):
            uid = self._uids.get(nodes[row].ref.id)
            if uid is None:
                end = row + 1
                while end < len(nodes) and nodes[end].ref.id not in self._uids:
                    end += 1
                self._insert(parent, row, nodes[row:end])
                row = end
                continue
            item = self._items[uid]
            if item.row != row:
                index = self._index(parent)
                self.beginMoveRows(index, item.row, item.row, index, row)
                parent.children.insert(row, parent.children.pop(item.row))
                self._renumber(parent)
                self.endMoveRows()
            node = _with_known_numbers(nodes[row], item.node)
            if item.node != node:
                item.node = node
                self._forget_where_empty(item)
                self._changed(item)
            row += 1

    def _know_children(self, item: _Item, count: int) -> None:
        """Correct a row's number of children, so that it loses its chevron when the last one goes."""
        if item.node is not None and item.node.children != count:
            item.node = replace(item.node, children=count)
            self._changed(item)

    def _forget_where_empty(self, item: _Item) -> None:
        """Let a row that was opened while empty be loaded again when it gets children."""
        if item.is_loaded and not item.children and item.node is not None and item.node.children != 0:
            item.is_loaded = item.is_asked = False

    def _insert(self, parent: _Item, row: int, nodes: Sequence[TreeNode]) -> None:
        self.beginInsertRows(self._index(parent), row, row + len(nodes) - 1)
        made = []
        for node in nodes:
            self._last_uid += 1
            self._items[self._last_uid] = _Item(self._last_uid, parent.uid, 0, node)
            self._uids[node.ref.id] = self._last_uid
            made.append(self._last_uid)
        parent.children[row:row] = made
        self._renumber(parent)
        self.endInsertRows()

    def _remove(self, parent: _Item, uids: Iterable[int]) -> None:
        rows = sorted((self._items[uid].row for uid in uids), reverse=True)
        while rows:
            last = first = rows.pop(0)
            while rows and rows[0] == first - 1:
                first = rows.pop(0)
            self.beginRemoveRows(self._index(parent), first, last)
            gone = parent.children[first : last + 1]
            del parent.children[first : last + 1]
            self._renumber(parent)
            for uid in gone:
                self._drop(uid)
            self.endRemoveRows()

    def _drop(self, uid: int) -> None:
        item = self._items.pop(uid)
        if item.node is not None and self._uids.get(item.node.ref.id) == uid:
            del self._uids[item.node.ref.id]
        for child in item.children:
            self._drop(child)

    def _renumber(self, parent: _Item) -> None:
        for row, uid in enumerate(parent.children):
            self._items[uid].row = row


def _with_known_numbers(new: TreeNode, old: TreeNode | None) -> TreeNode:
    """Keep the old counts until they are counted again, so that they do not flicker."""
    if new.is_counted or old is None or not old.is_counted:
        return new
    return new.counted(old.counts)


def write_refs(refs: Iterable[Ref]) -> QByteArray:
    """Return refs as bytes for a drag."""
    return QByteArray(json.dumps([[ref.entity.value, ref.id] for ref in refs]).encode())


def read_refs(data: QMimeData, mime: str) -> list[Ref]:
    """Return the refs in a drag; empty where it carries no data of type ``mime`` or the data is malformed."""
    if not data.hasFormat(mime):
        return []
    try:
        return [Ref(Entity(entity), str(row_id)) for entity, row_id in json.loads(bytes(data.data(mime).data()))]
    except (ValueError, TypeError):
        return []
