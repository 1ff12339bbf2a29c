"""The preview of an import: shows which chapter and section each file becomes, before anything is copied."""

from __future__ import annotations

from enum import IntEnum
from pathlib import PurePath

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractItemView, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.plan import ImportPlan, PlannedFile
from audiodesk.domain.words import formats
from audiodesk.domain.words.importing.import_words import no_room_sentence, plan_sentence
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.dialogs.rows_table import RowsModel, rows_table
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import Role, scaled

__all__ = ["ImportDialog", "PlanModel"]


class _Column(IntEnum):
    FILE = 0
    CHAPTER = 1
    SECTION = 2
    SIZE = 3


class PlanModel(RowsModel[PlannedFile]):
    """One row for each file of a plan, in the plan's order."""

    def __init__(self, plan: ImportPlan, parent: QObject | None = None) -> None:
        names = (words.tr("File"), words.tr("Chapter"), words.tr("Section"), words.tr("Size"))
        super().__init__(names, [_Column.SIZE], plan.files, parent)

    def text(self, item: PlannedFile, column: int) -> str:
        """Return the text of a cell."""
        return {
            _Column.FILE: item.name,
            _Column.CHAPTER: item.place.chapter_title,
            _Column.SECTION: item.place.section_title,
            _Column.SIZE: formats.size(item.size),
        }[_Column(column)]

    def tip(self, item: PlannedFile, column: int) -> str:
        """Return the whole path of a file."""
        return str(PurePath(item.path)) if column == _Column.FILE else self.text(item, column)

    def tone(self, row: int, column: int) -> Role:
        """Return the tone of a cell: a chapter stands out in its first row."""
        return "muted" if self._is_repeated(row, column) or column == _Column.SIZE else "text"

    def tail(self, row: int, column: int) -> str | None:
        """Return what the import makes: a chapter, a section or a take."""
        place = self.item(row).place
        if column == _Column.CHAPTER and place.chapter_id is None and place.section_id is None:
            return None if self._is_repeated(row, column) else words.tr("new")
        if column == _Column.SECTION:
            return words.tr("new") if place.section_id is None else words.tr("new take")
        return None

    def _is_repeated(self, row: int, column: int) -> bool:
        if column != _Column.CHAPTER or row == 0:
            return False
        return self.text(self.item(row), column) == self.text(self.item(row - 1), column)


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
        self.table = rows_table(
            PlanModel(plan, self),
            words.tr("Which file becomes what"),
            stretched=(_Column.FILE, _Column.CHAPTER, _Column.SECTION),
            widths={_Column.SIZE: 96},
            height=36,
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
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
