"""The cover's row in a project's properties: the picture, choosing and removing it, and what is wrong with a file."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.library.cover import CoverPicture
from audiodesk.views.parts import icons
from audiodesk.views.parts.cover_pixmap import cover_pixmap
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["CoverRow"]

_ENDINGS = ("png", "jpg", "jpeg")
_SIDE = 96


class CoverRow(QWidget):
    """Shows a cover. It decodes no file itself: it asks for a file to be read, and is told the result.

    Signals:
        chosen: a cover is to be made of this file (path).
        stopped: the reading is to be stopped (nothing).
        removed: the cover is to be removed (nothing).
        busy_changed: a reading began or ended (whether one is under way).
    """

    chosen = Signal(str)
    stopped = Signal()
    removed = Signal()
    busy_changed = Signal(bool)

    def __init__(self, data: bytes | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self._picture.setProperty("kind", "surface")
        self._picture.setFrameShape(QFrame.Shape.Box)
        self._picture.setFixedSize(scaled(_SIDE), scaled(_SIDE))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(words.tr("Cover"))
        self.choose_button = self._button(words.tr("Choose…"), self._on_choose)
        self.remove_button = self._button(words.tr("Remove"), self._on_remove)
        self.stop_button = self._button(words.tr("Stop"), self._on_stop)
        self.stop_button.hide()
        self.text = muted(wrapped=True)
        buttons = QHBoxLayout()
        for button in (self.choose_button, self.remove_button, self.stop_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        side = QVBoxLayout()
        side.addLayout(buttons)
        side.addWidget(self.text)
        side.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(scaled(12))
        line.addWidget(self._picture)
        line.addLayout(side, 1)
        self._has_cover = False
        self.is_busy = False
        self._show(data)

    def use_file(self, path: str) -> None:
        """Say that the file is being read, and ask for it."""
        self._set_busy(is_busy=True)
        self._say(words.tr("Reading the picture…"))
        self.chosen.emit(path)

    def show_cover(self, cover: CoverPicture) -> None:
        """Show the cover that was made of the file."""
        self._set_busy(is_busy=False)
        self._show(cover.data)
        if cover.frames > 1:
            text = words.tr("This picture moves; its first of {count} pictures becomes the cover.")
            self._say(text.format(count=cover.frames))

    def show_error(self, sentence: str) -> None:
        """Say why there is no cover of that file; the one before stays."""
        self._set_busy(is_busy=False)
        self._say(sentence, "danger")

    def show_stopped(self) -> None:
        """Say that the reading was stopped; the cover before stays."""
        self._set_busy(is_busy=False)
        self._say("" if self._has_cover else _hint())

    def _show(self, data: bytes | None) -> None:
        picture = cover_pixmap(data, scaled(_SIDE), self.devicePixelRatioF())
        self._has_cover = data is not None
        self.remove_button.setEnabled(self._has_cover)
        if picture is None:
            picture = icons.pixmap("image", "muted", scaled(24), self.devicePixelRatioF())
        self._picture.setPixmap(picture)
        self._say("" if self._has_cover else _hint())

    def _say(self, text: str, tone: Role = "muted") -> None:
        self.text.setText(text)
        set_tone(self.text, tone)

    def _set_busy(self, *, is_busy: bool) -> None:
        """While the file is read only Stop can be pressed. The focus stays among these buttons, if it is there."""
        self.is_busy = is_busy
        if is_busy:
            self.stop_button.setVisible(True)
            self._hand_focus((self.choose_button, self.remove_button), self.stop_button)
        self.choose_button.setEnabled(not is_busy)
        self.remove_button.setEnabled(not is_busy and self._has_cover)
        if not is_busy:
            self._hand_focus((self.stop_button,), self.choose_button)
            self.stop_button.setVisible(False)
        self.busy_changed.emit(is_busy)

    def _hand_focus(self, buttons: Sequence[QPushButton], to: QPushButton) -> None:
        """Move the focus from one of these buttons, which is about to go, to another: Qt would take the next field."""
        if self.window().focusWidget() in buttons:
            to.setFocus()

    def _button(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _on_choose(self) -> None:
        endings = " ".join(f"*.{ending} *.{ending.upper()}" for ending in _ENDINGS)
        path, _ = QFileDialog.getOpenFileName(
            self, words.tr("Choose a cover"), "", words.tr("Pictures ({endings})").format(endings=endings)
        )
        if path:
            self.use_file(path)

    def _on_remove(self) -> None:
        self._hand_focus((self.remove_button,), self.choose_button)
        self._show(None)
        self.removed.emit()

    def _on_stop(self) -> None:
        self.show_stopped()
        self.stopped.emit()


def _hint() -> str:
    return words.tr("PNG or JPEG; it is made small enough by itself.")
