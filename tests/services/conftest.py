"""Fixtures for the tests of services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.services.audio.checker import Checker
from tests.desk import Desk, open_desk


@pytest.fixture(scope="session")
def shared_checker() -> Iterator[Checker]:
    """One decoders' process for all tests of imports: starting it takes longer than most of them."""
    with Checker(workers=1) as checker:
        yield checker


@pytest.fixture
def desk(tmp_path: Path, shared_checker: Checker) -> Iterator[Desk]:
    """An empty library that can import."""
    with open_desk(tmp_path / "library", shared_checker) as opened:
        yield opened
