"""A window that signs in by itself and prints what it is waiting for: ``python -m tests.desktop.sign_in_phase EMAIL``.

The password is the first line of standard input.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.views.account.sign_in_dialog import SignInDialog
from audiodesk.views.parts.theme import Theme

_LOOK_MS = 20
_secret: list[str] = []


def main() -> int:
    """Open the window of the library."""
    _secret.append(sys.stdin.readline().rstrip("\n"))
    setattr(application, "Desk", _Hasty)  # noqa: B010  # a class is no variable for mypy
    return application.main(["audiodesk"])


class _Hasty(Desk):
    """Fills in the dialog as soon as it can."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__(core, theme)
        self._said = ""
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._go_on)

    def show(self) -> None:
        super().show()
        self._looking.start(_LOOK_MS)

    def _go_on(self) -> None:
        if not self.is_started:
            return
        sign_in = self.workbench.account.sign_in
        if sign_in.dialog is None and _secret:
            self.workbench.account.button.click()
        elif isinstance(sign_in.dialog, SignInDialog):
            if _secret and sign_in.dialog.server.state == "tested":
                sign_in.dialog.form.email_line.setText(sys.argv[1])
                sign_in.dialog.form.password.setText(_secret.pop())
                sign_in.dialog.sign_in_button.click()
            self._say(sign_in.dialog._busy_text.text())

    def _say(self, sentence: str) -> None:
        if sentence and sentence != self._said:
            self._said = sentence
            print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
