"""Two computers of one account before the stand-in for the server: one with a window, one without."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, Program
from audiodesk.desktop.desk import Desk
from audiodesk.domain.sync.state import SyncCode
from audiodesk.services.uploading.uploader import Uploader
from tests.desktop.window import wait
from tests.twin.twin import Twin
from tests.views.dress import dress

Computers = Callable[..., "Computer"]


class Computer:
    """A computer with a library of its own, signed in by its environment; ``desk`` is its window."""

    def __init__(self, core: Core, qtbot: QtBot, desk: Desk | None = None) -> None:
        self.core = core
        self._desk = desk
        self._qtbot = qtbot

    @property
    def desk(self) -> Desk:
        assert self._desk is not None
        return self._desk

    def sync(self) -> None:
        """Sync once, as the command does."""
        account = self.core.account or self.core.sign_in()
        account.one_sync.run(threading.Event())

    def is_state(self, *codes: SyncCode) -> bool:
        state = self.desk.workbench.sync.state
        return state is not None and state.code in codes

    def is_in_agreement(self) -> bool:
        state = self.desk.workbench.sync.state
        return state is not None and state.code is SyncCode.UP_TO_DATE and not state.waiting

    def settle(self) -> None:
        """Wait until the window shows that it is in agreement with the server."""
        wait(self._qtbot, self.is_in_agreement)
        wait(self._qtbot, lambda: self.desk.tasks.is_idle)

    def fetch(self) -> None:
        """Sync the window's library now, and wait for the end."""
        before = self.desk.workbench.sync.state
        assert before is not None
        self.desk.window.acts.sync_now.trigger()
        wait(self._qtbot, lambda: self.desk.workbench.sync.state is not before and self.is_in_agreement())
        wait(self._qtbot, lambda: self.desk.tasks.is_idle)


@pytest.fixture(autouse=True)
def no_uploads(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave audio where it is, but for tests that are marked ``uploads``."""
    if "uploads" not in request.keywords:
        monkeypatch.setattr(Uploader, "start", lambda _: None)


@pytest.fixture
def user_environ(twin: Twin) -> dict[str, str]:
    """What signs the account in."""
    user = twin.add_user("anna@example.org", "secret-of-anna")
    return {
        "SUPABASE_URL": twin.url,
        "SUPABASE_ANON_KEY": twin.anon_key,
        "AUDIODESK_EMAIL": user.email,
        "AUDIODESK_PASSWORD": user.password,
        "STORAGE_BACKEND": "supabase",
    }


@pytest.fixture
def computers(qtbot: QtBot, user_environ: dict[str, str], tmp_path: Path) -> Iterator[Computers]:
    """Makes computers: ``computers("studio", window=True)``; other keywords are variables of its environment."""
    with contextlib.ExitStack() as stack:

        def make(
            name: str, *, window: bool = False, fill: Callable[[Core], object] | None = None, **more: str
        ) -> Computer:
            home = tmp_path / name
            places = {
                "AUDIODESK_HOME": str(home / "libraries"),
                **{f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")},
            }
            environ = {**os.environ, **user_environ, **places, **more}
            if window:  # which would open the account's library only after its server has answered
                with Program(environ, face="command") as before:
                    before.open().close()
            program = stack.enter_context(Program(environ, face="window" if window else "command"))
            core = stack.enter_context(program.open())
            if fill is not None:
                fill(core)
            if not window:
                return Computer(core, qtbot)
            theme = dress(cast("QApplication", QApplication.instance()))
            desk = Desk(core, theme)
            qtbot.addWidget(desk.window, before_close_func=lambda _window: desk.close())
            stack.callback(desk.close)
            desk.show()
            desk.window.activateWindow()
            wait(qtbot, lambda: desk.is_started)
            wait(qtbot, lambda: desk.tasks.is_idle)
            return Computer(core, qtbot, desk)

        yield make
