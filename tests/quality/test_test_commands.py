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


COUNT = """
import sys, pytest

class Counter:
    def pytest_collection_finish(self, session):
        print("collected", len(session.items))

for marks in sys.argv[2:]:
    pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", sys.argv[1], "-m", marks], plugins=[Counter()])
"""


def collected(*marks: str) -> list[int]:
    """How many tests of SOAKS would run with each ``-m``; in one process, which imports the program once."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, SOAKS, *marks], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    counts = [int(count) for count in re.findall(r"^collected (\d+)$", done.stdout, re.MULTILINE)]
    assert len(counts) == len(marks), done.stdout + done.stderr
    return counts


@pytest.mark.slow
def test_soaks_run_only_where_they_are_named() -> None:
    everything, fast, slow, soaks, all_marks, not_soak = collected(
        "", "not slow", "slow", "soak", "slow or not slow or soak", "not soak"
    )
    assert soaks > 0
    assert fast + slow == everything
    assert all_marks == everything + soaks
    assert not_soak == everything


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
