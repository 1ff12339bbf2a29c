"""Data behind a WAV file: further recordings are offered, tags are read, the rest is reported with its size."""

from __future__ import annotations

import random

import pytest

from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media
from tests.audio.conftest import Saved


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


_FIRST = media.wav_bytes(seconds=1.3)
_PLAIN_TEXT = b"".join(b"Line %d of what somebody wrote down.\r\n" % number for number in range(500))
_OTHERS = {
    "the same form": media.wav_bytes(seconds=0.5),
    "another form": media.wav_bytes(seconds=0.5, rate=48000, channels=2, bits=24),
    "RF64": media.rf64_bytes(seconds=0.5),
    "no size": media.wav_bytes(seconds=0.5, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF),
    "chunks": media.wav_bytes(
        seconds=0.5, before=media.chunk(b"bext", bytes(602)), after=media.chunk(b"LIST", b"INFO")
    ),
}


@pytest.mark.parametrize("other", _OTHERS.values(), ids=_OTHERS.keys())
@pytest.mark.parametrize("between", [b"", bytes(3), bytes(2000)])
def test_another_wav_behind_it_is_a_warning_with_its_length(report_on: Saved, other: bytes, between: bytes) -> None:
    report = report_on(_FIRST + between + other)
    assert (report.verdict, report.seconds) == (Verdict.WARNING, 1.3)
    assert report.findings == (Finding(Code.MORE_AUDIO, {"seconds": 0.5, "count": 1}),)
    (more,) = report.more
    assert (more.offset, more.size, more.seconds) == (len(_FIRST) + len(between), len(other), 0.5)


@pytest.mark.parametrize(
    ("between", "junk"),
    [(b"\r\n", 2), (b"x", 1), (media.id3v1(), 0), (media.ape(), 0), (_PLAIN_TEXT, len(_PLAIN_TEXT))],
)
@pytest.mark.parametrize("other", _OTHERS.values(), ids=_OTHERS.keys())
def test_another_wav_is_found_behind_a_line_or_a_tag(report_on: Saved, other: bytes, between: bytes, junk: int) -> None:
    report = report_on(_FIRST + between + other)
    assert (report.verdict, report.seconds) == (Verdict.WARNING, 1.3)
    rest = [Finding(Code.JUNK, {"bytes": junk, "where": "after"})] if junk else []
    assert list(report.findings) == [Finding(Code.MORE_AUDIO, {"seconds": 0.5, "count": 1}), *rest]
    assert report.more[0].offset == len(_FIRST) + len(between)


def test_another_wav_behind_audio_that_goes_on_is_no_part_of_it(report_on: Saved) -> None:
    whole = media.wav_bytes(seconds=1.3)
    crashed = media.wav_bytes(seconds=0.7)[:44] + whole[44:]
    report = report_on(crashed + _OTHERS["the same form"])
    assert (report.verdict, report.seconds) == (Verdict.REFUSED, 1.3)
    assert _codes(report) == [Code.UNFINISHED_HEADER, Code.MORE_AUDIO]
    assert report.rescue is not None
    assert report.rescue.size == len(whole) - 44


def test_three_wavs_behind_one_another_are_all_said(report_on: Saved) -> None:
    report = report_on(_FIRST + _OTHERS["the same form"] + _OTHERS["another form"] + _OTHERS["chunks"])
    assert report.findings == (Finding(Code.MORE_AUDIO, {"seconds": 1.5, "count": 3}),)
    assert [one.seconds for one in report.more] == [0.5, 0.5, 0.5]


def test_wavs_without_sizes_behind_one_another_are_told_apart(report_on: Saved) -> None:
    stream = media.wav_bytes(seconds=0.5, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF)
    report = report_on(stream * 3)
    assert report.verdict is Verdict.REFUSED
    assert report.findings == (
        Finding(Code.UNFINISHED_HEADER, {"seconds": 0.5}),
        Finding(Code.MORE_AUDIO, {"seconds": 1.0, "count": 2}),
    )
    assert report.rescue is not None
    assert report.rescue.size == 44100


def test_odd_audio_in_front_of_another_wav(report_on: Saved) -> None:
    first = media.wav_bytes(samples=[0.1] * 3001, bits=8)
    for data in (first, first[:-1]):
        report = report_on(data + _OTHERS["the same form"])
        assert (report.frames, _codes(report)) == (3001, [Code.MORE_AUDIO])


