"""The preview of an import: shows which chapter and section each file becomes, before anything is copied."""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.plan import ImportPlan, PlannedFile
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.import_words import no_room_sentence, plan_sentence
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.table_delegate import TableDelegate
from audiodesk.views.parts.table_roles import TableRole
from audiodesk.views.parts.theme import scaled

__all__ = ["ImportDialog", "PlanModel"]

_AnyIndex = QModelIndex | QPersistentModelIndex


class _Column(IntEnum):
    FILE = 0
    CHAPTER = 1
    SECTION = 2
    SIZE = 3


class PlanModel(QAbstractTableModel):
    """One row for each file of a plan, in the plan's order."""

    def __init__(self, plan: ImportPlan, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files = plan.files

    def rowCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of rows."""
        return 0 if parent.isValid() else len(self._files)

    def columnCount(self, parent: _AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's
        """Qt: the number of columns."""
        return 0 if parent.isValid() else len(_Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | _across(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (words.tr("File"), words.tr("Chapter"), words.tr("Section"), words.tr("Size"))[section]

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt: the texts and tones of a cell."""
        if not index.isValid():
            return None
        file, column = self._files[index.row()], _Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            if column is _Column.FILE and role != Qt.ItemDataRole.DisplayRole:
                return str(PurePath(file.path))
            return self._text(file, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _across(column)
        if role == TableRole.TONE:
            return "muted" if self._is_repeated(index.row(), column) or column is _Column.SIZE else "text"
        if role == TableRole.TAIL:
            return None if self._is_repeated(index.row(), column) else self._tail(file, column)
        return None

    def _text(self, file: PlannedFile, column: _Column) -> str:
        if column is _Column.FILE:
            return file.name
        if column is _Column.CHAPTER:
            return file.place.chapter_title
        if column is _Column.SECTION:
            return file.place.section_title
        return formats.size(file.size)

    def _tail(self, file: PlannedFile, column: _Column) -> str | None:
        place = file.place
        if column is _Column.CHAPTER and place.chapter_id is None and place.section_id is None:
            return words.tr("new")
        if column is _Column.SECTION:
            return words.tr("new") if place.section_id is None else words.tr("new take")
        return None

    def _is_repeated(self, row: int, column: _Column) -> bool:
        if column is not _Column.CHAPTER or row == 0:
            return False
        return self._text(self._files[row], column) == self._text(self._files[row - 1], column)


class ImportDialog(Dialog):
    """Shows a plan; when accepted, the plan is to be carried out."""

    def __init__(self, plan: ImportPlan, where: str, parent: QWidget | None = None) -> None:
        count = len(plan.files)
        files = words.tr("{count} files", "{count} file", count).format(count=formats.number(count))
        super().__init__(
            words.tr("Add {files} to “{where}”").format(files=files, where=where)
            if where
            else words.tr("Add {files} as a new project").format(files=files),
            parent=parent,
        )
        self.say(" · ".join(self._summary(plan)))
        self.table = QTableView()
        self.table.setAccessibleName(words.tr("Which file becomes what"))
        self.table.setModel(PlanModel(plan, self))
        self.table.setItemDelegate(TableDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(scaled(36))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(scaled(36))
        for column in (_Column.FILE, _Column.CHAPTER, _Column.SECTION):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(_Column.SIZE, scaled(96))
        self.body.addWidget(self.table, 1)
        if lack := no_room_sentence(plan):
            self.body.addWidget(muted(lack, wrapped=True, tone="attention"))
        if plan.passed_over:
            self.body.addWidget(muted(self._passed_over(plan), wrapped=True, tone="attention"))
        self.add_closing(words.tr("Cancel"))
        self.add_button(words.tr("Add {files}").format(files=files), primary=True).clicked.connect(self.accept)
        self.resize(scaled(820), scaled(560))

    def _summary(self, plan: ImportPlan) -> list[str]:
        parts = [plan_sentence(plan), words.tr("your own files stay where they are")]
        if others := len(plan.other_files):
            text = words.tr("{count} other files are left out", "{count} other file is left out", others)
            parts.append(text.format(count=formats.number(others)))
        return parts

    def _passed_over(self, plan: ImportPlan) -> str:
        count = len(plan.passed_over)
        names = ", ".join(PurePath(path).name or path for path, _ in plan.passed_over[:3])
        if count > 3:
            names += ", …"
        return words.tr(
            "{count} files cannot be read and are passed over: {names}",
            "{count} file cannot be read and is passed over: {names}",
            count,
        ).format(count=formats.number(count), names=names)


def _across(column: int) -> Qt.AlignmentFlag:
    return Qt.AlignmentFlag.AlignRight if column == _Column.SIZE else Qt.AlignmentFlag.AlignLeft
