"""Editing a title in a row, shared by the tree and the tables."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.titles import MAX_TITLE

__all__ = ["TitleDelegate"]

_AnyIndex = QModelIndex | QPersistentModelIndex
_FILLED = "filled"


class TitleDelegate(QStyledItemDelegate):
    """Opens a line edit over a row, and never overwrites what is being typed in it."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _AnyIndex) -> QWidget:
        """Qt: make a line edit for the title."""
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(MAX_TITLE)
            editor.setAccessibleName(words.tr("Title"))
        return editor

    def setEditorData(self, editor: QWidget, index: _AnyIndex) -> None:
        """Qt: fill the editor once. Qt calls this again whenever the row changes, which would overwrite typed text."""
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)  # noqa: FBT003 - a property's value
            super().setEditorData(editor, index)