@pytest.mark.parametrize("name", [b"JUNK", b"PAD ", b"FLLR"])
@pytest.mark.parametrize("behind", [b"", media.chunk(b"LIST", b"INFO")])
def test_audio_in_a_chunk_that_says_it_holds_nothing_is_said(report_on: Saved, name: bytes, behind: bytes) -> None:
    hidden = media.wav_bytes(seconds=2.5)[44:]
    report = report_on(media.wav_bytes(seconds=1.3, after=media.chunk(name, hidden) + behind))
    assert (report.verdict, report.seconds) == (Verdict.WARNING, 1.3)
    assert report.findings == (Finding(Code.MORE_AUDIO, {"seconds": 2.5, "count": 1}),)
    (more,) = report.more
    assert (more.offset, more.size, more.has_header) == (len(_FIRST) + 8, len(hidden), False)


def test_room_that_holds_nothing_is_passed_over(report_on: Saved) -> None:
    rest_of_a_buffer = media.wav_bytes(seconds=0.3)[44:]
    in_front = media.wav_bytes(seconds=1.3, before=media.chunk(b"JUNK", media.wav_bytes(seconds=2.5)[44:]))
    for data in (
        media.wav_bytes(seconds=1.3, after=media.chunk(b"JUNK", bytes(300_000))),
        media.wav_bytes(seconds=1.3, after=media.chunk(b"JUNK", random.Random(5).randbytes(300_000))),
        media.wav_bytes(seconds=1.3, after=media.chunk(b"JUNK", rest_of_a_buffer)),
        in_front,
    ):
        report = report_on(data)
        assert (report.verdict, report.seconds, report.findings) == (Verdict.OK, 1.3, ())


_RANDOM = random.Random(3)
_FOREIGN = {
    "MP3": media.mp3_bytes(seconds=3.0),
    "frames": media.mpeg_bytes(frames=60, bit_rates=(32,)),
    "ZIP": b"PK\x03\x04" + _RANDOM.randbytes(60_000),
    "packed": _RANDOM.randbytes(60_000),
    "text": _PLAIN_TEXT,
    "a line": b"Recorded on Tuesday.\n",
    "zeros": bytes(60_000),
    "a picture": b"\x89PNG\r\n\x1a\n" + _RANDOM.randbytes(30_000),
    "a program": b"\x7fELF" + bytes(2000) + _RANDOM.randbytes(30_000),
}


@pytest.mark.parametrize("foreign", _FOREIGN.values(), ids=_FOREIGN.keys())
@pytest.mark.parametrize("shape", [{}, {"bits": 24, "channels": 2}, {"bits": 8}, {"bits": 32, "is_float": True}])
def test_what_is_no_audio_is_junk_with_its_true_size(
    report_on: Saved, foreign: bytes, shape: dict[str, object]
) -> None:
    plain = media.wav_bytes(seconds=1.3, **shape)  # type: ignore[arg-type]
    report = report_on(plain + foreign)
    assert (report.verdict, report.frames) == (Verdict.WARNING, 57330)
    assert report.findings == (Finding(Code.JUNK, {"bytes": len(foreign), "where": "after"}),)


@pytest.mark.parametrize(
    ("tag", "title"),
    [
        (media.id3v1(), media.id3v1()[3:33].rstrip(b"\0 ").decode("latin-1")),
        (media.id3v2(3, title="Behind it"), "Behind it"),
        (media.ape(), None),
        (media.lyrics3() + media.id3v1(), media.id3v1()[3:33].rstrip(b"\0 ").decode("latin-1")),
        (media.id3v2(4, title="Behind it", footer=True), "Behind it"),
    ],
)
def test_tags_behind_the_file_are_read_and_no_chunks(report_on: Saved, tag: bytes, title: str | None) -> None:
    report = report_on(_FIRST + tag)
    assert (report.verdict, report.frames, report.all_findings) == (Verdict.OK, 57330, ())
    assert report.tags.title == (title if title is not None else report.tags.title)
    assert report.tags.title


def test_a_chunk_that_a_program_forgot_to_count_is_read(report_on: Saved) -> None:
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))
    report = report_on(_FIRST + info + media.chunk(b"id3 ", media.id3v2(3, title="From ID3")))
    assert (report.verdict, report.all_findings, report.tags.title) == (Verdict.OK, (), "From ID3")


def test_a_line_feed_behind_the_file_is_one_byte(report_on: Saved) -> None:
    assert report_on(_FIRST + b"\n").findings == (Finding(Code.JUNK, {"bytes": 1, "where": "after"}),)
