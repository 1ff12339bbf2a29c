"""Fixtures of the window's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core
from audiodesk.desktop.desk import Desk
from tests.desktop.window import Book, open_desk


@pytest.fixture
def filled(qtbot: QtBot) -> Iterator[tuple[Core, Desk, Book]]:
    """A window over a library with one book."""
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        yield core, desk, books[0]
