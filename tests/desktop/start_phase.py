"""A window that prints when it is complete, and each word of its status bar: ``python -m tests.desktop.start_phase``.

Each line is the monotonic clock's seconds and what happened then. With the argument ``hanging-name`` no name is ever
found, as with a resolver whose packets are dropped.
"""

from __future__ import annotations

import socket
import sys
import threading
import time

from PySide6.QtCore import QTimer

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.views.parts.theme import Theme

_LOOK_MS = 10
_LONGEST_MS = 20_000


def main() -> int:
    """Open the window of the library."""
    if "hanging-name" in sys.argv:
        setattr(socket, "getaddrinfo", _hang)  # noqa: B010  # a function is no variable for mypy
    setattr(application, "Desk", _Telling)  # noqa: B010  # nor is a class
    return application.main(["audiodesk"])


def _hang(*_arguments: object, **_named: object) -> None:
    threading.Event().wait()


class _Telling(Desk):
    """Prints what a person sees, and when."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__(core, theme)
        self._told: list[str] = []
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._look)

    def show(self) -> None:
        super().show()
        self._looking.start(_LOOK_MS)
        QTimer.singleShot(_LONGEST_MS, self, self.window.close)

    def _look(self) -> None:
        if self.is_started:
            self._tell("complete")
            self._tell(self.window.status.connection)

    def _tell(self, what: str) -> None:
        if what and what not in self._told:
            self._told.append(what)
            print(time.monotonic(), what, flush=True)


if __name__ == "__main__":
    sys.exit(main())
