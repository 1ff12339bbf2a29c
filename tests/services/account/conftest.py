"""A computer on which an author signs in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.account.desk import Desk
from tests.twin.twin import Twin


@pytest.fixture
def desk(twin: Twin, tmp_path: Path) -> Iterator[Desk]:
    """A computer on which an author works."""
    desk = Desk(twin, twin.add_user("anna@example.org", "päss wörd 🎙"), tmp_path / "locks")
    yield desk
    desk.close()
