"""What all dialogs share: margins, a title inside the dialog, one row of buttons named by verbs."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.views.parts.labels import ElidedLabel, muted, title
from audiodesk.views.parts.theme import scaled

__all__ = ["Dialog", "GrowingDialog"]


class Dialog(QDialog):
    """A title, a sentence, a body, and buttons; the primary button is at the right, in the accent colour.

    A modal dialog covers the window's notices and jobs, so it shows its own: below the body stand the work that it
    waits for, with a button that stops it, and what went wrong.

    Signals:
        stop_requested: the work that the dialog waits for is to be stopped (nothing).
    """

    stop_requested = Signal()

    def __init__(self, name: str, sentence: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.headline: ElidedLabel = title(name)
        self.sentence = muted(sentence, wrapped=True)
        self.sentence.setVisible(bool(sentence))
        self.body = QVBoxLayout()
        self.body.setSpacing(scaled(12))
        self.is_over = False
        self._waiting: list[QWidget] = []
        self.trouble = muted(wrapped=True, tone="danger")
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trouble.hide()
        self.working = self._working_row()
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(scaled(8))
        self.buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(scaled(24), scaled(20), scaled(24), scaled(20))
        layout.setSpacing(scaled(8))
        layout.addWidget(self.headline)
        layout.addWidget(self.sentence)
        layout.addSpacing(scaled(8))
        layout.addLayout(self.body, 1)
        layout.addWidget(self.working)
        layout.addWidget(self.trouble)
        layout.addSpacing(scaled(12))
        layout.addLayout(self.buttons)

    def say(self, sentence: str) -> None:
        """Replace the sentence below the title."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))

    def show_error(self, sentence: str, details: str = "") -> None:
        """Show what went wrong; the dialog stays open, with all that was typed or chosen. ``details``: the raw text."""
        self.end_work()
        self.trouble.setText(sentence)
        self.trouble.setToolTip(details)
        self.trouble.setVisible(bool(sentence))

    def begin_work(self, sentence: str, *waiting: QWidget, can_stop: bool = False) -> None:
        """Show that something is being done; ``waiting`` cannot be pressed until then.

        With ``can_stop`` there is a button that stops it.
        """
        self.end_work()
        self.trouble.hide()
        self._work_text.setText(sentence)
        self.stop_button.setVisible(can_stop)
        self.stop_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.stop_button.setEnabled(True)
        self.working.show()
        self._waiting = [widget for widget in waiting if widget.isEnabled()]
        for widget in self._waiting:
            widget.setEnabled(False)

    def end_work(self) -> None:
        """Take back what ``begin_work`` did."""
        self.working.hide()
        self.stop_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in self._waiting:
            widget.setEnabled(True)
        self._waiting = []

    @property
    def is_working(self) -> bool:
        """Whether the dialog waits for work."""
        return not self.working.isHidden()

    def done(self, result: int) -> None:
        """Qt: close with this result; from then on ``is_over`` holds."""
        self.is_over = True
        super().done(result)

    def accept_once(self) -> None:
        """Accept, unless the dialog was closed in the meantime."""
        if not self.is_over:
            self.accept()

    def add_button(self, text: str, *, primary: bool = False, left: bool = False) -> QPushButton:
        """Add a button; Enter presses the primary one."""
        button = QPushButton(text)
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("kind", "primary")
        self.buttons.insertWidget(0 if left else self.buttons.count(), button)
        return button

    def add_closing(self, text: str, *, primary: bool = False) -> QPushButton:
        """Add a button that closes the dialog without doing anything."""
        button = self.add_button(text, primary=primary)
        button.clicked.connect(self.reject)
        return button

    def _working_row(self) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        self._work_text = muted(wrapped=True)
        self.stop_button = QPushButton(words.tr("Stop"))
        self.stop_button.setAutoDefault(False)
        # A dialog gives the focus to its first widget, also to a hidden one; then it would not go to the first field.
        self.stop_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.stop_button.clicked.connect(self._on_stop)
        line.addWidget(self._work_text, 1)
        line.addWidget(self.stop_button)
        row.hide()
        return row

    def _on_stop(self) -> None:
        self.stop_button.setEnabled(False)
        self.stop_requested.emit()


class GrowingDialog(Dialog):
    """A dialog whose parts come and go: it is always as high as they need, at the width that it has."""

    def event(self, event: QEvent) -> bool:
        """Qt: a part has appeared, has gone, or has another size."""
        done = super().event(event)
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Resize):
            self._fit()
        return done

    def _fit(self) -> None:
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        needed = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else self.sizeHint().height()
        if needed != self.height():
            self.resize(self.width(), needed)
