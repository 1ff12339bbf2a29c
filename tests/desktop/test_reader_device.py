"""A device over a reader: random access for Qt, and a definite end."""

from __future__ import annotations

from PySide6.QtCore import QIODevice

from audiodesk.desktop.playing.reader_device import ReaderDevice
from audiodesk.domain.errors import OutsideError

_BYTES = bytes(range(256)) * 4


class Reader:
    """Bytes in memory that can be made to fail."""

    def __init__(self) -> None:
        self.size = len(_BYTES)
        self.fails = self.aborted = self.closed = False

    def read_at(self, offset: int, count: int) -> bytes:
        if self.fails:
            raise OutsideError("audio-unreadable")
        return b"" if self.aborted else _BYTES[offset : offset + count]

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.closed = True


def test_any_place_can_be_read() -> None:
    device = ReaderDevice(Reader())
    assert not device.isSequential()
    assert device.isOpen()
    assert device.size() == len(_BYTES)
    assert device.read(4).data() == _BYTES[:4]
    assert device.seek(300)
    assert device.read(10).data() == _BYTES[300:310]
    assert device.bytesAvailable() == len(_BYTES) - 310
    assert device.seek(len(_BYTES) - 2)
    assert device.read(10).data() == _BYTES[-2:]
    assert device.atEnd()


def test_after_abort_it_is_at_its_end() -> None:
    reader = Reader()
    device = ReaderDevice(reader)
    device.abort()
    assert device.atEnd()  # otherwise FFmpeg would ask for ever
    assert device.bytesAvailable() == 0
    assert device.read(10).data() == b""


def test_a_failure_is_kept_and_ends_it() -> None:
    reader = Reader()
    device = ReaderDevice(reader)
    reader.fails = True
    assert device.read(10).data() == b""
    assert device.failure is not None
    assert device.failure.code == "audio-unreadable"
    assert device.atEnd()


def test_closing_gives_the_file_back() -> None:
    reader = Reader()
    device = ReaderDevice(reader)
    device.close()
    assert reader.closed
    assert device.openMode() == QIODevice.OpenModeFlag.NotOpen


def test_nothing_can_be_written() -> None:
    assert ReaderDevice(Reader()).writeData(b"x", 1) == -1
