"""A library that is edited and read, without the decoders' process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def book(desk: Desk) -> Ref:
    """A project with chapters A, B, C; A has sections 1 and 2."""
    project = desk.library.add_project("Book")
    a, _, _ = desk.library.add_many(project, ["A", "B", "C"])
    desk.library.add_many(a, ["1", "2"])
    desk.events.clear()
    return project


@pytest.fixture
def sections(desk: Desk) -> list[Ref]:
    """The sections "Dawn" and "Toll" of one chapter."""
    chapter = desk.library.add_chapter(desk.library.add_project("Book").id, "A")
    return desk.library.add_many(chapter, ["Dawn", "Toll"])
