"""Chooses where rows are moved to: the way to do it by keyboard instead of dragging."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.dialogs.dialog import Dialog
from audiodesk.views.parts.theme import scaled
from audiodesk.views.tree.tree_model import TreeModel
from audiodesk.views.tree.tree_view import TreeView

__all__ = ["MoveDialog"]


class MoveDialog(Dialog):
    """``target`` is the new parent. The dialog closes when the rows are there.

    The model loads its rows like the window's own tree.

    Signals:
        move_requested: the rows are to be moved to ``target`` (nothing).
    """

    move_requested = Signal()

    def __init__(self, entity: Entity, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._wanted = entity.parent
        names = {
            Entity.CHAPTER: words.tr("Move to another project"),
            Entity.SECTION: words.tr("Move to another chapter"),
            Entity.TAKE: words.tr("Move to another section"),
        }
        self.headline.setText(names[entity])
        self.setWindowTitle(names[entity])
        self.model = TreeModel(self, deepest=self._wanted or Entity.PROJECT)
        self.tree = TreeView(self.model)
        self.tree.setAccessibleName(words.tr("Where to"))
        self.tree.setDragEnabled(False)
        self.tree.setAcceptDrops(False)
        self.tree.setEditTriggers(self.tree.EditTrigger.NoEditTriggers)
        self.tree.setSelectionMode(self.tree.SelectionMode.SingleSelection)
        self.body.addWidget(self.tree, 1)
        self.add_closing(words.tr("Cancel"))
        self._move = self.add_button(words.tr("Move here"), primary=True)
        self._move.clicked.connect(self.move_requested)
        self.tree.chosen_changed.connect(self._update)
        self.tree.open_requested.connect(self._on_open)
        self.tree.doubleClicked.connect(lambda index: self._on_open(self.model.ref(index)))
        self._update()
        self.resize(scaled(440), scaled(520))

    def show_no_target(self) -> None:
        """Replace the list, in which nothing could be chosen, by a sentence that says so."""
        nowhere = {
            Entity.PROJECT: words.tr("There is no other project yet that it could go to."),
            Entity.CHAPTER: words.tr("There is no other chapter yet that it could go to."),
            Entity.SECTION: words.tr("There is no other section yet that it could go to."),
        }
        self.say(nowhere[self._wanted or Entity.PROJECT])
        self.tree.hide()
        self._move.hide()
        self.body.addStretch(1)
        self.resize(self.width(), self.minimumSizeHint().height())

    def target(self) -> Ref | None:
        """Return the chosen row; None where the rows cannot go there."""
        ref = self.tree.current()
        return ref if ref is not None and ref.entity is self._wanted else None

    def begin_moving(self) -> None:
        """Show that the rows are being moved."""
        self.begin_work(words.tr("Moving…"), self._move, self.tree)

    def _on_open(self, ref: Ref | None) -> None:
        if ref is not None and ref.entity is self._wanted and not self.is_working:
            self.move_requested.emit()

    def _update(self) -> None:
        self._move.setEnabled(self.target() is not None and not self.is_working)
