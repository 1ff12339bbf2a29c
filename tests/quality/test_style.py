"""Format, lint and types are clean in the whole tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _clean(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]


def test_layout() -> None:
    _clean("ruff", "format", "--check", "--quiet", ".")


def test_lint() -> None:
    _clean("ruff", "check", "--quiet", ".")


@pytest.mark.slow
def test_types() -> None:
    _clean("mypy")
