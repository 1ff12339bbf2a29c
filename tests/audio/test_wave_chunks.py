"""Chunks of a WAV that programs wrote badly: unpadded, nameless, by the thousand, out of order; and wrong formats."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from audiodesk.audio.check import inspect
from audiodesk.audio.repair import rescue
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media
from tests.audio.conftest import Saved

_JUNK = media.chunk(b"junk", b"abcd")
_INFO = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "is_odd"),
    [
        (media.chunk(b"iXML", b"<a>12345</a>!", pad=False), True),
        (media.chunk(b"bext", bytes(603), pad=False) + media.chunk(b"LIST", b"INFO"), True),
        (media.chunk(b"abcd", b"123", pad=False), True),
        (media.chunk(b"\0\0\0\0", b"abcd"), False),
        (media.chunk(b"\xa9nam", b"abcd") + media.chunk(b"\xa9ART", b"abcd"), False),
        (media.chunk("Größe".encode("latin-1")[:4], b"abcd"), False),
        (media.chunk(b"AB\0\0", b"abcdef"), False),
        (bytes(8), False),
        (bytes(512), False),
        (bytes(6), True),
        (media.chunk(b"JUNK", b"") * 5000, False),
        (media.chunk(b"Fake", b"\0" * 7) * 3000, False),
        (media.chunk(b"data", b""), False),
    ],
)
@pytest.mark.parametrize("bits", [16, 24])
def test_what_stands_in_front_of_the_audio_is_stepped_over(
    report_on: Saved, before: bytes, is_odd: bool, bits: int
) -> None:
    report = report_on(media.wav_bytes(seconds=1.3, bits=bits, before=before, after=_INFO), full=True)
    assert (report.verdict, report.frames, report.tags.title) == (Verdict.OK, 57330, "Name")
    assert _codes(report) == ([Code.HEADER_LAYOUT] if is_odd else [])
    assert (report.rescue is not None) == is_odd


@pytest.mark.parametrize(
    "between",
    [
        media.chunk(b"\0\0\0\0", b"abcd"),
        media.chunk(b"IN\0\xff", b"abcd"),
        media.chunk(b"mine", b"abcd"),
        media.chunk(b"JUNK", b"") * 5000,
        media.chunk(b"cue ", b"123", pad=False),
        bytes(8),
    ],
)
def test_what_stands_behind_the_audio_is_stepped_over(report_on: Saved, between: bytes) -> None:
    report = report_on(media.wav_bytes(seconds=1.3, after=between + _INFO))
    assert (report.verdict, report.frames, report.all_findings) == (Verdict.OK, 57330, ())
    assert report.tags.title == "Name"


def test_odd_audio_without_its_padding_byte_is_followed_by_its_chunks(report_on: Saved) -> None:
    data = media.wav_bytes(samples=[0.1] * 3001, bits=24)
    whole = data[: 44 + 9003] + _INFO
    report = report_on(whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:])
    assert (report.verdict, report.frames, report.tags.title) == (Verdict.OK, 3001, "Name")


@pytest.mark.parametrize("size", [0x7FFFFFFF, 100_000, 2])
def test_a_wrong_size_in_front_of_the_audio_is_a_warning(report_on: Saved, size: int) -> None:
    report = report_on(media.wav_bytes(seconds=1.3, before=media.chunk(b"bext", b"x" * 602, size=size)), full=True)
    assert (report.verdict, report.frames, _codes(report)) == (Verdict.WARNING, 57330, [Code.DAMAGED_HEADER])
    assert report.all_findings[0].params["field"] == "size"


def test_audio_in_front_of_its_format_is_taken(report_on: Saved) -> None:
    plain = media.wav_bytes(seconds=1.3)
    report = report_on(plain[:12] + plain[36:] + plain[12:36] + _INFO, full=True)
    assert (report.verdict, report.frames, report.tags.title) == (Verdict.OK, 57330, "Name")
    assert _codes(report) == [Code.HEADER_LAYOUT]


def test_of_two_formats_the_first_that_can_be_true_counts(report_on: Saved) -> None:
    other = struct.pack("<HHIIHH", 1, 2, 8000, 32000, 4, 16)
    report = report_on(media.wav_bytes(seconds=1.3, before=media.chunk(b"fmt ", other)))
    assert (report.sample_rate, report.channels, report.frames) == (44100, 1, 57330)
    plain = media.wav_bytes(seconds=1.3)
    broken = struct.pack("<HHIIHH", 1, 0, 0, 0, 0, 0)
    report = report_on(plain[:12] + media.chunk(b"fmt ", broken) + plain[12:])
    assert (report.sample_rate, report.channels, report.frames) == (44100, 1, 57330)


def test_a_second_data_chunk_with_audio_is_more_audio(report_on: Saved) -> None:
    second = media.chunk(b"data", media.wav_bytes(seconds=0.7)[44:])
    report = report_on(media.wav_bytes(seconds=1.3, after=second))
    assert (report.verdict, report.frames) == (Verdict.WARNING, 57330)
    assert report.findings == (Finding(Code.MORE_AUDIO, {"seconds": 0.7, "count": 1}),)


# --- the format ---


def _format(data: bytes, **fields: int) -> bytes:
    """Return a plain WAV with other values in its fmt chunk."""
    places = {
        "channels": ("<H", 22),
        "rate": ("<I", 24),
        "byte_rate": ("<I", 28),
        "block": ("<H", 32),
        "bits": ("<H", 34),
    }
    changed = bytearray(data)
    for name, value in fields.items():
        struct.pack_into(places[name][0], changed, places[name][1], value)
    return bytes(changed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "fields", "names"),
    [
        ({"bits": 16, "channels": 1}, {"block": 1}, ["block"]),
        ({"bits": 16, "channels": 1}, {"block": 4}, ["block"]),
        ({"bits": 16, "channels": 1}, {"block": 0}, ["block"]),
        ({"bits": 16, "channels": 2}, {"block": 2}, ["block"]),
        ({"bits": 16, "channels": 2}, {"block": 2, "byte_rate": 88200}, ["block"]),
        ({"bits": 16, "channels": 2}, {"block": 0, "byte_rate": 0}, ["block"]),
        ({"bits": 24, "channels": 1}, {"block": 2}, ["block"]),
        ({"bits": 24, "channels": 2}, {"block": 8}, ["block"]),
        ({"bits": 24, "channels": 2}, {"block": 3}, ["block"]),
        ({"bits": 8, "channels": 1}, {"block": 2, "byte_rate": 88200}, ["block"]),
        ({"bits": 32, "channels": 1, "is_float": True}, {"block": 1}, ["block"]),
        ({"bits": 32, "channels": 6, "is_float": True}, {"block": 4}, ["block"]),
        ({"bits": 64, "channels": 1, "is_float": True}, {"block": 4}, ["block"]),
        ({"bits": 16, "channels": 1}, {"byte_rate": 0}, ["byte-rate"]),
        ({"bits": 16, "channels": 2}, {"byte_rate": 44100}, ["byte-rate"]),
        ({"bits": 24, "channels": 1}, {"byte_rate": 0xFFFFFFFF}, ["byte-rate"]),
        ({"bits": 16, "channels": 1}, {"bits": 0}, ["bits"]),
        ({"bits": 24, "channels": 2}, {"bits": 0}, ["bits"]),
        ({"bits": 16, "channels": 1}, {"rate": 0}, ["rate"]),
        ({"bits": 24, "channels": 2}, {"rate": 0xFFFFFFFF}, ["rate"]),
        ({"bits": 16, "channels": 1}, {"rate": 1}, ["rate"]),
        ({"bits": 16, "channels": 2}, {"rate": 4410}, ["rate"]),
        ({"bits": 24, "channels": 1}, {"rate": 441_000}, ["rate"]),
        ({"bits": 16, "channels": 1}, {"byte_rate": 96000}, ["byte-rate"]),
        ({"bits": 16, "channels": 2}, {"channels": 0}, ["channels"]),
        ({"bits": 16, "channels": 1}, {"channels": 0xFFFF}, ["channels"]),
    ],
)
def test_a_wrong_field_is_a_warning_with_the_full_length(
    report_on: Saved, shape: dict[str, object], fields: dict[str, int], names: list[str]
) -> None:
    report = report_on(_format(media.wav_bytes(seconds=1.3, **shape), **fields), full=True)  # type: ignore[arg-type]
    assert (report.verdict, report.frames, report.sample_rate) == (Verdict.WARNING, 57330, 44100)
    assert (report.bit_depth, report.channels) == (shape["bits"], shape["channels"])
    assert [finding.params["field"] for finding in report.all_findings] == names
    assert report.analysis is not None
    assert report.analysis.levels.peak_db == pytest.approx(-12.04, abs=0.1)


@pytest.mark.parametrize("rate", [44_000, 44_099, 50_000])
def test_an_unusual_rate_is_believed_where_nothing_better_is_told(report_on: Saved, rate: int) -> None:
    """Another one is told by 44.1 kHz within a hundredth of it, and by bytes that fit no usual rate."""
    byte_rate = 88200 if rate < 45_000 else 88202
    report = report_on(_format(media.wav_bytes(seconds=1.3), rate=rate, byte_rate=byte_rate))
    assert (report.verdict, report.sample_rate, report.frames) == (Verdict.WARNING, rate, 57330)


def test_a_wrong_field_and_no_size_are_both_said(report_on: Saved) -> None:
    report = report_on(_format(media.wav_bytes(seconds=1.3, data_size=0xFFFFFFFF, riff_size=0), block=4))
    assert (report.verdict, report.frames) == (Verdict.WARNING, 57330)
    assert _codes(report) == [Code.UNFINISHED_HEADER, Code.DAMAGED_HEADER]


def _with_guid(guid: bytes, **options: object) -> bytes:
    data = media.wav_bytes(seconds=1.3, extensible=True, **options)  # type: ignore[arg-type]
    return data[:44] + guid + data[60:]


_AMBISONIC = bytes.fromhex("2107d3118644c8c1ca000000")


@pytest.mark.parametrize(
    ("guid", "options", "name"),
    [
        (b"\x01\0\0\0" + _AMBISONIC, {}, "Ambisonic B-format"),
        (b"\x03\0\0\0" + _AMBISONIC, {"bits": 32, "is_float": True, "channels": 4}, "Ambisonic B-format"),
        (bytes(range(16)), {"bits": 24}, "{03020100-0504-0706-0809-0A0B0C0D0E0F}"),
        (bytes(16), {}, "{00000000-0000-0000-0000-000000000000}"),
    ],
)
def test_another_subformat_is_a_note_that_names_it(
    report_on: Saved, guid: bytes, options: dict[str, object], name: str
) -> None:
    report = report_on(_with_guid(guid, **options), full=True)
    assert (report.verdict, report.frames) == (Verdict.OK, 57330)
    assert Finding(Code.SUBFORMAT, {"name": name}) in report.all_findings
    assert report.analysis is not None
    assert report.analysis.levels.peak_db == pytest.approx(-12.04, abs=0.1)


def test_an_unknown_subformat_that_is_not_like_pcm_is_refused_by_name(report_on: Saved) -> None:
    import random

    packed = random.Random(1).randbytes(100_000)
    data = _with_guid(bytes(range(16)))
    report = report_on(data[:68] + packed)
    assert _codes(report) == [Code.UNSUPPORTED_ENCODING]
    assert report.encoding == "{03020100-0504-0706-0809-0A0B0C0D0E0F}"


# --- tags ---


@pytest.mark.parametrize("tag", [b"", media.id3v2(3, title="In front")])
@pytest.mark.parametrize("blank", [bytes(1), bytes(512), bytes(60_000), b"\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_blanks_in_front_of_the_riff_are_a_note(tmp_path: Path, tag: bytes, blank: bytes) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(tag + blank + media.wav_bytes(seconds=1.3))
    report = inspect(str(path))
    assert (report.verdict, report.frames, _codes(report)) == (Verdict.OK, 57330, [Code.HEADER_LAYOUT])
    assert report.tags.title == ("In front" if tag else "")
    rescue(str(path), report, str(tmp_path / "repaired.wav"))
    assert inspect(str(tmp_path / "repaired.wav")).all_findings == ()


def test_an_id3_tag_in_front_of_the_riff_is_read(report_on: Saved) -> None:
    report = report_on(media.id3v2(3, title="In front") + media.wav_bytes(seconds=1.3, after=_INFO))
    assert (report.verdict, report.tags.title) == (Verdict.OK, "In front")


@pytest.mark.parametrize("page", [(1251, "cp1251"), (932, "cp932"), (65001, "utf-8"), (28605, "cp1252")])
def test_texts_are_read_in_the_code_page_that_the_file_names(report_on: Saved, page: tuple[int, str]) -> None:
    number, encoding = page
    title = {"cp1251": "Глава", "cp932": "第一章", "utf-8": "Glâvă", "cp1252": "Märchen"}[encoding]
    charset = media.chunk(b"CSET", struct.pack("<HHHH", number, 0, 0, 0))
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", title.encode(encoding) + b"\0"))
    assert report_on(media.wav_bytes(before=charset + info)).tags.title == title
    assert report_on(media.wav_bytes(before=info, after=charset)).tags.title == title


def test_unpadded_texts_are_all_read(report_on: Saved) -> None:
    entries = [(b"INAM", b"Name\0"), (b"IART", b"Me\0"), (b"ICMT", b"Words"), (b"ISFT", b"X\0")]
    body = b"INFO" + b"".join(media.chunk(name, text, pad=False) for name, text in entries)
    tags = report_on(media.wav_bytes(after=media.chunk(b"LIST", body))).tags
    assert (tags.title, tags.artist, tags.comment, tags.encoder) == ("Name", "Me", "Words", "X")
