"""The first step of the sign-in: e-mail and password, or a code instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import KnownAccount
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.parts import icons
from audiodesk.views.parts.field_note import NotedField
from audiodesk.views.parts.links import link_button
from audiodesk.views.parts.theme import scaled

__all__ = ["PasswordForm"]

_LONGEST = 256
_HINTS = (
    Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoAutoUppercase | Qt.InputMethodHint.ImhNoPredictiveText
)


class PasswordForm(QWidget):
    """E-mail with the known accounts, password with an eye, and the ways around a password.

    The password is read once, by the dialog, and is otherwise in the field alone.

    Signals:
        changed: something was typed or chosen (nothing).
        code_wanted: a code should be sent to the e-mail (nothing).
        reset_wanted: the page for a lost password should open (nothing).
        known_chosen: a known account was chosen (KnownAccount).
    """

    changed = Signal()
    code_wanted = Signal()
    reset_wanted = Signal()
    known_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.email = Choice()
        self.email.setEditable(True)
        self.email.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.email.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.email.setMinimumContentsLength(16)
        line = self.email.lineEdit()
        assert line is not None  # noqa: S101 - an editable combo box has one
        self.email_line: QLineEdit = line
        self.email_line.setMaxLength(_LONGEST)
        self.email_line.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self.password = QLineEdit()
        self.password.setMaxLength(_LONGEST)
        self._eye = self.password.addAction(icons.icon("eye", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._on_eye)
        self.noted_email = NotedField(self.email, keeps_room=True)
        self.noted_password = NotedField(self.password, keeps_room=True)
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, noted in ((words.tr("E-mail"), self.noted_email), (words.tr("Password"), self.noted_password)):
            form.addRow(noted.label(name), noted)
        self.email_line.setAccessibleName(words.tr("E-mail"))
        self.code_link = link_button(words.tr("Send me a code"))
        self.code_link.clicked.connect(self.code_wanted)
        self.reset_link = link_button(words.tr("Lost the password?"))
        self.reset_link.clicked.connect(self.reset_wanted)
        self.reset_link.hide()
        links = QHBoxLayout()
        links.setSpacing(scaled(16))
        links.addWidget(self.code_link)
        links.addStretch(1)
        links.addWidget(self.reset_link)
        form.addRow("", links)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        self.email_line.textChanged.connect(self._on_email)
        self.email.activated.connect(self._on_known)
        self.password.textChanged.connect(self._on_password)
        self._on_eye(is_shown=False)

    @property
    def address(self) -> str:
        """The e-mail, without spaces around it."""
        return self.email_line.text().strip()

    def set_known(self, accounts: Sequence[KnownAccount], email: str) -> None:
        """Offer these accounts, and fill in ``email``, else the first of them."""
        hosts = {account.host for account in accounts}
        self.email.clear()
        for account in accounts:
            self.email.addItem(account.email, account)
            if len(hosts) > 1:
                self.email.setItemData(self.email.count() - 1, account.host, Qt.ItemDataRole.ToolTipRole)
        self.email_line.setText(email or (accounts[0].email if accounts else ""))
        self.email_line.setCursorPosition(0)

    def show_field(self, field: Literal["email", "password"]) -> NotedField:
        """Return the field of this name, and go to it with what was typed selected."""
        self.set_usable(is_usable=True)
        noted = self.noted_email if field == "email" else self.noted_password
        line = self.email_line if field == "email" else self.password
        line.setFocus()
        line.selectAll()
        return noted

    def focus_first_empty(self) -> None:
        """Go to the first field that nothing was typed into."""
        (self.password if self.address else self.email_line).setFocus()

    def forget_password(self) -> None:
        """Empty the field for good: ``setText`` also drops what undo would bring back."""
        self._eye.setChecked(False)
        self.password.setText("")

    def hide_password(self) -> None:
        """Show dots again."""
        self._eye.setChecked(False)

    def set_usable(self, *, is_usable: bool) -> None:
        """Allow changes, or only looking."""
        for widget in (self.email, self.password, self.reset_link):
            widget.setEnabled(is_usable)
        if not is_usable:
            self.hide_password()

    def _on_email(self) -> None:
        self.noted_email.show_nothing()
        self.noted_password.show_nothing()
        self.changed.emit()

    def _on_password(self) -> None:
        self.noted_password.show_nothing()
        self.changed.emit()

    def _on_known(self, row: int) -> None:
        account = self.email.itemData(row)
        if isinstance(account, KnownAccount):
            self.known_chosen.emit(account)
            self.password.setFocus()

    def _on_eye(self, is_shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.password.setEchoMode(QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password)
        self.password.setInputMethodHints(_HINTS if is_shown else _HINTS | Qt.InputMethodHint.ImhHiddenText)
        self._eye.setIcon(icons.icon("eye-off" if is_shown else "eye", "muted"))
        self._eye.setText(words.tr("Hide the password") if is_shown else words.tr("Show the password"))
        self._eye.setToolTip(self._eye.text())
