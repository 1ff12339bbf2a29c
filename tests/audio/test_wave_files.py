"""WAV files of every kind: sound ones pass with their exact length, damaged ones are refused with the reason."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media
from tests.audio.conftest import Saved


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


def _only(report: CheckReport) -> Finding:
    assert len(report.all_findings) == 1, report.all_findings
    return report.all_findings[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bits", "is_float", "extensible", "channels"),
    [
        (bits, is_float, extensible, channels)
        for (bits, is_float), extensible, channels in itertools.product(
            ((8, False), (16, False), (24, False), (32, False), (32, True), (64, True)), (False, True), (1, 2)
        )
    ],
)
def test_every_sample_format_is_ok_with_its_exact_length(
    report_on: Saved, bits: int, is_float: bool, extensible: bool, channels: int
) -> None:
    data = media.wav_bytes(seconds=1.5, bits=bits, is_float=is_float, extensible=extensible, channels=channels)
    report = report_on(data, full=True)
    assert report.verdict is Verdict.OK
    assert report.all_findings == ()
    assert (report.kind, report.frames, report.seconds) == (Kind.WAV, 66150, 1.5)
    assert (report.sample_rate, report.channels, report.bit_depth) == (44100, channels, bits)
    assert report.encoding == ("float" if is_float else "PCM")
    assert report.analysis is not None
    assert report.analysis.levels.peak_db == pytest.approx(-12.04, abs=0.1)
    assert len(report.analysis.peaks) == 300


@pytest.mark.slow
@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000])
def test_every_rate_is_ok(report_on: Saved, rate: int) -> None:
    report = report_on(media.wav_bytes(seconds=1.24, rate=rate), full=True)
    assert (report.verdict, report.frames, report.sample_rate) == (Verdict.OK, round(rate * 1.24), rate)
    assert report.seconds == pytest.approx(1.24, abs=1 / rate)
    assert report.analysis is not None
    assert len(report.analysis.peaks) == 248


def test_six_channels_are_ok(report_on: Saved) -> None:
    report = report_on(media.wav_bytes(channels=6, extensible=True), full=True)
    assert (report.verdict, report.channels, report.frames) == (Verdict.OK, 6, 88200)


@pytest.mark.parametrize("pad", [True, False])
@pytest.mark.parametrize("place", ["before", "after"])
def test_odd_chunks_around_the_audio_are_ok(report_on: Saved, pad: bool, place: str) -> None:
    """Chunks are padded to even sizes; some programs forget it."""
    chunks = media.chunk(b"LIST", b"INFOINAM\x05\0\0\0Name\0", pad=pad) + media.chunk(b"junk", b"abc", pad=True)
    report = report_on(media.wav_bytes(before=chunks) if place == "before" else media.wav_bytes(after=chunks))
    assert (report.verdict, report.frames) == (Verdict.OK, 88200)
    assert _codes(report) == ([] if pad or place == "after" else [Code.HEADER_LAYOUT])
    assert report.tags.title == "Name"


def test_odd_audio_with_and_without_its_padding_byte_is_ok(report_on: Saved) -> None:
    padded = media.wav_bytes(samples=[0.0] * 1001, bits=8, after=media.chunk(b"LIST", b"INFO"))
    assert len(padded) % 2 == 0
    bare = media.wav_bytes(samples=[0.0] * 1001, bits=8)[:-1]
    for data in (padded, bare):
        report = report_on(data)
        assert (report.verdict, report.frames, report.all_findings) == (Verdict.OK, 1001, ())


def test_texts_come_from_list_bext_and_id3_chunks(report_on: Saved) -> None:
    bext = (
        b"A long description".ljust(256, b"\0")
        + b"FieldRec 3".ljust(32, b"\0")
        + bytes(32)
        + b"2024-05-17"
        + bytes(280)
    )
    info = b"INFO" + media.chunk(b"IART", b"Reader\0") + media.chunk(b"INAM", b"From INFO\0")
    data = media.wav_bytes(
        before=media.chunk(b"bext", bext) + media.chunk(b"LIST", info),
        after=media.chunk(b"id3 ", media.id3v2(3, title="Überschrift", cover=5000)),
    )
    report = report_on(data)
    assert (report.verdict, report.frames) == (Verdict.OK, 88200)
    assert report.tags.title == "Überschrift"
    assert (report.tags.artist, report.tags.comment, report.tags.encoder) == (
        "Reader",
        "A long description",
        "FieldRec 3",
    )
    assert (report.tags.date, report.tags.cover_bytes) == ("2024-05-17", 5000)


def test_a_letter_that_the_end_of_its_field_cuts_does_not_spoil_the_text(report_on: Saved) -> None:
    bext = ("x" + "ä" * 128).encode()[:256] + bytes(346)
    assert report_on(media.wav_bytes(before=media.chunk(b"bext", bext))).tags.comment == "x" + "ä" * 127


@pytest.mark.parametrize("riff_size", [0, 36, 100, 0xFFFFFFFF])
def test_a_wrong_size_of_the_whole_does_not_matter_where_the_audio_is_all_there(
    report_on: Saved, riff_size: int
) -> None:
    report = report_on(media.wav_bytes(riff_size=riff_size))
    assert (report.verdict, report.frames, report.all_findings) == (Verdict.OK, 88200, ())


def test_a_wav_behind_an_id3_tag_is_ok(report_on: Saved) -> None:
    report = report_on(media.id3v2() + media.wav_bytes(), full=True)
    assert (report.verdict, report.frames) == (Verdict.OK, 88200)


def test_audio_shorter_than_the_header_says_is_truncated(report_on: Saved) -> None:
    report = report_on(media.wav_bytes(seconds=1200, rate=8000, bits=8, keep=602 * 8000))
    assert report.verdict is Verdict.REFUSED
    finding = _only(report)
    assert finding.code is Code.TRUNCATED
    assert finding.params == {"seconds": 602.0, "claimed_seconds": 1200.0}
    assert report.rescue is not None
    assert (report.rescue.offset, report.rescue.size, report.rescue.seconds) == (44, 602 * 8000, 602.0)


def test_a_last_sample_that_is_not_whole_is_a_note_and_a_claim_of_less_than_one_is_none(report_on: Saved) -> None:
    whole = media.wav_bytes(channels=2, samples=[0.1] * 2000)
    report = report_on(whole[:-1])
    assert (report.verdict, report.frames, _codes(report)) == (Verdict.OK, 999, [Code.END_MISSING])
    claims_too_much = media.wav_bytes(channels=2, samples=[0.1] * 2000, data_size=4001)
    report = report_on(claims_too_much)
    assert (report.verdict, report.frames) == (Verdict.OK, 1000)


@pytest.mark.parametrize(
    "data",
    [
        media.wav_bytes(seconds=0),
        media.wav_bytes(seconds=0, data_size=0xFFFFFFFF),
        media.wav_bytes(seconds=0, data_size=1000),
        media.wav_bytes(seconds=0, after=media.chunk(b"LIST", b"INFO")),
        media.wav_bytes()[:44],
        media.wav_bytes()[:36],
        media.wav_bytes()[:12],
        media.wav_bytes()[:45],
    ],
)
def test_a_header_alone_is_no_audio(report_on: Saved, data: bytes) -> None:
    report = report_on(data)
    assert (report.verdict, _codes(report)) == (Verdict.REFUSED, [Code.NO_AUDIO])
    assert report.rescue is None


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (media.wav_bytes(magic=b"RIFX"), "RIFX"),
        (media.wav_bytes(format_tag=2), "MS ADPCM"),
        (media.wav_bytes(format_tag=6, bits=8), "A-law"),
        (media.wav_bytes(format_tag=7, bits=8), "µ-law"),
        (media.wav_bytes(format_tag=0x11, bits=8), "IMA ADPCM"),
        (media.wav_bytes(format_tag=0x55), "MP3 inside WAV"),
        (media.wav_bytes(format_tag=6, bits=8, extensible=True), "A-law"),
        (media.wav_bytes(format_tag=0x1234), "WAV format 0x1234"),
    ],
)
def test_other_encodings_are_refused_by_name(report_on: Saved, data: bytes, name: str) -> None:
    report = report_on(data)
    assert report.verdict is Verdict.REFUSED
    assert _only(report) == Finding(Code.UNSUPPORTED_ENCODING, {"encoding": name})


@pytest.mark.parametrize(
    ("frames", "name"),
    [
        (media.mpeg_bytes(frames=60, bit_rates=(32,)), "MP3 inside WAV"),
        (media.mpeg_bytes(frames=60, layer=2), "MPEG-1 layer II inside WAV"),
    ],
)
@pytest.mark.parametrize("missing", [0, 100])
def test_frames_of_mpeg_under_a_header_of_pcm_are_named(
    report_on: Saved, frames: bytes, name: str, missing: int
) -> None:
    header = media.wav_bytes(samples=[0.0] * (len(frames) // 2))[:44]
    report = report_on(header + frames[: len(frames) - missing])
    assert report.verdict is Verdict.REFUSED
    assert _only(report) == Finding(Code.UNSUPPORTED_ENCODING, {"encoding": name})


@pytest.mark.parametrize(
    ("at", "packed", "field"),
    [
        (22, struct.pack("<HIIHH", 0, 44100, 0, 2, 16), "channels"),
        (24, struct.pack("<II", 0, 0), "rate"),
        (28, struct.pack("<IHH", 1, 2, 0), "bits"),
    ],
)
def test_a_header_that_cannot_be_true_is_refused_where_nothing_tells_what_is(
    report_on: Saved, at: int, packed: bytes, field: str
) -> None:
    data = bytearray(media.wav_bytes())
    data[at : at + len(packed)] = packed
    assert _only(report_on(bytes(data))) == Finding(Code.DAMAGED_HEADER, {"field": field})


def test_audio_without_a_format_is_refused(report_on: Saved) -> None:
    data = media.wav_bytes().replace(b"fmt ", b"fnt ")
    assert _only(report_on(data)) == Finding(Code.DAMAGED_HEADER, {"field": "format"})


def test_junk_behind_the_audio_is_a_warning_with_its_bytes(report_on: Saved) -> None:
    report = report_on(media.wav_bytes(after=b"\x01\x02\x03" * 33), full=True)
    assert report.verdict is Verdict.WARNING
    assert _only(report) == Finding(Code.JUNK, {"bytes": 99, "where": "after"})
    assert report.frames == 88200


def test_a_second_data_chunk_of_zeros_is_said_to_belong_to_nothing(report_on: Saved) -> None:
    first = media.wav_bytes(seconds=1.0)
    report = report_on(first + media.chunk(b"data", bytes(9000)))
    assert report.seconds == 1.0
    assert _only(report) == Finding(Code.JUNK, {"bytes": 9000, "where": "after"})


def test_audio_behind_an_empty_data_chunk_is_found(report_on: Saved) -> None:
    whole = media.wav_bytes(seconds=1.0)
    report = report_on(whole[:36] + media.chunk(b"data", b"") + whole[36:])
    assert (report.verdict, report.seconds) == (Verdict.OK, 1.0)


def test_the_rest_of_a_sector_is_no_junk(report_on: Saved) -> None:
    assert report_on(media.wav_bytes(after=bytes(500))).all_findings == ()
    assert _codes(report_on(media.wav_bytes(after=bytes(5000)))) == [Code.JUNK]


def test_a_chunk_that_overruns_the_file_is_a_warning_with_the_bytes(report_on: Saved) -> None:
    report = report_on(media.wav_bytes(after=media.chunk(b"LIST", b"INFOabcd", size=1008)), full=True)
    assert report.verdict is Verdict.WARNING
    assert _only(report) == Finding(Code.TAG_OVERRUN, {"bytes": 1000})


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("a.wav", []),
        ("a.WAV", []),
        ("a.bwf", []),
        ("a", []),
        ("a.mp3", [Code.MISNAMED]),
        ("a.m4a", [Code.MISNAMED]),
    ],
)
def test_the_name_is_held_against_the_content(report_on: Saved, name: str, codes: list[Code]) -> None:
    report = report_on(media.wav_bytes(), name)
    assert (report.kind, _codes(report)) == (Kind.WAV, codes)
    if codes:
        assert report.all_findings[0].params == {"kind": "wav", "ending": name.split(".")[1]}
        assert report.verdict is Verdict.WARNING


@pytest.mark.parametrize("more", [0, 1])
def test_one_byte_more_than_fifty_megabytes_is_too_large_for_the_cloud(tmp_path: Path, more: int) -> None:
    from audiodesk.audio.check import inspect

    audio = 52_428_800 - 44 + more
    path = media.wav(tmp_path / "a.wav", seconds=0, data_size=audio, bits=8)
    with path.open("r+b") as file:  # a sparse file: no need to write 50 MB
        file.truncate(44 + audio)
    report = inspect(str(path))
    found = [finding for finding in report.findings if finding.code is Code.TOO_LARGE_FOR_CLOUD]
    assert [finding.params for finding in found] == ([{"over": 1}] if more else [])
    assert report.verdict is (Verdict.WARNING if more else Verdict.OK)
    assert report.frames == audio
