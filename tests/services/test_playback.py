"""Readers give the bytes of the playing file to any thread, until they are closed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.composition import Core, open_core
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.services.audio.playback import Reader
from tests.small_book import SmallBook, small_book


@pytest.fixture
def core() -> Iterator[Core]:
    with open_core(face="command") as opened:
        yield opened


@pytest.fixture
def book(core: Core, tmp_path: Path) -> SmallBook:
    return small_book(core, tmp_path)


def test_a_reader_gives_the_bytes_that_were_imported(core: Core, book: SmallBook, tmp_path: Path) -> None:
    reader = core.playback.open(book.takes[0])
    whole = (tmp_path / "dawn.wav").read_bytes()
    assert (reader.size, reader.kind) == (len(whole), Kind.WAV)
    assert reader.seconds == pytest.approx(2.0)
    assert reader.read_at(0, 44) == whole[:44]
    assert reader.read_at(len(whole) - 10, 100) == whole[-10:]
    assert reader.read_at(len(whole), 100) == b""
    reader.close()


def test_many_threads_may_read_at_once(core: Core, book: SmallBook, tmp_path: Path) -> None:
    whole = (tmp_path / "dawn.wav").read_bytes()
    reader = core.playback.open(book.takes[0])
    wrong: list[int] = []

    def read(start: int) -> None:
        wrong.extend(at for at in range(start, len(whole), 9973) if reader.read_at(at, 64) != whole[at : at + 64])

    threads = [threading.Thread(target=read, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader.close()
    assert wrong == []


@pytest.mark.slow
def test_nothing_comes_after_abort_or_close(core: Core, book: SmallBook) -> None:
    reader = core.playback.open(book.takes[0])
    reader.abort()
    assert reader.read_at(0, 10) == b""
    reader.close()
    reader.close()
    assert reader.read_at(0, 10) == b""


@pytest.mark.slow
def test_audio_that_is_gone_is_said_to_be_missing(core: Core, book: SmallBook) -> None:
    file = core.catalogue.take(book.takes[0]).row.file
    assert file is not None
    core.vault.path_of(file.sha256, file.kind).unlink()
    with pytest.raises(OutsideError) as caught:
        core.playback.open(book.takes[0])
    assert caught.value.code == "audio-missing"


def test_an_unknown_take_is_not_found(core: Core) -> None:
    with pytest.raises(UserError, match="not-found"):
        core.playback.open("00000000-0000-4000-8000-000000000000")


def test_a_file_that_cannot_be_opened_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="audio-unreadable"):
        Reader(tmp_path, size=1, kind=Kind.WAV, seconds=1.0)


class SlowFile:
    """A file on a disk that answers no more until it is let go."""

    def __init__(self) -> None:
        self.reached, self.gate, self.closed = threading.Event(), threading.Event(), threading.Event()

    def seek(self, _offset: int) -> None:
        """Nothing."""

    def read(self, count: int) -> bytes:
        self.reached.set()
        self.gate.wait(20)
        assert not self.closed.is_set(), "closed under a read"
        return b"x" * count

    def close(self) -> None:
        self.closed.set()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["abort", "close"])
def test_neither_abort_nor_close_waits_for_a_read_of_a_slow_disk(
    core: Core, book: SmallBook, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    reader = core.playback.open(book.takes[0])
    slow = SlowFile()
    reader._file.close()
    monkeypatch.setattr(reader, "_file", slow)
    read: list[bytes] = []
    reading = threading.Thread(target=lambda: read.append(reader.read_at(0, 10)))
    reading.start()
    assert slow.reached.wait(10)
    getattr(reader, end)()  # must not wait for the disk
    reading.join(10)
    assert read == [b""], "the read that was under way returned"
    assert not slow.closed.is_set(), "the file is closed by the thread that reads it"
    reader.close()
    slow.gate.set()
    assert slow.closed.wait(10)
