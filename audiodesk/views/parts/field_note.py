"""A field with the line under it that says what is wrong with it, or that it is right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.views.parts.labels import muted
from audiodesk.views.parts.notice_card import Dot
from audiodesk.views.parts.theme import Role, repolish, scaled, set_tone

__all__ = ["FieldNote", "NotedField"]


class FieldNote(QWidget):
    """An icon and a sentence; the raw answer of a server lies under "Details".

    With ``keeps_room`` the place of a sentence stays empty once it is gone, so that nothing below jumps back under the
    hand of a person who types.
    """

    def __init__(self, parent: QWidget | None = None, *, keeps_room: bool = False) -> None:
        super().__init__(parent)
        self._keeps_room = keeps_room
        self._sign = Dot()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._more = QPushButton(words.tr("Details"))
        self._more.setProperty("kind", "link")
        self._more.setAutoDefault(False)
        self._more.setCheckable(True)
        self._raw = muted(wrapped=True)
        self._raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more.toggled.connect(self._raw.setVisible)
        said = QVBoxLayout()
        said.setSpacing(scaled(4))
        said.addWidget(self._text)
        said.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        said.addWidget(self._raw)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(6))
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(said, 1)
        self.say("")

    @property
    def text(self) -> str:
        """The sentence that is shown; empty while there is none."""
        return "" if self.isHidden() else self._text.text()

    def say(self, sentence: str, icon: str = "", tone: Role = "muted", details: str = "") -> None:
        """Show a sentence; an empty one hides the line."""
        room = self.height() if self._keeps_room and self.isVisible() and not self._raw.isVisible() else 0
        self.setMinimumHeight(max(room, self.minimumHeight()))
        self._sign.show_icon(icon, tone)
        self._sign.setVisible(bool(icon))
        self._text.setText(sentence)
        set_tone(self._text, tone)
        self._more.setChecked(False)
        self._more.setVisible(bool(details))
        self._raw.setText(details)
        self._raw.setVisible(False)
        self.setVisible(bool(sentence) or self.minimumHeight() > 0)


class NotedField(QWidget):
    """A field and its note below each other; trouble gives the field a red border and a description."""

    def __init__(self, field: QWidget, parent: QWidget | None = None, *, keeps_room: bool = False) -> None:
        super().__init__(parent)
        self.field = field
        self.note = FieldNote(keeps_room=keeps_room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(scaled(4))
        layout.addWidget(field)
        layout.addWidget(self.note)
        self.setFocusProxy(field)

    def label(self, name: str) -> QLabel:
        """Return a label with this name beside the field; the field gets the same name for a screen reader."""
        label = QLabel(name)
        label.setBuddy(self.field)
        label.setFixedHeight(self.field.sizeHint().height())  # a form would let it sink while a note makes the row high
        self.field.setAccessibleName(name)
        return label

    @property
    def is_wrong(self) -> bool:
        """Whether trouble is shown."""
        return bool(self.field.property("wrong"))

    def show_trouble(self, sentence: str, details: str = "") -> None:
        """Show what is wrong, why, and what to do."""
        self._mark(is_wrong=True)
        self.note.say(sentence, "circle-x", "danger", details)
        self.field.setAccessibleDescription(sentence)

    def show_fine(self, sentence: str) -> None:
        """Show that it is right."""
        self._mark(is_wrong=False)
        self.note.say(sentence, "check", "safe")
        self.field.setAccessibleDescription(sentence)

    def show_nothing(self) -> None:
        """Take the note away."""
        self._mark(is_wrong=False)
        self.note.say("")
        self.field.setAccessibleDescription("")

    def _mark(self, *, is_wrong: bool) -> None:
        if self.is_wrong != is_wrong:
            self.field.setProperty("wrong", is_wrong)
            repolish(self.field)
