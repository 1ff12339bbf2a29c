"""Copying a file into the vault: its hash, its dangers, and cancelling between two blocks."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.local.file_copy import BLOCK, CopyCancelledError, copy_file, hash_file


def reason(action: Callable[[], object]) -> object:
    with pytest.raises(UserError) as caught:
        action()
    return caught.value.params.get("reason", caught.value.code)


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_the_copy_is_equal_and_its_hash_is_true(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(data)
    os.utime(source, ns=(0, 1_500_000_000_123_456_789))
    seen: list[int] = []
    copied = copy_file(str(source), target, moved=seen.append)
    assert target.read_bytes() == data
    assert (copied.sha256, copied.size) == (hashlib.sha256(data).hexdigest(), size)
    assert copied.modified_at == 1_500_000_000_123
    assert seen == sorted(seen)
    assert (seen or [0])[-1] == size
    assert hash_file(target).sha256 == copied.sha256


def test_what_cannot_be_read_is_said_by_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    target = tmp_path / "copy"
    assert reason(lambda: copy_file(str(tmp_path / "pipe"), target)) == "pipe"
    assert reason(lambda: copy_file(str(tmp_path), target)) == "folder"
    assert reason(lambda: copy_file("/dev/zero", target)) == "device"
    assert reason(lambda: copy_file(str(tmp_path / "gone"), target)) == "missing"
    assert reason(lambda: copy_file("a\0b", target)) == "missing"
    assert not target.exists()


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(bytes(2 * BLOCK))

    def grow(_: int) -> None:
        with source.open("ab") as file:
            file.write(bytes(BLOCK))

    assert reason(lambda: copy_file(str(source), target, moved=grow)) == "changed-while-read"
    assert not target.exists()


def test_a_file_that_is_overwritten_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(bytes(2 * BLOCK))

    def overwrite(_: int) -> None:
        with source.open("r+b") as file:
            file.write(b"x")
        os.utime(source, (1, 1))

    assert reason(lambda: copy_file(str(source), target, moved=overwrite)) == "changed-while-read"


def test_a_file_cut_short_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(bytes(3 * BLOCK))
    assert reason(lambda: copy_file(str(source), target, moved=lambda _: os.truncate(source, BLOCK))) == (
        "changed-while-read"
    )


def test_cancelling_stops_at_the_next_block_and_leaves_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(bytes(5 * BLOCK))
    cancel = threading.Event()
    seen: list[int] = []

    def moved(count: int) -> None:
        seen.append(count)
        if count >= 2 * BLOCK:
            cancel.set()

    with pytest.raises(CopyCancelledError):
        copy_file(str(source), target, cancel=cancel, moved=moved)
    assert seen == [BLOCK, 2 * BLOCK]
    assert not target.exists()


def test_a_disk_that_refuses_is_the_outsides_fault(tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    source.write_bytes(b"x")
    with pytest.raises(OutsideError) as caught:
        copy_file(str(source), tmp_path / "nowhere" / "copy")
    assert caught.value.code == "folder-missing"


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    source, target = tmp_path / "a.wav", tmp_path / "copy"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    with pytest.raises(OutsideError):
        copy_file(str(source), target)
    assert target.read_bytes() == b"old"
