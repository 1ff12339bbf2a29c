"""What happens to the choice in the tree when the rows that were chosen go away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QLineEdit

from audiodesk.domain.library.read_model import Ref

if TYPE_CHECKING:
    from audiodesk.views.tree.tree_view import TreeView

__all__ = ["RemovalWatch"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class RemovalWatch:
    """Follows the view through each removal of rows.

    Rows that the person takes away leave the choice to their neighbour. Where another computer takes them away, nothing
    is chosen: the person's next key would hit a row that they did not choose.
    """

    def __init__(self, view: TreeView) -> None:
        self._view = view
        self.leaving: set[str] = set()
        """Ids of the rows that the person takes away."""
        self._chosen: list[Ref] = []
        self._above = QPersistentModelIndex()

    def before(self, parent: _AnyIndex, start: int, end: int) -> None:
        """Note what is chosen, and keep a title that is being typed into one of the rows.

        That is an edit like any other: if another computer trashed the row meanwhile, it comes back.
        """
        view = self._view
        self._chosen = view.chosen()
        self._above = QPersistentModelIndex(parent)
        editor = view.findChild(QLineEdit) if view.is_editing() else None
        if editor is not None and _is_inside(view.currentIndex(), parent, start, end):
            view.commitData(editor)

    def after(self) -> list[Ref]:
        """Choose the neighbour, which Qt has made the current row, or the row above; return what was lost instead."""
        gone, self._chosen = self._chosen, []
        selection = self._view.selectionModel()
        if not gone or selection.hasSelection():
            return []
        is_own = self.leaving.issuperset(ref.id for ref in gone)
        self.leaving.difference_update(ref.id for ref in gone)
        if not is_own:
            return gone
        near = self._view.currentIndex()
        if not near.isValid() and self._above.isValid():  # it was the last row there
            near = self._above.model().index(self._above.row(), 0, self._above.parent())
        if near.isValid():
            selection.setCurrentIndex(near, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        return []


def _is_inside(index: QModelIndex, parent: _AnyIndex, start: int, end: int) -> bool:
    """Tell whether ``index`` is one of these rows below ``parent``, or inside one."""
    while index.isValid():
        if index.parent() == parent and start <= index.row() <= end:
            return True
        index = index.parent()
    return False
