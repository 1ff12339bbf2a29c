"""The program from its start: one window for a library, an orderly end, and a crash that is only reported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.desktop.base.single_window import SingleWindow, raise_other
from audiodesk.desktop.start.crash import CrashHook
from audiodesk.domain.errors import BugError

_HEAVY = ("numpy", "soundfile", "mutagen", "keyring", "httpx", "supabase", "PySide6.QtMultimedia", "typer", "rich")


@pytest.mark.slow
def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    code = (
        "import sys\n"
        "from audiodesk.desktop import desk\n"
        "from audiodesk.desktop.start import application\n"
        "from PySide6.QtWidgets import QApplication\n"
        "def stop(self):\n"
        "    print(' '.join(sys.modules), flush=True)\n"
        "    QApplication.quit()\n"
        "desk.Desk._after_first_paint = stop\n"
        "sys.exit(application.main(['audiodesk']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "audiodesk.views.frame.main_window" in loaded
    assert [name for name in _HEAVY if name in loaded] == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_second_start_raises_the_first_and_a_signal_ends_it(qtbot: QtBot) -> None:
    command = [sys.executable, "-m", "audiodesk"]
    first = subprocess.Popen(command)
    try:
        library = Path(os.environ["AUDIODESK_HOME"]) / "local"
        assert raise_other(library, milliseconds=30_000)  # it listens, so it holds the lock
        second = subprocess.run(command, timeout=30, check=False)
        assert second.returncode == 0
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        assert first.wait(30) == 0
    finally:
        if first.poll() is None:
            first.kill()
            first.wait()


def test_the_first_window_hears_of_the_second_start(qtbot: QtBot, tmp_path: Path) -> None:
    window = SingleWindow(tmp_path)
    answers: list[bool] = []
    other = threading.Thread(target=lambda: answers.append(raise_other(tmp_path)))
    with qtbot.waitSignal(window.raise_requested, timeout=30_000):
        other.start()
    other.join()
    assert answers == [True]
    window.close()
    assert not raise_other(tmp_path, milliseconds=200)


def test_an_uncaught_error_is_shown_once_as_a_sentence(qtbot: QtBot) -> None:
    hook = CrashHook()
    told: list[BugError] = []
    hook.crashed.connect(told.append)
    hook.install()
    try:
        for _ in range(3):
            sys.excepthook(ValueError, ValueError("boom"), None)
        worker = threading.Thread(target=lambda: 1 / 0)
        worker.start()
        worker.join()
        qtbot.waitUntil(lambda: len(told) == 2, timeout=30_000)
    finally:
        hook.remove()
    assert [error.details for error in told] == ["ValueError: boom", "ZeroDivisionError: division by zero"]
