"""A signed-in window in which errors happen whose text and frames hold tokens: ``python -m tests.desktop.crashing``.

It prints what the window shows of them. A line on standard input then lets it crash for real.
"""

from __future__ import annotations

import os
import resource
import sys
import threading

from PySide6.QtCore import QTimer

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.views.parts.theme import Theme

_LOOK_MS = 20
_LONGEST_MS = 40_000


def main() -> int:
    """Open the window of the library; a core file would be made if the program did not forbid it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    setattr(application, "Desk", _Crashing)  # noqa: B010  # a class is no variable for mypy
    return application.main(["audiodesk"])


class _Fragile:
    """Its destructor fails, where nobody can catch it."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __del__(self) -> None:
        _break(self.secret)


class _Crashing(Desk):
    """Breaks in a slot, on a thread and in a destructor, as soon as it can."""

    def __init__(self, core: Core, theme: Theme) -> None:
        super().__init__(core, theme)
        self._is_broken = False
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._go_on)

    def show(self) -> None:
        super().show()
        self._looking.start(_LOOK_MS)
        QTimer.singleShot(_LONGEST_MS, self, lambda: os._exit(9))

    def _go_on(self) -> None:
        if self.is_started and not self._is_broken:
            self._is_broken = True
            self._break_everywhere()
        notice = self.window.notice
        if self._is_broken and notice.sentence:
            self._looking.stop()
            print(notice.sentence, notice._details.text(), flush=True)
            print("shown", flush=True)
            sys.stdin.readline()
            os.abort()

    def _break_everywhere(self) -> None:
        account = self._core.program.accounts.in_use()
        assert account is not None
        session = self._core.program.sessions.of(account)
        access = session.access_token()
        stored = session._stored
        assert stored is not None
        threading.Thread(target=_break, args=(stored.refresh,)).start()
        _Fragile(stored.refresh)
        _break(f"{access} {stored.refresh}")


def _break(secret: str) -> None:
    held = {"token": secret}
    message = f"cannot use {secret} of {held}"
    raise RuntimeError(message)


if __name__ == "__main__":
    sys.exit(main())
