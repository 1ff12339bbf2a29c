"""The test commands in CONTRIBUTING do what it says."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOAKS = "tests/services/sync/test_seeds.py"
"""A file with fast, slow and soak tests."""


def pytest_says(*arguments: str, **options: object) -> str:
    """What pytest prints, run in the project's folder."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, **options)  # type: ignore[call-overload]
    return str(done.stdout + done.stderr)


def collected(*arguments: str) -> int:
    """How many tests of SOAKS would run."""
    said = pytest_says("--collect-only", "-q", SOAKS, *arguments)
    counts = re.search(r"(\d+)(?:/\d+)? tests? (?:collected|found)|no tests (?:collected|ran)", said)
    assert counts is not None, said
    return int(counts[1] or 0)


@pytest.mark.slow
def test_soaks_run_only_where_they_are_named() -> None:
    everything, fast, slow = collected(), collected("-m", "not slow"), collected("-m", "slow")
    soaks = collected("-m", "soak")
    assert soaks > 0
    assert fast + slow == everything
    assert collected("-m", "slow or not slow or soak") == everything + soaks
    assert collected("-m", "not soak") == everything


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="shells there have no background that ignores Ctrl-C")
def test_programs_of_tests_hear_ctrl_c_though_the_tests_were_started_in_the_background() -> None:
    probe = "tests/quality/test_test_commands.py::test_probe_of_a_program_that_is_interrupted"
    said = pytest_says(probe, "-q", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    assert "1 passed" in said, said


@pytest.mark.skipif(sys.platform == "win32", reason="another signal there")
def test_probe_of_a_program_that_is_interrupted() -> None:
    # Short sleeps: a signal that comes just before a sleep begins is heard only when that sleep has ended.
    waits = "import time; print('waits', flush=True); [time.sleep(0.05) for _ in range(1200)]"
    with subprocess.Popen([sys.executable, "-c", waits], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"waits\n"
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=30) == -signal.SIGINT
