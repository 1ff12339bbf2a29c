"""The page of an empty library: files can be dropped anywhere on it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.views.centre.drop_area import DropArea
from audiodesk.views.parts.dropped import dropped_paths

__all__ = ["FirstRun"]


class FirstRun(QFrame):
    """Offers a drop area and one button, and asks for nothing else.

    Signals:
        files_requested: "Choose files…" was pressed (nothing).
        files_hovered: files are held over it (list of paths).
        files_dragged_away: the files are not held over it any more.
        files_dropped: files were dropped (list of paths).
    """

    files_requested = Signal()
    files_hovered = Signal(object)
    files_dragged_away = Signal()
    files_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "surface")
        self.setAcceptDrops(True)
        self._area = DropArea()
        self.show_owner(has_account=None)
        self._area.files_requested.connect(self.files_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)

    def show_owner(self, *, has_account: bool | None, has_synced: bool = False) -> None:
        """Say what becomes of the recordings; with an account also what of its books, once ``has_synced`` tells.

        While it is not known whether there is an account (None), nothing is said of it.
        """
        said = [words.tr("MP3 or WAV, files or whole folders. They are copied, checked, and stay yours.")]
        if has_account is False:
            said.append(words.tr("Nothing leaves this computer."))
        elif has_account:
            if not has_synced:
                said.append(words.tr("The books of your account show here as soon as the server has answered."))
            said.append(words.tr("What you add shows on your other computers too; the audio stays here."))
        self._area.show_words(words.tr("Drop your recordings here"), " ".join(said), words.tr("Choose files…"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: accept files that are dragged in."""
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self._area.set_target(is_target=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: report what is held over the page."""
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.files_hovered.emit(dropped_paths(event.mimeData()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: report that the drag has left."""
        super().dragLeaveEvent(event)
        self._area.set_target(is_target=False)
        self.files_dragged_away.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: report the files that were dropped."""
        self._area.set_target(is_target=False)
        self.files_dragged_away.emit()
        event.setDropAction(Qt.DropAction.CopyAction)  # told of a move, a source may delete its files
        event.accept()
        self.files_dropped.emit(dropped_paths(event.mimeData()))
