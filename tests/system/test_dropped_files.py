"""Walking dropped paths: folders, loops, pipes, devices, names of any bytes."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.system.dropped_files import find_files


def put(path: Path, data: bytes = b"RIFF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(folder: Path, *, below: bool = False) -> list[str]:
    found = find_files([str(folder)]).files
    return sorted("/".join((*file.below, file.name)) if below else file.name for file in found)


def test_a_file_named_itself_is_always_found(tmp_path: Path) -> None:
    path = put(tmp_path / "notes.txt", b"words")
    (file,) = find_files([str(path)]).files
    assert (file.path, file.name, file.size, file.folder, file.below) == (str(path), "notes.txt", 5, tmp_path.name, ())


def test_a_folder_gives_what_is_audio_by_name_or_by_content(tmp_path: Path) -> None:
    top = tmp_path / "Book"
    put(top / "a.WAV")
    put(top / "1" / "b.mp3", b"<html>")
    put(top / "1" / "deep" / "c", b"ID3\x04")
    put(top / "1" / "d", b"\xff\xfb\x90\x00")
    put(top / "cover.jpg", b"\xff\xd8\xff\xe0")
    put(top / "._a.wav")
    put(top / ".git" / "e.wav")
    put(top / "Thumbs.db")
    dropped = find_files([str(top)])
    assert names(top, below=True) == ["Book/1/b.mp3", "Book/1/d", "Book/1/deep/c", "Book/a.WAV"]
    assert sorted(Path(path).name for path in dropped.other_files) == ["._a.wav", ".git", "Thumbs.db", "cover.jpg"]
    assert dropped.passed_over == []


def test_loops_end_and_are_said(tmp_path: Path) -> None:
    put(tmp_path / "Book" / "1" / "a.wav")
    (tmp_path / "Book" / "1" / "again").symlink_to(tmp_path / "Book")
    (tmp_path / "Book" / "self").symlink_to("self")
    dropped = find_files([str(tmp_path / "Book")])
    assert [file.name for file in dropped.files] == ["a.wav"]
    assert sorted((Path(path).name, reason) for path, reason in dropped.passed_over) == [
        ("again", "loop"),
        ("self", "loop"),
    ]


def test_a_folder_reached_twice_gives_its_files_once(tmp_path: Path) -> None:
    path = put(tmp_path / "Book" / "1" / "a.wav")
    dropped = find_files([str(tmp_path / "Book"), str(path), str(path.parent), str(path)])
    assert [file.name for file in dropped.files] == ["a.wav"]


def test_what_is_no_file_is_said_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        dropped = find_files([str(tmp_path), "/dev/null", str(tmp_path / "gone.wav"), str(tmp_path / "pipe.wav" / "x")])
    assert dropped.files == []
    assert sorted((Path(path).name, reason) for path, reason in dict(dropped.passed_over).items()) == [
        ("gone.wav", "missing"),
        ("null", "device"),
        ("pipe.wav", "pipe"),
        ("socket", "socket"),
        ("x", "missing"),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is denied to root")
def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    put(tmp_path / "a.wav")
    dropped = find_files([str(tmp_path)])
    assert [file.name for file in dropped.files] == ["a.wav"]
    assert dropped.passed_over == [(str(tmp_path / "closed"), "denied")]


def test_names_of_any_bytes_are_found(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.wav"
    with open(raw, "wb") as file:  # noqa: PTH123 - the name is bytes
        file.write(b"RIFF")
    (found,) = find_files([str(tmp_path)]).files
    assert os.fsencode(found.path) == raw


def test_a_walk_can_be_cancelled(tmp_path: Path) -> None:
    put(tmp_path / "a.wav")
    cancel = threading.Event()
    cancel.set()
    assert find_files([str(tmp_path)], cancel=cancel).files == []


@pytest.mark.parametrize("names_dropped", [("a link", "real"), ("real", "a link")])
def test_of_a_folder_and_a_link_to_it_the_folder_wins(tmp_path: Path, names_dropped: tuple[str, str]) -> None:
    put(tmp_path / "real" / "1" / "a.wav")
    (tmp_path / "a link").symlink_to(tmp_path / "real")
    dropped = find_files([str(tmp_path / name) for name in names_dropped])
    assert [file.below for file in dropped.files] == [("real", "1")]
    inside = find_files([str(tmp_path)])
    assert [file.below[1:] for file in inside.files] == [("real", "1")]
    assert inside.passed_over == []
    alone = find_files([str(tmp_path / "a link")])
    assert [file.below for file in alone.files] == [("a link", "1")]


@pytest.mark.parametrize("names_dropped", [("0.wav", "a.wav"), ("a.wav", "0.wav")])
def test_of_a_file_and_a_link_to_it_the_file_wins(tmp_path: Path, names_dropped: tuple[str, str]) -> None:
    put(tmp_path / "a.wav")
    (tmp_path / "0.wav").symlink_to("a.wav")
    for paths in ([str(tmp_path / name) for name in names_dropped], [str(tmp_path)]):
        assert [file.name for file in find_files(paths).files] == ["a.wav"]


def test_a_link_out_of_what_was_dropped_is_said_and_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "b.wav")
    put(tmp_path / "Book" / "a.wav")
    put(tmp_path / "Book two" / "c.wav")
    (tmp_path / "Book" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "Book" / "file.wav").symlink_to(tmp_path / "elsewhere" / "b.wav")
    (tmp_path / "Book" / "other").symlink_to(tmp_path / "Book two")
    put(tmp_path / "notes", b"words")
    (tmp_path / "Book" / "notes").symlink_to(tmp_path / "notes")
    dropped = find_files([str(tmp_path / "Book")])
    assert [file.name for file in dropped.files] == ["a.wav"]
    assert {(Path(path).name, reason) for path, reason in dropped.passed_over} == {
        ("folder", "link"),
        ("file.wav", "link"),
        ("other", "link"),
    }
    both = find_files([str(tmp_path / "Book"), str(tmp_path / "Book two")])
    assert sorted((file.below, file.name) for file in both.files) == [(("Book",), "a.wav"), (("Book two",), "c.wav")]
    assert len(both.passed_over) == 2


def test_links_into_a_hidden_folder_of_what_was_dropped_are_followed(tmp_path: Path) -> None:
    put(tmp_path / "Book" / ".store" / "1f" / "x.wav")
    (tmp_path / "Book" / "one.wav").symlink_to(Path(".store") / "1f" / "x.wav")
    (tmp_path / "Book" / "two").symlink_to(Path(".store") / "1f")
    dropped = find_files([str(tmp_path / "Book")])
    assert {(file.below, file.name) for file in dropped.files} <= {
        (("Book",), "one.wav"),
        (("Book", "two"), "x.wav"),
    }
    assert dropped.files
    assert dropped.passed_over == []


def test_folders_are_told_apart_where_a_listing_gives_no_inodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "Book" / "1" / "deep" / "a.wav")
    put(tmp_path / "Book" / "2" / "b.wav")
    real = os.scandir

    class Entry:
        """As on Windows, where an entry has no device and no inode."""

        def __init__(self, entry: os.DirEntry[str]) -> None:
            self._entry = entry
            self.name, self.path = entry.name, entry.path

        def is_symlink(self) -> bool:
            return self._entry.is_symlink()

        def stat(self) -> os.stat_result:
            known = list(self._entry.stat())
            known[1] = known[2] = 0
            return os.stat_result(known)

    @contextlib.contextmanager
    def scandir(path: str) -> Iterator[Iterator[Entry]]:
        with real(path) as entries:
            yield (Entry(entry) for entry in entries)

    monkeypatch.setattr(os, "scandir", scandir)
    dropped = find_files([str(tmp_path / "Book")])
    assert sorted(file.name for file in dropped.files) == ["a.wav", "b.wav"]
    assert dropped.passed_over == []
