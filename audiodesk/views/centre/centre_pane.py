"""The centre: shows the path, title and table of what is chosen, or an area to drop recordings on."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.read_model import Crumb, Ref, TreeNode
from audiodesk.views.centre.about_label import AboutLabel
from audiodesk.views.centre.drop_area import DropArea
from audiodesk.views.centre.node_model import NodeModel
from audiodesk.views.centre.table_view import NodeTable, RowsTable, TakeTable
from audiodesk.views.centre.take_model import TakeModel
from audiodesk.views.parts.dropped import dropped_paths
from audiodesk.views.parts.labels import ElidedLabel, title
from audiodesk.views.parts.node_words import counts_sentence
from audiodesk.views.parts.state_look import StateLook
from audiodesk.views.parts.theme import colors, scaled

__all__ = ["CentrePane"]


class _Crumbs(QLabel):
    """The path above what is shown, each step a link.

    Signals:
        step_requested: a step of the path was clicked (Ref).
    """

    step_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._crumbs: tuple[Crumb, ...] = ()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setAccessibleName(words.tr("Path"))
        self.linkActivated.connect(self._on_link)
        self.setMinimumWidth(scaled(40))

    def show_crumbs(self, crumbs: Sequence[Crumb]) -> None:
        """Show these steps; without any the line is blank."""
        self._crumbs = tuple(crumbs)
        color = colors().muted
        style = f"color:{color}; text-decoration:none"
        links = [f'<a href="{at}" style="{style}">{escape(_short(c.title))}</a>' for at, c in enumerate(crumbs)]
        self.setText(f' <span style="color:{color}">›</span> '.join(links))
        self.setToolTip(" › ".join(crumb.title for crumb in crumbs))

    def repaint_links(self) -> None:
        """Repaint the links after a change of scheme: rich text keeps the colours it was made with."""
        self.show_crumbs(self._crumbs)

    def _on_link(self, link: str) -> None:
        crumb = self._crumbs[int(link)]
        self.step_requested.emit(Ref(crumb.entity, crumb.id))


class CentrePane(QFrame):
    """Shows one project, chapter or section, and takes what is dropped on it.

    Signals:
        step_requested: a step of the path was clicked (Ref).
        files_requested: the drop area's button was pressed (nothing).
        many_requested: "Add many chapters…" was pressed in an empty project (nothing).
        files_hovered: files are held over it (Ref of what is shown or None, list of paths).
        files_dragged_away: the files are not held over it any more.
        files_dropped: files were dropped (Ref of what is shown or None, list of paths).
    """

    step_requested = Signal(object)
    files_requested = Signal()
    many_requested = Signal()
    files_hovered = Signal(object, object)
    files_dragged_away = Signal()
    files_dropped = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self.setAcceptDrops(True)
        self._ref: Ref | None = None
        self._is_empty = False
        self._is_target = False
        self._stand_in: QWidget | None = None
        self._stands_for: Ref | None = None
        self.take_model = TakeModel(self)
        self.node_model = NodeModel(self)
        self.takes = TakeTable(self.take_model)
        self.nodes = NodeTable(self.node_model)
        self._crumbs = _Crumbs()
        self._title: ElidedLabel = title()
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._about = AboutLabel()
        self._area = DropArea()
        self._stack = QStackedWidget()
        for page in (self.takes, self.nodes, self._area, QWidget()):
            self._stack.addWidget(page)
        head = QVBoxLayout()
        head.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(12))
        head.setSpacing(scaled(4))
        head.addWidget(self._crumbs)
        line = QHBoxLayout()
        line.setSpacing(scaled(12))
        line.addWidget(self._title)
        line.addWidget(self._about, 1, Qt.AlignmentFlag.AlignBottom)
        head.addLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)
        self._crumbs.step_requested.connect(self.step_requested)
        self._area.files_requested.connect(self.files_requested)
        self._area.second_requested.connect(self.many_requested)
        self.show_nothing()

    @property
    def ref(self) -> Ref | None:
        """The row that is shown; None while nothing is."""
        return self._ref

    def table(self) -> RowsTable | None:
        """Return the table that is shown; None where there are no rows."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, RowsTable) else None

    def show_nothing(self) -> None:
        """Show that nothing is chosen."""
        self._ref = None
        advice = words.tr("What you add will be here") if self._is_empty else words.tr("Choose a project on the left")
        self._head((), advice, "")
        self._stack.setCurrentIndex(3)

    def show_emptiness(self, *, is_empty: bool) -> None:
        """Show whether the library has a project to choose."""
        self._is_empty = is_empty
        if self._ref is None:
            self.show_nothing()

    def show_takes(
        self, node: TreeNode, crumbs: Sequence[Crumb], rows: Sequence[TakeRow], states: Sequence[StateLook]
    ) -> None:
        """Show a section with its takes."""
        self._ref = node.ref
        self._head(crumbs, node.title, "")
        self.take_model.show(rows, states)
        if not rows:
            self._area.show_words(
                words.tr("Drop a recording here"),
                words.tr("MP3 or WAV. It is copied and checked, and becomes the first take of this section."),
                words.tr("Choose files…"),
            )
        self._show_rows(0 if rows else 2)

    def show_nodes(self, node: TreeNode, crumbs: Sequence[Crumb], children: Sequence[TreeNode], about: str) -> None:
        """Show a project with its chapters or a chapter with its sections."""
        self._ref = node.ref
        is_project = node.ref.entity is Entity.PROJECT
        self._head(crumbs, node.title, " · ".join(part for part in (about, counts_sentence(node)) if part))
        self.node_model.show(Entity.CHAPTER if is_project else Entity.SECTION, children)
        self.nodes.hint = (
            words.tr("Drop files or folders here: each folder becomes a chapter, each file a section")
            if is_project
            else words.tr("Drop files here: each becomes a section of this chapter")
        )
        if not children:
            self._area.show_words(
                words.tr("No chapters yet") if is_project else words.tr("No sections yet"),
                self.nodes.hint,
                words.tr("Choose files…"),
                words.tr("Add many chapters…") if is_project else words.tr("Add many sections…"),
            )
        self._stack.setCurrentIndex(1 if children else 2)

    def stand_in(self, widget: QWidget, section: Ref) -> None:
        """Show ``widget`` in place of this section's takes, as long as the section is shown."""
        if self._stand_in is not widget:
            self._stand_in = widget
            self._stack.addWidget(widget)
        self._stands_for = section
        if self._ref == section:
            had_focus = self.takes.hasFocus()
            self._stack.setCurrentWidget(widget)
            if had_focus:
                self.focus_stand_in()

    def take_stand_in_away(self) -> None:
        """Show the takes again."""
        if self._stands_for is None:
            return
        self._stands_for = None
        if self._stand_in is not None and self._stack.currentWidget() is self._stand_in:
            had_focus = self._stand_in.isAncestorOf(QApplication.focusWidget() or self)
            self._show_rows(0 if self.take_model.rowCount() else 2)
            if had_focus:
                self.takes.setFocus()

    def focus_stand_in(self) -> bool:
        """Give the focus to the page that is shown in place of the takes; return whether there is one."""
        if self._stand_in is None or self._stack.currentWidget() is not self._stand_in:
            return False
        self._stand_in.setFocus()
        return True

    def repaint_links(self) -> None:
        """Repaint the links in the colours of the new scheme."""
        self._crumbs.repaint_links()

    # -- Qt: drag and drop -----------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: accept files that are dragged in."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._light_up(is_target=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: report what is held over the pane."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.files_hovered.emit(self._ref, dropped_paths(event.mimeData()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: report that the drag has left."""
        super().dragLeaveEvent(event)
        self._light_up(is_target=False)
        self.files_dragged_away.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: report the files that were dropped."""
        self._light_up(is_target=False)
        self.files_dragged_away.emit()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.files_dropped.emit(self._ref, dropped_paths(event.mimeData()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw a frame while files are held over the pane."""
        super().paintEvent(event)
        if self._is_target and self._stack.currentIndex() != 2:
            painter = QPainter(self)
            painter.setPen(QPen(colors().of("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _show_rows(self, page: int) -> None:
        """Show a page of the stack, or the page that replaces it."""
        if self._stand_in is not None and self._stands_for is not None and self._stands_for == self._ref:
            self._stack.setCurrentWidget(self._stand_in)
        else:
            self._stack.setCurrentIndex(page)

    def _light_up(self, *, is_target: bool) -> None:
        self._is_target = is_target
        self._area.set_target(is_target=is_target)
        margin = 2 if is_target and self._stack.currentIndex() != 2 else 0
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(margin, 0, margin, margin)
        self.update()

    def _head(self, crumbs: Sequence[Crumb], name: str, about: str) -> None:
        self._crumbs.show_crumbs(crumbs)
        self._crumbs.setVisible(bool(crumbs))
        self._title.setText(name)
        self._about.setText(about)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:30]}…{text[-28:]}"
