"""Fixtures for the tests of audio."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audiodesk.audio.check import inspect
from audiodesk.domain.audio.report import CheckReport

Saved = Callable[..., CheckReport]


@pytest.fixture
def report_on(tmp_path: Path) -> Saved:
    """Write bytes to a file and return the report on it; mistakes of this program come through."""

    def check_bytes(data: bytes, name: str = "take.wav", *, full: bool = False) -> CheckReport:
        path = tmp_path / name
        path.write_bytes(data)
        return inspect(str(path), full=full)

    return check_bytes
