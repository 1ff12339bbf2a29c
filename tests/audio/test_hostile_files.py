"""Files made to cost time or memory: each quickly gets a verdict."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from audiodesk.audio.check import inspect
from audiodesk.domain.audio.findings import Code
from audiodesk.domain.audio.report import CheckReport
from tests import media

_SECONDS = 5.0
"""Far above what any takes alone; far below what a loop over each byte with a search behind it would take."""
_MEMORY = 96 * 1024 * 1024


def _within_limits(path: Path, name: str = "a.mp3") -> CheckReport:
    started = time.process_time()
    report = inspect(str(path), name=name, ends=False)
    taken = time.process_time() - started
    assert taken < _SECONDS
    if taken < 0.5:  # measuring memory makes it several times slower
        tracemalloc.start()
        try:
            assert inspect(str(path), name=name, ends=False) == report
            assert tracemalloc.get_traced_memory()[1] < _MEMORY
        finally:
            tracemalloc.stop()
    return report


def _write(path: Path, piece: bytes, size: int) -> Path:
    path.write_bytes(piece * (size // len(piece)))
    return path


_MB = 1024 * 1024
# A header that states a frame of 417 bytes, at a place where no such frame can follow.
_FALSE = b"\xff\xfb\x90\x00" + b"\x01" * 7


@pytest.mark.slow
def test_false_beginnings_without_end(tmp_path: Path) -> None:
    report = _within_limits(_write(tmp_path / "a", _FALSE, 20 * _MB))
    assert [finding.code for finding in report.findings] == [Code.NOT_MP3_OR_WAV]


@pytest.mark.slow
def test_false_beginnings_behind_sound_frames(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(media.mpeg_bytes() + b"\0" + _FALSE * (20 * _MB // len(_FALSE)))
    report = _within_limits(path)
    assert report.frames == 115200
    assert Code.JUNK in [finding.code for finding in report.findings]


@pytest.mark.slow
def test_a_gap_behind_every_third_frame(tmp_path: Path) -> None:
    piece = media.mpeg_bytes(frames=3, bit_rates=(32,)) + b"\0\0\0"
    report = _within_limits(_write(tmp_path / "a", piece, 20 * _MB))
    assert Code.JUNK in [finding.code for finding in report.findings]


_MONO, _STEREO = (
    media.mpeg_bytes(frames=1, version="2.5", rate=8000, channels=channels, bit_rates=(8,)) for channels in (1, 2)
)


@pytest.mark.slow
@pytest.mark.parametrize("between", [b"", b"junkjunk", media.id3v1()])
def test_another_form_at_each_frame(tmp_path: Path, between: bytes) -> None:
    piece = (_MONO * 3 + between + _STEREO * 3 + between) if between else _MONO + _STEREO
    path = _write(tmp_path / "a", piece, 20 * _MB)
    report = _within_limits(path)
    assert report.frames >= 1000 * 576
    assert {Code.FORMAT_CHANGES, Code.JUNK} <= {finding.code for finding in report.findings}
    assert len(report.findings) < 20
    started = time.process_time()
    assert inspect(str(path), full=True).analysis is not None
    assert time.process_time() - started < _SECONDS


def test_an_mp4_of_a_million_boxes(tmp_path: Path) -> None:
    inner = b"\0\0\0\x08mdia" * 100_000
    boxes = b"".join((len(inner) + 8).to_bytes(4, "big") + b"trak" + inner for _ in range(10))
    data = b"\0\0\0\x10ftypisom\0\0\0\0" + (len(boxes) + 8).to_bytes(4, "big") + b"moov" + boxes
    (tmp_path / "a").write_bytes(data)
    report = _within_limits(tmp_path / "a")
    assert report.findings[0].params == {"what": "video"}


def test_a_matroska_file_of_a_million_elements(tmp_path: Path) -> None:
    inner = b"\xae\x82\x83\x80" * 1_000_000
    tracks = b"\x16\x54\xae\x6b\x01" + len(inner).to_bytes(7, "big") + inner
    (tmp_path / "a").write_bytes(b"\x1aE\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + tracks)
    report = _within_limits(tmp_path / "a")
    assert report.findings[0].params == {"what": "video"}


@pytest.mark.slow
@pytest.mark.parametrize("blank", [b"\n", b"\0", b" "])
def test_fifty_megabytes_of_blanks_behind_the_audio(tmp_path: Path, blank: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(media.mpeg_bytes() + blank * (50 * _MB))
    report = _within_limits(path)
    assert Code.JUNK in [finding.code for finding in report.findings]


@pytest.mark.slow
@pytest.mark.parametrize("byte", [0x00, 0x55, 0xFF])
def test_fifty_megabytes_of_one_byte(tmp_path: Path, byte: int) -> None:
    report = _within_limits(_write(tmp_path / "a", bytes([byte]) * 1024, 50 * _MB))
    assert [finding.code for finding in report.findings] == [Code.NOT_MP3_OR_WAV]


@pytest.mark.slow
def test_fifty_megabytes_of_noise(tmp_path: Path) -> None:
    report = _within_limits(_write(tmp_path / "a", random.Random(1).randbytes(_MB), 50 * _MB))
    assert [finding.code for finding in report.findings] == [Code.NOT_MP3_OR_WAV]


@pytest.mark.parametrize("version", [2, 3, 4])
def test_a_tag_of_a_million_frames(tmp_path: Path, version: int) -> None:
    frame = b"TT2\0\0\2\0x" if version == 2 else b"TIT2\0\0\0\2\0\0\0x"
    body = frame * (8 * _MB // len(frame))
    size = bytes((len(body) >> 21 & 0x7F, len(body) >> 14 & 0x7F, len(body) >> 7 & 0x7F, len(body) & 0x7F))
    path = tmp_path / "a"
    path.write_bytes(b"ID3" + bytes((version, 0, 0)) + size + body + media.mpeg_bytes())
    report = _within_limits(path)
    assert (report.frames, report.tags.title) == (115200, "x")


def test_a_tag_that_inflates_to_gigabytes(tmp_path: Path) -> None:
    packed = zlib.compress(bytes(64 * _MB), 9)
    body = b"TIT2" + struct.pack(">I", len(packed) + 4) + b"\0\x80" + struct.pack(">I", 1 << 31) + packed
    size = bytes((len(body) >> 21 & 0x7F, len(body) >> 14 & 0x7F, len(body) >> 7 & 0x7F, len(body) & 0x7F))
    path = tmp_path / "a"
    path.write_bytes(b"ID3\x03\0\0" + size + body + media.mpeg_bytes())
    report = _within_limits(path)
    assert report.frames == 115200
    assert report.tags.title == ""


def test_a_wav_of_a_million_chunks(tmp_path: Path) -> None:
    path = media.wav(tmp_path / "a", after=media.chunk(b"junk", b"") * 500_000)
    report = _within_limits(path, "a.wav")
    assert report.frames == 88200


def test_a_list_of_a_million_texts(tmp_path: Path) -> None:
    texts = b"INFO" + media.chunk(b"INAM", b"x\0") * 500_000
    report = _within_limits(media.wav(tmp_path / "a", before=media.chunk(b"LIST", texts)), "a.wav")
    assert (report.frames, report.tags.title) == (88200, "x")


def test_a_long_tag_is_cut(tmp_path: Path) -> None:
    path = media.mpeg(tmp_path / "a", before=media.id3v2(title="word \x07\n" * 3000))
    title = _within_limits(path).tags.title
    assert title.startswith("word word")
    assert len(title) <= 1000


def test_a_header_that_claims_a_thousand_channels_at_a_megahertz(tmp_path: Path) -> None:
    data = bytearray(media.wav_bytes(samples=[0.1] * 20480))
    struct.pack_into("<HIIH", data, 22, 1024, 1_500_000, 0, 2048)
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    report = inspect(str(path), full=True)
    assert (report.frames, report.channels) == (20, 1024)
    assert report.analysis is not None
