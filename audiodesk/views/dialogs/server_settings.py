"""The part of the settings about the server: its address and key, where changes go, and the account."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts
from audiodesk.views.dialogs.choice import Choice
from audiodesk.views.dialogs.server_fields import ServerField, ServerFields
from audiodesk.views.parts.labels import ElidedLabel, heading, muted
from audiodesk.views.parts.theme import scaled

__all__ = ["ServerSettings"]

Backend = Literal["local", "supabase"]


class ServerSettings(QWidget):
    """A change of address or key counts once it was tested; the back end changes at once.

    Signals:
        server_entered: test this address with this key, and keep both if they are right (str, str).
        backend_chosen: send changes to the server, or keep all on this computer ("supabase" or "local").
        account_requested: open the sign-in or the account page (nothing).
    """

    server_entered = Signal(str, str)
    backend_chosen = Signal(str)
    account_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_meanwhile = False
        """Whether the test goes on while the person does something else."""
        self.fields = ServerFields(tests_when_left=True)
        self.fields.server_left.connect(self._on_left)
        self.fields.server_entered.connect(self._on_entered)
        self.backend = Choice()
        self.backend.setAccessibleName(words.tr("Changes go to"))
        self.backend.addItem(words.tr("This computer alone"), "local")
        self.backend.addItem(words.tr("The server, when signed in"), "supabase")
        self.backend.activated.connect(lambda at: self.backend_chosen.emit(self.backend.itemData(at)))
        self._forced = muted(wrapped=True)
        self._forced.hide()
        self._account = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.account_button = QPushButton()
        self.account_button.setAutoDefault(False)
        self.account_button.clicked.connect(self.account_requested)
        account = QHBoxLayout()
        account.setSpacing(scaled(8))
        account.addWidget(self._account, 1)
        account.addWidget(self.account_button)
        form = QFormLayout()
        form.setHorizontalSpacing(scaled(16))
        form.setVerticalSpacing(scaled(12))
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        label = QLabel(words.tr("Changes go to"))
        label.setBuddy(self.backend)
        form.addRow(label, self.backend)
        form.addRow("", self._forced)
        form.addRow(QLabel(words.tr("Account")), account)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, scaled(8), 0, 0)
        layout.setSpacing(scaled(12))
        layout.addWidget(heading(words.tr("Server")))
        layout.addWidget(self.fields)
        layout.addLayout(form)
        self.show_account(None)

    def show_server(self, address: str, key: str, *, is_tested: bool) -> None:
        """Show the server that is set up."""
        self.fields.show_server(address, key, is_tested=is_tested)

    def show_tested(self, sentence: str) -> None:
        """Show that the server that was entered is right, and is kept."""
        self.fields.set_usable(is_usable=True)
        self.fields.show_tested(sentence)

    def show_trouble(self, field: ServerField, sentence: str, details: str = "", *, is_kept: bool = True) -> None:
        """Show what is wrong with address or key; a secret key is taken out with ``is_kept=False``."""
        self.fields.set_usable(is_usable=True)
        self.fields.show_trouble(field, sentence, details, is_kept=is_kept)
        if not self._is_meanwhile:
            self.fields.focus_trouble()

    def show_backend(self, backend: Backend, *, is_forced: bool = False) -> None:
        """Show where changes go; ``is_forced``: the environment decides, and the choice is off."""
        self.backend.setCurrentIndex(self.backend.findData(backend))
        self.backend.setEnabled(not is_forced)
        self._forced.setText(words.tr("STORAGE_BACKEND in the environment decides this.") if is_forced else "")
        self._forced.setVisible(is_forced)

    def show_account(self, facts: AccountFacts | None) -> None:
        """Show who is signed in; None: nobody."""
        is_in = facts is not None and facts.is_signed_in
        self._account.setText(facts.email if facts is not None and is_in else words.tr("Nobody is signed in"))
        name = words.tr("Show the account") if is_in else words.tr("Sign in…")
        self.account_button.setText(name)

    def _on_left(self, address: str, key: str) -> None:
        self._is_meanwhile = True
        self.fields.show_testing()
        self.server_entered.emit(address, key)

    def _on_entered(self, address: str, key: str) -> None:
        self._is_meanwhile = False
        self.fields.show_testing()
        self.fields.set_usable(is_usable=False)
        self.server_entered.emit(address, key)
