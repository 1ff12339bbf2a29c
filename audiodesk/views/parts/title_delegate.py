"""What the tree and the tables share where a title is typed into a row."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.titles import MAX_TITLE

__all__ = ["TitleDelegate"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_FILLED = "filled"


class TitleDelegate(QStyledItemDelegate):
    """Opens a line edit over a row, and leaves alone what is being typed there."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _AnyIndex) -> QWidget:
        """Qt: a line edit for a title."""
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(MAX_TITLE)
            editor.setAccessibleName(words.tr("Title"))
        return editor

    def setEditorData(self, editor: QWidget, index: _AnyIndex) -> None:
        """Qt: fill the editor, once. Qt asks again whenever the row's numbers change, over what was typed since."""
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)  # noqa: FBT003 - a property's value
            super().setEditorData(editor, index)
