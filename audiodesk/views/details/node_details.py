"""The details of a project, a chapter or a section, shown while no take is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import ProjectDetails
from audiodesk.domain.library.read_model import Ref, TreeNode
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.views.details.fact_table import FactTable
from audiodesk.views.details.notes_editor import NotesEditor
from audiodesk.views.parts.cover_pixmap import cover_pixmap
from audiodesk.views.parts.labels import heading, muted
from audiodesk.views.parts.language_names import language_name
from audiodesk.views.parts.node_words import noun
from audiodesk.views.parts.state_look import parent_look
from audiodesk.views.parts.theme import scaled

__all__ = ["NodeDetailsView"]


class NodeDetailsView(QWidget):
    """Shows a project's properties, or the counts of a chapter or a section.

    Signals:
        notes_committed: the notes were changed and are to be stored (Ref, str).
        properties_requested: "Properties…" was pressed (Ref).
    """

    notes_committed = Signal(object, str)
    properties_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ref: Ref | None = None
        self._title = heading(elided=True)
        self._noun = muted()
        self._cover = QLabel()
        self._cover.setAccessibleName(words.tr("Cover"))
        self._facts = FactTable()
        self._notes_head = heading(words.tr("Notes"))
        self._notes = NotesEditor(words.tr("Notes on this project"), words.tr("What to remember about this project"))
        self._notes.text_committed.connect(self._on_notes)
        self._properties = QPushButton(words.tr("Properties…"))
        self._properties.clicked.connect(self._on_properties)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(16))
        top = QVBoxLayout()
        top.setSpacing(scaled(4))
        top.addWidget(self._title)
        top.addWidget(self._noun)
        layout.addLayout(top)
        layout.addWidget(self._cover)
        layout.addWidget(self._facts)
        layout.addWidget(self._properties, 0, Qt.AlignmentFlag.AlignLeft)
        notes = QVBoxLayout()
        notes.setSpacing(scaled(8))
        notes.addWidget(self._notes_head)
        notes.addWidget(self._notes)
        layout.addLayout(notes)
        layout.addStretch(1)

    def show_node(self, node: TreeNode, project: ProjectDetails | None = None) -> None:
        """Show this row; for a project, ``project`` has its properties."""
        if self._ref is not None and self._ref != node.ref:
            self._notes.commit()
        self._ref = node.ref
        self._title.setText(node.title)
        self._noun.setText(noun(node.ref.entity))
        self._facts.show_pairs(self._project_pairs(project) + self._number_pairs(node))
        is_project = project is not None
        for widget in (self._notes, self._notes_head, self._properties):
            widget.setVisible(is_project)
        data = None if project is None or project.cover is None else project.cover.data
        picture = cover_pixmap(data, scaled(200), self.devicePixelRatioF())
        self._cover.setVisible(picture is not None)
        if picture is not None:
            self._cover.setPixmap(picture)
        if project is not None:
            self._notes.show_text(project.project.notes)

    def forget(self) -> None:
        """Commit what was typed, then show nothing."""
        self._notes.commit()
        self._ref = None

    def _project_pairs(self, details: ProjectDetails | None) -> list[tuple[str, str]]:
        if details is None:
            return []
        project = details.project
        pairs = (
            (words.tr("Author"), project.author),
            (words.tr("Narrator"), project.narrator),
            (words.tr("Language"), language_name(project.language)),
        )
        return [(name, value) for name, value in pairs if value]

    def _number_pairs(self, node: TreeNode) -> list[tuple[str, str]]:
        pairs = []
        if node.status is not None:
            pairs.append((words.tr("Status"), status_word(node.status)))
        if node.ref.entity is Entity.PROJECT and node.children >= 0:
            pairs.append((words.tr("Chapters"), formats.number(node.children)))
        if node.ref.entity is not Entity.SECTION and node.sections > 0:
            pairs.append((words.tr("Sections"), formats.number(node.sections)))
            recorded = words.tr("{recorded} of {count}").format(
                recorded=formats.number(node.recorded), count=formats.number(node.sections)
            )
            pairs.append((words.tr("Recorded"), recorded))
        if node.takes > 0 or node.ref.entity is Entity.SECTION:
            pairs.append((words.tr("Takes"), formats.number(node.takes)))
        if node.repaired > 0:
            is_section = node.ref.entity is Entity.SECTION
            count = words.tr("The current take") if is_section else formats.number(node.repaired)
            pairs.append((words.tr("Repaired"), count))
        if node.seconds > 0:
            pairs.append((words.tr("Length"), formats.length(node.seconds)))
        if (look := parent_look(node.states)) is not None:
            pairs.append((words.tr("State"), look.text))
        return pairs

    def _on_notes(self, text: str) -> None:
        if self._ref is not None:
            self.notes_committed.emit(self._ref, text)

    def _on_properties(self) -> None:
        if self._ref is not None:
            self.properties_requested.emit(self._ref)
