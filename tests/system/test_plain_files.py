"""Pipes, sockets and devices are refused with the same words wherever they are opened."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audiodesk.audio.bytes.source import Source, SourceError
from audiodesk.domain.errors import UserError
from audiodesk.local.file_copy import copy_file, hash_file
from audiodesk.system.dropped_files import find_files
from audiodesk.system.plain_files import NotReadableError, open_plain_file

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names of pipes and sockets are POSIX")


@pytest.fixture
def special(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """What is no file, by the reason that is to be named."""
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    monkeypatch.chdir(tmp_path)  # the path of a socket has at most 108 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.wav")
        yield {
            "pipe": str(tmp_path / "pipe.wav"),
            "socket": str(tmp_path / "socket.wav"),
            "device": "/dev/zero",
            "folder": str(tmp_path / "folder.wav"),
            "missing": str(tmp_path / "missing.wav"),
        }


def opened(path: str, _target: Path) -> str:
    with pytest.raises(NotReadableError) as caught:
        open_plain_file(path)
    return caught.value.reason


def copied(path: str, target: Path) -> str:
    with pytest.raises(UserError) as caught:
        copy_file(path, target)
    assert not target.exists()
    return str(caught.value.params["reason"])


def hashed(path: str, _target: Path) -> str:
    with pytest.raises(UserError) as caught:
        hash_file(Path(path))
    return str(caught.value.params["reason"])


def checked(path: str, _target: Path) -> str:
    with pytest.raises(SourceError) as caught:
        Source(path)
    return caught.value.reason


def looked_at(path: str, _target: Path) -> str:
    return find_files([path]).passed_over[0][1]


OPENERS = [opened, copied, hashed, checked]
REASONS = ["pipe", "socket", "device", "folder", "missing"]


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("opener", OPENERS)
def test_what_is_no_file_is_named(
    special: dict[str, str], tmp_path: Path, opener: Callable[[str, Path], str], reason: str
) -> None:
    assert opener(special[reason], tmp_path / "copy") == reason


@pytest.mark.parametrize("reason", ["pipe", "socket", "device", "missing"])
def test_what_is_dropped_is_named_alike(special: dict[str, str], tmp_path: Path, reason: str) -> None:
    assert looked_at(special[reason], tmp_path) == reason


@pytest.mark.parametrize("reason", ["pipe", "socket", "device"])
@pytest.mark.parametrize("opener", OPENERS)
def test_what_takes_the_place_of_a_file_after_the_look_is_named_alike(
    special: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opener: Callable[[str, Path], str],
    reason: str,
) -> None:
    file = tmp_path / "file"
    file.touch()
    before, real = file.stat(), os.stat
    path = special[reason]
    monkeypatch.setattr(os, "stat", lambda asked, **more: before if asked == path else real(asked, **more))
    handles = set(Path("/dev/fd").iterdir())
    assert opener(path, tmp_path / "copy") == reason
    assert set(Path("/dev/fd").iterdir()) == handles


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    for opener in (opened, copied, checked):
        assert opener("a\0b.wav", tmp_path / "copy") == "missing"


def test_a_file_is_opened_at_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    handle, status = open_plain_file(str(path))
    try:
        assert os.read(handle, 10) == b"RIFF"
        assert status.st_size == 4
    finally:
        os.close(handle)
