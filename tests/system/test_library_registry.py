"""libraries.json remembers every library, whatever happens to the file, and with two processes at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.system.library_registry import KnownLibrary, LibraryRegistry

_ROOT = Path(__file__).parents[2]


def test_it_remembers_and_forgets(tmp_path: Path) -> None:
    registry = LibraryRegistry(tmp_path / "settings" / "libraries.json")
    assert registry.at(tmp_path / "a") is None
    registry.remember(tmp_path / "a", "1", host="books.example", email="m@example.org")
    registry.remember(tmp_path / "b\udcff", "2")
    registry.remember(tmp_path / "x" / ".." / "a", "3")
    assert registry.at(tmp_path / "a") == KnownLibrary(str(tmp_path / "a"), "3", "books.example", "m@example.org")
    assert [known.id for known in LibraryRegistry(tmp_path / "settings" / "libraries.json").all()] == ["3", "2"]
    registry.forget(tmp_path / "a")
    assert [known.id for known in registry.all()] == ["2"]


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    registry = LibraryRegistry(tmp_path / "libraries.json")
    registry.remember(tmp_path / "a", "1")
    before = (tmp_path / "libraries.json").stat().st_ino
    registry.remember(tmp_path / "a", "1")
    assert (tmp_path / "libraries.json").stat().st_ino == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"libraries": 7}', b'{"libraries": [7, {"path": 1}]}'])
def test_a_file_that_cannot_be_understood_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "libraries.json"
    path.write_bytes(content)
    registry = LibraryRegistry(path)
    assert registry.all() == []
    registry.remember(tmp_path / "a", "1")
    assert [known.id for known in registry.all()] == ["1"]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutsideError) as caught:
        LibraryRegistry(tmp_path / "file" / "libraries.json").remember(tmp_path / "a", "1")
    assert caught.value.code == "not-a-folder"


_MANY = """
import sys, pathlib
from audiodesk.system.library_registry import LibraryRegistry
registry = LibraryRegistry(pathlib.Path(sys.argv[1]))
for number in range(20):
    registry.remember(pathlib.Path(f"/{sys.argv[2]}/{number}"), str(number))
"""


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    path = tmp_path / "libraries.json"
    command = [sys.executable, "-c", _MANY, str(path)]
    both = [subprocess.Popen([*command, name], cwd=_ROOT) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(LibraryRegistry(path).all()) == 40
