"""A project's properties: title, author, narrator, language, cover, notes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QPlainTextEdit, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.domain.library.listings import ProjectDetails
from audiodesk.domain.library.titles import MAX_TITLE
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.dialogs.cover_row import CoverRow
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.language_names import common_languages, language_name
from audiodesk.views.parts.theme import scaled

__all__ = ["CoverChange", "ProjectDialog"]


@dataclass(frozen=True, slots=True)
class CoverChange:
    """A new cover; if both fields are None, the cover is removed."""

    mime: str | None
    data: bytes | None


class ProjectDialog(Dialog):
    """``changed_fields`` and ``cover`` are what is to be stored; the dialog closes when that is done.

    Signals:
        save_requested: "Save" was pressed (nothing).
    """

    save_requested = Signal()

    def __init__(self, details: ProjectDetails, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.headline.setText(words.tr("Properties of “{title}”").format(title=details.project.title))
        self.setWindowTitle(words.tr("Project properties"))
        self._before = details.project
        self.cover: CoverChange | None = None
        self.title = self._line(details.project.title)
        self.author = self._line(details.project.author)
        self.narrator = self._line(details.project.narrator)
        self.language = Choice()
        self.language.addItem(words.tr("Not said"), "")
        for tag, name in common_languages():
            self.language.addItem(name, tag)
        if (at := self.language.findData(details.project.language)) < 0:
            self.language.addItem(language_name(details.project.language), details.project.language)
            at = self.language.count() - 1
        self.language.setCurrentIndex(at)
        self.notes = QPlainTextEdit(details.project.notes)
        self.notes.setTabChangesFocus(True)
        self.cover_row = CoverRow(details.cover.data if details.cover else None)
        self.cover_row.busy_changed.connect(lambda _is_busy: self._update())
        self.cover_row.removed.connect(lambda: self._take(CoverChange(None, None)))
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, widget in (
            (words.tr("Title"), self.title),
            (words.tr("Author"), self.author),
            (words.tr("Narrator"), self.narrator),
            (words.tr("Language"), self.language),
            (words.tr("Cover"), self.cover_row),
            (words.tr("Notes"), self.notes),
        ):
            label = QLabel(name)
            label.setBuddy(widget)
            widget.setAccessibleName(name)
            form.addRow(label, widget)
        self.body.addLayout(form)
        self.add_closing(words.tr("Cancel"))
        self._save = self.add_button(words.tr("Save"), primary=True)
        self._save.clicked.connect(self.save_requested)
        self.title.textChanged.connect(lambda _text: self._update())
        self.resize(scaled(520), scaled(560))

    def changed_fields(self) -> dict[str, str]:
        """Return the fields whose value was changed."""
        now = {
            "title": self.title.text().strip(),
            "author": self.author.text().strip(),
            "narrator": self.narrator.text().strip(),
            "language": str(self.language.currentData()),
            "notes": self.notes.toPlainText(),
        }
        return {name: value for name, value in now.items() if value != getattr(self._before, name)}

    def show_cover(self, cover: CoverPicture) -> None:
        """Use the cover that was made of the chosen file."""
        self._take(CoverChange(cover.mime, cover.data))
        self.cover_row.show_cover(cover)

    def begin_saving(self) -> None:
        """Show that the changes are being stored; what would be typed now would be lost when the dialog closes."""
        fields = (self.title, self.author, self.narrator, self.language, self.notes)
        self.begin_work(words.tr("Saving…"), self._save, self.cover_row, *fields)

    def _take(self, change: CoverChange) -> None:
        self.cover = change

    def _update(self) -> None:
        self._save.setEnabled(bool(self.title.text().strip()) and not self.cover_row.is_busy and not self.is_working)

    def _line(self, text: str) -> QLineEdit:
        line = QLineEdit(text)
        line.setMaxLength(MAX_TITLE)
        line.setCursorPosition(0)
        return line
