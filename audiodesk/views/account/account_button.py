"""The button in the window's frame: who is signed in, with a menu, or "Sign in"."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QVBoxLayout, QWidget, QWidgetAction

from audiodesk.domain import words
from audiodesk.domain.server.account import AccountFacts
from audiodesk.views.account.account_acts import AccountActs
from audiodesk.views.parts import icons
from audiodesk.views.parts.theme import Role, scaled, set_tone

__all__ = ["AccountButton"]


class AccountButton(QPushButton):
    """Signed in it opens the menu of the account; else a click signs in."""

    def __init__(self, acts: AccountActs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._acts = acts
        self._account_menu = QMenu(self)
        self._email, self._state = QLabel(), QLabel()
        self._head_act = self._head()
        self._account_menu.addAction(self._head_act)
        self._account_menu.addSeparator()
        acts.fill(self._account_menu)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIcon(icons.icon("circle-user-round"))
        self.clicked.connect(self._on_clicked)
        self.setAccessibleName(words.tr("Account"))
        self.setEnabled(False)  # until it is known whether there is a sign-in

    @property
    def account_menu(self) -> QMenu:
        """The menu with the acts of the account."""
        return self._account_menu

    def show_account(self, facts: AccountFacts | None, state: str = "", tone: Role = "muted") -> None:
        """Show who is signed in, and in the menu a sentence about the sync; None: no account."""
        self.setEnabled(True)
        is_in = facts is not None and facts.is_signed_in
        name = facts.title if facts is not None and is_in else words.tr("Sign in")
        short = QFontMetrics(self.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, scaled(180))
        self.setText(f" {short}".replace("&", "&&"))
        self.setToolTip(facts.email if facts is not None else words.tr("Offered, never needed"))
        self.setAccessibleName(words.tr("Account: {name}").format(name=name) if is_in else name)
        self.setMenu(self._account_menu if is_in else None)  # type: ignore[arg-type] # None takes the menu away
        self._email.setText("" if facts is None else facts.email)
        self._state.setText(state)
        self._state.setVisible(bool(state))
        set_tone(self._state, tone)
        # A menu measures its rows again only if one of its actions says that it has changed.
        self._head_act.setText(" ".join(part for part in (self._email.text(), state) if part))

    def _head(self) -> QWidgetAction:
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(scaled(12), scaled(8), scaled(24), scaled(8))
        layout.setSpacing(scaled(4))
        font = self._email.font()
        font.setWeight(font.Weight.DemiBold)
        self._email.setFont(font)
        set_tone(self._email, "text")
        for label in (self._email, self._state):
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        act = QWidgetAction(self)
        act.setDefaultWidget(inside)
        act.setEnabled(False)  # only to be read
        return act

    def _on_clicked(self) -> None:
        if self.menu() is None:
            self._acts.sign_in.trigger()
