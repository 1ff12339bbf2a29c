"""The pane on the right: details of the chosen take, or of the project, chapter or section in the centre."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.listings import ProjectDetails, TakeDetails
from audiodesk.domain.library.read_model import TreeNode
from audiodesk.views.details.node_details import NodeDetailsView
from audiodesk.views.details.take_details import TakeDetailsView
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import scaled

__all__ = ["DetailsPane"]


class DetailsPane(QScrollArea):
    """Scrolls vertically only; wide content wraps or is elided."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "frame")
        self.setAccessibleName(words.tr("Details"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.take = TakeDetailsView()
        self.node = NodeDetailsView()
        self._nothing = muted("", wrapped=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedWidget()
        for page in (self._nothing, self.node, self.take):
            self._stack.addWidget(page)
        inside = QWidget()
        inside.setProperty("pane", "frame")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(scaled(20), scaled(20), scaled(20), scaled(20))
        layout.addWidget(self._stack)
        self.setWidget(inside)
        self.viewport().installEventFilter(self)

    def show_take(self, details: TakeDetails) -> None:
        """Show the details of a take."""
        self.node.forget()
        self.take.show_details(details)
        self._stack.setCurrentWidget(self.take)

    def show_node(self, node: TreeNode, project: ProjectDetails | None = None) -> None:
        """Show the details of a project, a chapter or a section."""
        self.take.forget()
        self.node.show_node(node, project)
        self._stack.setCurrentWidget(self.node)

    def show_nothing(self, text: str = "") -> None:
        """Show only ``text``: nothing is chosen, or too much."""
        self.take.forget()
        self.node.forget()
        self._nothing.setText(text)
        self._stack.setCurrentWidget(self._nothing)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt: keep the content as narrow as the viewport, so that its texts wrap."""
        inside = self.widget()
        if watched is self.viewport() and event.type() == QEvent.Type.Resize and inside is not None:
            inside.setMaximumWidth(self.viewport().width())
        return super().eventFilter(watched, event)
