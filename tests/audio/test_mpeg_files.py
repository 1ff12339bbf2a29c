"""MP3 files of every kind: length and rate come from their frames, and damage is reported in bytes."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport, seek_step
from tests import media
from tests.audio.conftest import Saved

_RATES = {"1": (44100, 48000, 32000), "2": (22050, 24000, 16000), "2.5": (11025, 12000, 8000)}
_SAMPLES = {"1": 1152, "2": 576, "2.5": 576}


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


@pytest.mark.slow
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("rate", "bit_rate"), [(44100, 192), (48000, 320), (32000, 64), (22050, 64), (8000, 64)])
def test_what_lame_encodes_has_its_exact_length_and_a_constant_rate(
    report_on: Saved, channels: int, rate: int, bit_rate: int
) -> None:
    report = report_on(
        media.mp3_bytes(seconds=1.5, rate=rate, bit_rate=bit_rate, channels=channels), "a.mp3", full=True
    )
    assert (report.verdict, report.all_findings) == (Verdict.OK, ())
    assert (report.kind, report.frames, report.seconds) == (Kind.MP3, round(1.5 * rate), 1.5)
    assert (report.cbr, report.bit_rate, report.channels) == (True, bit_rate * 1000, channels)
    assert report.analysis is not None
    assert report.analysis.levels.peak_db == pytest.approx(-12.04, abs=0.5)
    assert len(report.analysis.peaks) == 300


@pytest.mark.parametrize("mode", ["vbr", "abr"])
def test_a_varying_rate_is_ok_and_not_called_constant(report_on: Saved, mode: str) -> None:
    # A tone that swells, so that the encoder varies its bit rate.
    samples = [value * at / 132300 for at, value in enumerate(media.sine(3, 44100, level=0.9))]
    report = report_on(media.mp3_bytes(samples=samples, mode=mode, bit_rate=128), "a.mp3", full=True)
    assert (report.verdict, report.seconds, report.cbr) == (Verdict.OK, 3.0, False)
    assert report.all_findings == ()


@pytest.mark.parametrize(("version", "rate"), [(version, rate) for version, rates in _RATES.items() for rate in rates])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_version_and_rate_without_a_header_frame(
    report_on: Saved, version: str, rate: int, channels: int
) -> None:
    report = report_on(media.mpeg_bytes(version=version, rate=rate, channels=channels, bit_rates=(64,)), "a.mp3")
    assert (report.verdict, report.all_findings) == (Verdict.OK, (Finding(Code.LENGTH_UNPROVEN),))
    assert report.frames == 100 * _SAMPLES[version]
    assert (report.sample_rate, report.channels, report.cbr, report.bit_rate) == (rate, channels, True, 64000)
    assert report.encoding == f"MPEG-{version} layer III"


@pytest.mark.parametrize("name", [b"Xing", b"Info"])
def test_a_header_frame_proves_the_length(report_on: Saved, name: bytes) -> None:
    data = media.mpeg_bytes(header=media.xing(100, 41700 + 417, name=name), bit_rates=(128, 160))
    report = report_on(data, "a.mp3")
    assert (report.verdict, report.all_findings) == (Verdict.OK, ())
    assert (report.frames, report.cbr) == (115200, False)


def test_one_frame_of_another_rate_is_not_constant(report_on: Saved) -> None:
    frames = media.mpeg_bytes(frames=99)
    report = report_on(media.xing(100, None) + frames + media.mpeg_bytes(frames=1, bit_rates=(112,)), "a.mp3")
    assert (report.verdict, report.cbr, report.frames) == (Verdict.OK, False, 115200)


def test_fraunhofers_header_frame_proves_the_length(report_on: Saved) -> None:
    report = report_on(media.mpeg_bytes(header=media.vbri(100, 42117)), "a.mp3")
    assert (report.verdict, report.all_findings, report.frames) == (Verdict.OK, (), 115200)


def test_what_the_encoder_added_is_not_part_of_the_length(report_on: Saved) -> None:
    header = media.xing(100, None, delay=576, padding=1000)
    report = report_on(media.mpeg_bytes(header=header), "a.mp3", full=True)
    assert (report.verdict, report.frames) == (Verdict.OK, 115200 - 1576)


@pytest.mark.parametrize("version", [2, 3, 4])
def test_tags_at_the_beginning(report_on: Saved, version: int) -> None:
    tag = media.id3v2(version, title="Kapitel 1 – Über", cover=300_000, padding=2000)
    report = report_on(media.mpeg_bytes(before=tag, header=media.xing(100, None)), "a.mp3", full=True)
    assert (report.verdict, _codes(report), report.frames) == (Verdict.OK, [], 115200)
    assert (report.tags.title, report.tags.cover_bytes) == ("Kapitel 1 – Über", 300_000)


def test_a_tag_with_unsynchronisation(report_on: Saved) -> None:
    """Each FF of the tag got a zero byte behind it, so that no decoder takes it for a frame."""
    plain = media.id3v2(3, title="ÿþ Über")
    body = plain[10:].replace(b"\xff", b"\xff\0")
    tag = plain[:5] + b"\x80" + bytes((0, 0, len(body) >> 7, len(body) & 0x7F)) + body
    report = report_on(tag + media.mpeg_bytes(header=media.xing(100, None)), "a.mp3")
    assert (report.verdict, report.tags.title) == (Verdict.OK, "ÿþ Über")


def test_tags_at_the_end(report_on: Saved) -> None:
    for after, title in (
        (media.id3v1("One"), "One"),
        (media.ape("Two") + media.id3v1("One"), "Two"),
        (media.ape("Two", header=False), "Two"),
        (media.lyrics3() + media.id3v1("One"), "One"),
        (b"LYRICSBEGINla la laLYRICSEND" + media.id3v1("One"), "One"),
        (media.id3v2(4, title="Three", footer=True), "Three"),
    ):
        report = report_on(media.mpeg_bytes(header=media.xing(100, None), after=after), "a.mp3", full=True)
        assert (report.verdict, _codes(report), report.frames) == (Verdict.OK, [], 115200), title
        assert report.tags.title == title


def test_a_tag_in_the_middle_is_no_junk(report_on: Saved) -> None:
    """Files put one behind the other, as people do with ``cat``."""
    half = media.mpeg_bytes(frames=50)
    report = report_on(half + media.id3v1() + media.id3v2(padding=100) + half, "a.mp3")
    assert (_codes(report), report.frames) == ([Code.LENGTH_UNPROVEN], 115200)


def test_zeros_between_the_tag_and_the_audio_are_padding(report_on: Saved) -> None:
    data = media.mpeg_bytes(before=media.id3v2() + bytes(3000), header=media.xing(100, None))
    report = report_on(data, "a.mp3", full=True)
    assert (report.verdict, _codes(report), report.frames) == (Verdict.OK, [], 115200)


def test_an_mp3_that_ends_before_its_header_says_is_truncated(report_on: Saved) -> None:
    whole = media.mp3_bytes(seconds=10, bit_rate=64)
    report = report_on(whole[: len(whole) * 6 // 10], "a.mp3")
    assert (report.verdict, _codes(report)) == (Verdict.REFUSED, [Code.TRUNCATED])
    params = report.all_findings[0].params
    assert params["claimed_seconds"] == 10.0
    assert params["seconds"] == report.seconds == pytest.approx(6.0, abs=0.05)
    assert report.rescue is not None
    assert report.rescue.seconds == report.seconds
    # What is kept ends at the end of a frame, without any part of the frame that was cut.
    assert report.rescue.offset + report.rescue.size <= len(whole) * 6 // 10


@pytest.mark.parametrize("filling", [b"\0", b"\xee"])
@pytest.mark.parametrize("header", [media.xing(100, None), media.xing(100, 42117), media.xing(None, 42117)])
def test_a_copy_that_was_filled_up_to_its_whole_size_is_truncated(
    report_on: Saved, header: bytes, filling: bytes
) -> None:
    """Programs and file systems set the whole size first; what was never written reads as zeros."""
    half = media.mpeg_bytes(frames=50, header=header)
    rest = media.mpeg_bytes(frames=100, header=header)[len(half) :]
    report = report_on(half + filling * len(rest), "a.mp3")
    assert (report.verdict, _codes(report)[0]) == (Verdict.REFUSED, Code.TRUNCATED)
    assert report.rescue is not None
    assert report.rescue.offset + report.rescue.size == len(half)


@pytest.mark.parametrize("header", [media.xing(100, None), media.xing(None, 42117), media.vbri(100, 42117)])
def test_each_kind_of_header_frame_shows_that_the_end_is_missing(report_on: Saved, header: bytes) -> None:
    report = report_on(media.mpeg_bytes(frames=60, header=header), "a.mp3")
    assert _codes(report) == [Code.TRUNCATED]
    assert report.all_findings[0].params["claimed_seconds"] == pytest.approx(115200 / 44100, abs=0.06)


def test_a_last_frame_that_is_cut_is_a_warning_with_its_bytes(report_on: Saved) -> None:
    cut = media.mpeg_bytes(frames=1)[:100]
    for after in (b"", media.id3v1()):
        report = report_on(media.mpeg_bytes(frames=99, header=media.xing(100, None), after=cut + after), "a.mp3")
        assert report.verdict is Verdict.WARNING
        assert report.all_findings == (Finding(Code.LAST_FRAME_CUT, {"bytes": 100}),)
        assert report.frames == 99 * 1152


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_cut_within_the_header_of_the_last_frame(report_on: Saved, count: int) -> None:
    cut = media.mpeg_bytes(frames=1)[:count]
    report = report_on(media.mpeg_bytes(header=media.xing(101, None), after=cut), "a.mp3")
    assert report.all_findings == (Finding(Code.LAST_FRAME_CUT, {"bytes": count}),)


def test_junk_is_a_warning_with_its_bytes(report_on: Saved) -> None:
    half = media.mpeg_bytes(frames=50)
    header = media.xing(100, None)
    for data, where in (
        (b"garbage!" * 10 + header + half + half, "before"),
        (header + half + b"garbage!" * 10 + half, "inside"),
        (header + half + half + b"garbage!" * 10, "after"),
    ):
        report = report_on(data, "a.mp3")
        assert report.verdict is Verdict.WARNING
        assert report.all_findings == (Finding(Code.JUNK, {"bytes": 80, "where": where}),)
        assert report.frames == 115200


@pytest.mark.parametrize("size", [None, 42117])
def test_damage_in_the_middle_is_junk_and_not_a_missing_end(report_on: Saved, size: int | None) -> None:
    data = bytearray(media.mpeg_bytes(header=media.xing(100, size)))
    data[10_000:14_170] = bytes(4170)
    report = report_on(bytes(data), "a.mp3")
    assert _codes(report) == [Code.JUNK]
    assert report.all_findings[0].params["where"] == "inside"
    assert 88 <= report.frames // 1152 <= 90


@pytest.mark.parametrize("claim", [100_000, 0x0FFFFFFF])
def test_a_tag_that_overruns_the_file_is_a_warning_with_the_bytes(report_on: Saved, claim: int) -> None:
    tag = media.id3v2(3, claim=claim)
    data = media.mpeg_bytes(before=tag, header=media.xing(100, None))
    report = report_on(data, "a.mp3")
    assert report.verdict is Verdict.WARNING
    assert report.all_findings == (Finding(Code.TAG_OVERRUN, {"bytes": claim + 10 - len(data)}),)
    assert report.frames == 115200


def test_a_tag_at_the_end_that_overruns_the_file(report_on: Saved) -> None:
    data = media.mpeg_bytes(header=media.xing(100, None), after=media.ape(header=False, claim=10_000_000))
    report = report_on(data, "a.mp3")
    assert Code.TAG_OVERRUN in _codes(report)
    assert report.frames == 115200


def test_no_frames_is_no_audio(report_on: Saved) -> None:
    for data in (media.xing(100, None) + media.id3v1(), media.id3v2(), media.id3v2() + media.xing(0, 0)):
        report = report_on(data, "a.mp3")
        assert (report.verdict, _codes(report)) == (Verdict.REFUSED, [Code.NO_AUDIO])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (media.mpeg_bytes(layer=2, bit_rates=(192,)), "MPEG-1 layer II"),
        (media.mpeg_bytes(layer=2, version="2", rate=22050, bit_rates=(64,)), "MPEG-2 layer II"),
        (media.mpeg_bytes(layer=1, bit_rates=(192,)), "MPEG-1 layer I"),
    ],
)
def test_other_layers_are_refused_by_name(report_on: Saved, data: bytes, name: str) -> None:
    report = report_on(data, "a.mp3")
    assert report.all_findings == (Finding(Code.UNSUPPORTED_ENCODING, {"encoding": name}),)


def test_free_format_is_refused_by_name(report_on: Saved) -> None:
    from tests.media.mpeg import frame

    data = frame(0, body=bytes(1000)) * 20
    report = report_on(data, "a.mp3")
    assert report.all_findings == (Finding(Code.UNSUPPORTED_ENCODING, {"encoding": "MP3 in free format"}),)


def test_an_mp3_named_wav_is_misnamed(report_on: Saved) -> None:
    report = report_on(media.mp3_bytes(), "a.wav")
    assert (report.verdict, report.kind) == (Verdict.WARNING, Kind.MP3)
    assert report.all_findings == (Finding(Code.MISNAMED, {"kind": "mp3", "ending": "wav"}),)


def test_a_very_short_file_with_an_old_tag_is_read(report_on: Saved) -> None:
    """Shorter than the "enhanced" tag that might stand before the old one."""
    data = media.mpeg_bytes(frames=3, version="2.5", rate=8000, channels=1, bit_rates=(8,), after=media.id3v1())
    report = report_on(data, "a.mp3")
    assert (report.kind, report.frames, report.tags.title) == (Kind.MP3, 3 * 576, "Old title")


def test_one_short_frame_behind_a_tag_is_enough(report_on: Saved) -> None:
    report = report_on(media.id3v2() + media.mpeg_bytes(frames=1), "a.mp3")
    assert (report.kind, report.frames) == (Kind.MP3, 1152)


def test_lame_leaves_its_header_frame_out_where_frames_are_small(report_on: Saved) -> None:
    report = report_on(media.mp3_bytes(rate=16000, bit_rate=24), "a.mp3", full=True)
    assert (report.verdict, _codes(report)) == (Verdict.OK, [Code.LENGTH_UNPROVEN])
    assert report.seconds == pytest.approx(2.0, abs=0.3)


def test_the_seek_table_has_the_offset_of_the_frame_at_each_ten_seconds(report_on: Saved) -> None:
    header = media.xing(2000, None)
    report = report_on(media.mpeg_bytes(frames=2000, header=header), "a.mp3")
    offsets = [int.from_bytes(report.seek_table[at : at + 4], "little") for at in range(0, len(report.seek_table), 4)]
    first = len(header)
    assert offsets == [first + int(at * 10 * 44100 / 1152) * 417 for at in range(6)]


def test_the_seek_table_of_a_very_long_file_has_wider_steps(tmp_path: Path) -> None:
    from audiodesk.audio.check import inspect

    frames = 300_000  # six hours at 8 kHz: with an entry every 10 s there would be 2 160
    path = media.mpeg(tmp_path / "long.mp3", frames=frames, version="2.5", rate=8000, channels=1, bit_rates=(8,))
    report = inspect(str(path), ends=False)
    offsets = [int.from_bytes(report.seek_table[at : at + 4], "little") for at in range(0, len(report.seek_table), 4)]
    assert 500 < len(offsets) <= 1020
    steps = {later - earlier for earlier, later in itertools.pairwise(offsets)}
    assert max(steps) - min(steps) <= 72
    assert min(steps) // 72 * 576 / 8000 == pytest.approx(40, abs=0.1)
    assert seek_step(report.seconds, len(offsets)) == 40
