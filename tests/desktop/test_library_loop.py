"""One process opens a library, another one and the first again, each in its own window, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, Program, open_core
from audiodesk.desktop.base import window_state
from audiodesk.desktop.desk import Desk
from audiodesk.desktop.start import application
from audiodesk.desktop.start.crash import CrashHook
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.settings import Settings
from audiodesk.local.database.migrations import STEPS, migrate
from audiodesk.views.dialogs.opening_dialog import OpeningDialog
from audiodesk.views.parts.theme import DARK
from tests.views.dress import dress

_DECODERS = 3
"""Threads of the decoders' pool, which serves every library of the program."""


@pytest.fixture
def folders() -> tuple[Path, Path]:
    """The folders of a library without an account, and of one with."""
    home = Path(os.environ["AUDIODESK_HOME"])
    return home / "local", home / "example.org" / "anna"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="what is open is read from /proc")
@pytest.mark.parametrize("rounds", [1, pytest.param(8, marks=pytest.mark.soak)])
def test_nothing_of_a_library_is_left_when_the_next_one_opens(folders: tuple[Path, Path], rounds: int) -> None:
    first, second = folders
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.library_loop", str(first), str(second), str(rounds)],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    # FFmpeg, which decodes for Qt, may say by itself that a file was closed before it was looked at.
    assert [line for line in done.stderr.splitlines() if not re.match(r"\[\w+ @ 0x", line)] == []
    moments: list[Any] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [moment["moment"] for moment in moments] == ["local", *["anna", "local"] * rounds, "end"]
    for moment in moments[:-1]:
        assert moment["alive"] == [], "parts of a former window are still referred to"
        assert moment["libraries"] == [moment["moment"]], "files of another library are open"
        assert moment["windows"] == 1
        own = [name for name in moment["threads"] if not name.startswith("Thread-")]
        assert own == ["MainThread", "library writer"]
        assert len(moment["threads"]) in (len(own), len(own) + _DECODERS)
    settled = moments[2:-1]  # the first windows load modules, fonts and icons
    for moment in settled[1:]:
        assert moment["files"] - settled[0]["files"] < 10, "the decoders' processes open a few"
        assert moment["objects"] - settled[0]["objects"] < 500
        assert moment["memory"] - settled[0]["memory"] < 16 * 1024, "KB"
    assert moments[-1]["threads"] == ["MainThread"]
    assert moments[-1]["libraries"] == []


class _Windows:
    """The program's loop in this process; ``at_work`` is called with each desk once it is complete."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at_work: list[Any] = []
        self.shown: list[Path] = []
        monkeypatch.setattr(application, "Desk", self._desk)
        self._theme = dress(cast("QApplication", QApplication.instance()))

    def run(self) -> int:
        """Run until ``at_work`` is empty and the window closed; returns the exit code."""
        qt = cast("QApplication", QApplication.instance())
        with Program(face="window") as program:
            return application.Windows(qt, program, self._theme, CrashHook()).run(program.library_folder)

    def _desk(self, *arguments: Any) -> Desk:
        desk = Desk(*arguments)
        self.shown.append(arguments[0].library_folder)
        timer = QTimer(desk)

        def look() -> None:
            if not (desk.is_started and desk.tasks.is_idle):
                return
            timer.stop()
            try:
                self.at_work.pop(0)(desk)
            except BaseException:  # otherwise Qt's loop would never end
                desk.window.close()
                raise

        timer.timeout.connect(look)
        timer.start(10)
        return desk


def _make_foreign(folder: Path) -> None:
    """Put the database of another program where the library's list would be."""
    folder.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(folder / "library.sqlite3")) as connection:
        connection.execute("create table song (title text)")


def _close(desk: Desk) -> None:
    desk.window.close()


@pytest.mark.slow
def test_each_library_is_shown_as_it_was_left(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    first, second = folders
    chosen: list[Ref | None] = []
    with open_core(face="command") as core:
        core.library.add_project("Salt")
        wanted = core.library.add_project("Well")

    def choose_and_go(desk: Desk) -> None:
        desk.window.tree.choose([wanted])
        desk.go_to(second)

    def go_back(desk: Desk) -> None:
        chosen.append(desk.window.tree.current())
        desk.go_to(first)

    def look(desk: Desk) -> None:
        chosen.append(desk.window.tree.current())
        desk.window.close()

    windows = _Windows(monkeypatch)
    windows.at_work = [choose_and_go, go_back, look]
    assert windows.run() == 0
    assert windows.shown == [first, second, first]
    assert chosen == [None, wanted]


@pytest.mark.slow
def test_where_the_next_library_cannot_be_opened_the_former_one_is_shown_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    first, second = folders
    _make_foreign(second)
    said: list[str] = []
    monkeypatch.setattr(application, "_say_why_not", lambda error: said.append(error.code))
    windows = _Windows(monkeypatch)
    windows.at_work = [lambda desk: desk.go_to(second), _close]
    assert windows.run() == 0
    assert windows.shown == [first, first]
    assert said == ["library-foreign"]


def test_where_no_library_can_be_opened_the_program_ends(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    first, _ = folders
    _make_foreign(first)
    monkeypatch.setattr(application, "_say_why_not", lambda _error: None)
    windows = _Windows(monkeypatch)
    assert windows.run() == 3
    assert windows.shown == []


def test_what_was_kept_before_libraries_were_told_apart_counts(qtbot: QtBot) -> None:
    with open_core(face="window") as core:
        core.program.window_state.save({"chosen": ["project", "a"], "expanded": ["a"], "width": 900})
        assert window_state.load(core)["chosen"] == ["project", "a"]
        window_state.save(core, {"chosen": ["project", "b"], "expanded": [], "width": 901})
        kept = core.program.window_state.load()
        assert kept == {
            "width": 901,
            "libraries": {core.database.library_id: {"chosen": ["project", "b"], "expanded": []}},
        }
        assert window_state.load(core)["chosen"] == ["project", "b"]
        core.program.window_state.save({"libraries": "nonsense"})
        assert window_state.load(core) == {}


def test_the_dialog_of_a_library_that_is_gone_has_the_colours_of_the_settings(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    first, _ = folders
    with open_core(face="window") as core:
        core.program.settings_store.save(Settings(scheme="dark"))
    shutil.rmtree(first)
    seen: list[str] = []

    def look() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, OpeningDialog) and widget.isVisible():
                seen.append(widget.palette().color(QPalette.ColorRole.Window).name())
                widget.reject()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    assert _Windows(monkeypatch).run() == 3
    assert seen[0] == DARK.frame


@pytest.mark.slow
def test_the_upgrade_of_an_older_library_is_said_before_its_window_is_there(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, folders: tuple[Path, Path]
) -> None:
    first, _ = folders
    first.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(first / "library.sqlite3", isolation_level=None)) as connection:
        migrate(connection, first / "library.sqlite3", steps=STEPS[:2])
    seen: list[str] = []
    real = Program.open

    def opening(program: Program, folder: Path) -> Core:
        texts = [widget.text() for widget in QApplication.topLevelWidgets() if isinstance(widget, QLabel)]
        seen.append(" ".join(text for text in texts if "brought to the form of this version" in text))
        return real(program, folder)

    monkeypatch.setattr(Program, "open", opening)
    windows = _Windows(monkeypatch)
    windows.at_work = [lambda desk: desk.go_to(first), _close]
    assert windows.run() == 0
    assert [bool(text) for text in seen] == [True, False]  # the second time no upgrade is needed
    assert windows.shown == [first, first]
