"""Ctrl-C while the decoders' processes are starting prints words and no traceback."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import media

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="groups of processes are POSIX's"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drop") / "Book"
    for number in range(40):
        media.wav(folder / f"{number:02}.wav", seconds=0.5, tone=200 + number)
    return folder


def _press(command: list[str], after: float) -> tuple[int, str]:
    """Start a command as a terminal does, and press Ctrl-C: every process of its group hears it."""
    running = subprocess.Popen(
        [sys.executable, "-m", "audiodesk", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # If the tests run in the background, their shell has switched Ctrl-C off.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    time.sleep(after)  # the test tries different moments
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=60)
    return running.returncode, said


def _must_be_quiet(book: Path, moments: list[float]) -> None:
    for number, moment in enumerate(moments):
        command = ["import", str(book)] if number % 2 else ["check", *map(str, sorted(book.iterdir()))]
        code, said = _press(command, moment)
        assert "Traceback" not in said, f"after {moment:.2f} s: {said}"
        assert "Error" not in said, f"after {moment:.2f} s: {said}"
        # On a busy machine the signal may arrive before Python handles signals: then the process ends silently.
        assert code in (0, 130, -signal.SIGINT), said


def test_ctrl_c_in_the_first_seconds_prints_no_tracebacks(book: Path) -> None:
    _must_be_quiet(book, [0.4, 0.7, 0.9, 1.1, 1.4, 1.8])


@pytest.mark.soak
def test_ctrl_c_at_any_early_moment_prints_no_tracebacks(book: Path) -> None:
    chosen = random.Random(2611)
    _must_be_quiet(book, [chosen.uniform(0.2, 3.0) for _ in range(60)])
