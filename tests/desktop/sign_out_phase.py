"""A window that signs out by itself as soon as it can, and says so: ``python -m tests.desktop.sign_out_phase``."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.views.parts.theme import Theme

_LOOK_MS = 20


def main() -> int:
    """Open the window of the library."""
    setattr(application, "Desk", _Leaving)  # noqa: B010  # a class is no variable for mypy
    return application.main(["audiodesk"])


class _Leaving(Desk):
    """Chooses *Sign out* in the account's menu."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__(core, theme)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._go_on)

    def show(self) -> None:
        super().show()
        self._looking.start(_LOOK_MS)

    def _go_on(self) -> None:
        if self.is_started:
            self._looking.stop()
            self.workbench.account.leaving.sign_out()
            print("signing out", flush=True)


if __name__ == "__main__":
    sys.exit(main())
