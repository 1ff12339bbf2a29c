"""Sizes in a WAV header that are missing, wrong or placeholders: the length of the audio is exact all the same."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from audiodesk.audio.check import check, inspect
from audiodesk.audio.repair import rescue
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media
from tests.audio.conftest import Saved

pytestmark = pytest.mark.slow

_SHORTEST_CUT = 0.04


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


_SHAPES = [
    {"bits": 16, "channels": 1},
    {"bits": 24, "channels": 1},
    {"bits": 24, "channels": 2},
    {"bits": 32, "channels": 1, "is_float": True},
    {"bits": 16, "channels": 6, "extensible": True},
    {"bits": 8, "channels": 1},
]
_NO_SIZES = [
    0, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF - 36, 0xFFFFFF00 - 36, 0xFFFFF000, 0x7FFFFFFF, 0x7FFFF000, 0x7FFFF000 + 36,
    0x80000000, 2_000_000_000, 1_000_000_000, 0x7F000000, 0x40000000, 0xFFFFFFFF - 44,
]  # fmt: skip


@pytest.mark.parametrize("size", _NO_SIZES)
def test_a_header_without_a_size_is_a_warning_with_all_of_the_audio(report_on: Saved, size: int) -> None:
    for riff_size in (0, 0xFFFFFFFF, min(size + 36, 0xFFFFFFFF)):
        report = report_on(media.wav_bytes(seconds=1.3, data_size=size, riff_size=riff_size))
        assert report.verdict is Verdict.WARNING
        assert report.findings == (Finding(Code.UNFINISHED_HEADER, {"seconds": 1.3, "whole": True}),)
        assert report.rescue is not None
        assert (report.rescue.offset, report.rescue.size, report.rescue.seconds) == (44, 57330 * 2, 1.3)


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_every_form_without_a_size_is_measured(report_on: Saved, shape: dict[str, object], size: int) -> None:
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"ISFT", b"Lavf60.16.100\0"))
    report = report_on(media.wav_bytes(seconds=1.3, data_size=size, riff_size=size, before=info, **shape), full=True)  # type: ignore[arg-type]
    assert (report.verdict, report.frames, _codes(report)) == (Verdict.WARNING, 57330, [Code.UNFINISHED_HEADER])
    assert report.analysis is not None
    assert len(report.analysis.peaks) == 260


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 2_000_000_000])
def test_without_a_size_what_ends_inside_a_sample_is_refused_with_the_repair(report_on: Saved, size: int) -> None:
    whole = media.wav_bytes(seconds=1.3, channels=2, data_size=size, riff_size=size)
    report = report_on(whole[:-3])
    assert report.verdict is Verdict.REFUSED
    assert report.rescue is not None
    assert report.rescue.size == 57329 * 4
    if size != 2_000_000_000:
        assert _codes(report) == [Code.UNFINISHED_HEADER]


@pytest.mark.parametrize(
    "behind", [media.id3v1(), media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0")), media.ape()]
)
def test_without_a_size_what_is_followed_by_something_else_is_refused_with_the_audio_alone(
    report_on: Saved, behind: bytes
) -> None:
    report = report_on(media.wav_bytes(seconds=1.3, data_size=0xFFFFFFFF, riff_size=0xFFFFFFFF, after=behind))
    assert (report.verdict, _codes(report)) == (Verdict.REFUSED, [Code.UNFINISHED_HEADER])
    assert report.rescue is not None
    assert report.rescue.size == 57330 * 2


_TITLE = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))


@pytest.mark.parametrize(
    ("stated", "riff_size"),
    [
        (0xFFFFFFFF, 0xFFFFFFFF),
        (0, 0),
        (57330 * 2 + 8, None),
        (57330 * 2 - 8, None),
        (57330, 57366),
        (57330 * 4, 57330 * 4 + 36),
    ],
)
def test_the_texts_behind_audio_of_a_wrong_size_are_read_and_kept(
    tmp_path: Path, stated: int, riff_size: int | None
) -> None:
    path = tmp_path / "take.wav"
    path.write_bytes(media.wav_bytes(seconds=1.3, data_size=stated, riff_size=riff_size, after=_TITLE))
    report = check(str(path))
    assert report.verdict is not Verdict.OK
    assert report.tags.title == "Name"
    if report.rescue is not None:
        rescue(str(path), report, str(tmp_path / "repaired.wav"))
        repaired = check(str(tmp_path / "repaired.wav"))
        assert (repaired.verdict, repaired.frames, repaired.tags.title) == (Verdict.OK, 57330, "Name")


def test_gigabytes_over_a_file_that_ends_at_a_sector_are_a_copy_that_was_interrupted(report_on: Saved) -> None:
    whole = media.wav_bytes(seconds=3.0, data_size=1_900_000_468, riff_size=1_900_000_504)
    assert _codes(report_on(whole[: 512 * 300])) == [Code.TRUNCATED]
    assert _codes(report_on(whole[: 512 * 300 + 2])) == [Code.UNFINISHED_HEADER]


@pytest.mark.parametrize("more", [1, 8, 36, 44, 100, 3526])
@pytest.mark.parametrize("channels", [1, 2])
def test_less_than_a_video_frame_missing_is_a_note(report_on: Saved, more: int, channels: int) -> None:
    size = 57330 * 2 * channels
    report = report_on(media.wav_bytes(seconds=1.3, channels=channels, data_size=size + more))
    assert (report.verdict, report.seconds, _codes(report)) == (Verdict.OK, 1.3, [Code.END_MISSING])


def test_the_limit_of_a_video_frame_is_exact(report_on: Saved) -> None:
    below, exactly = 44100 * _SHORTEST_CUT * 2 - 2, 44100 * _SHORTEST_CUT * 2
    assert _codes(report_on(media.wav_bytes(keep=round(176400 - below)))) == [Code.END_MISSING]
    report = report_on(media.wav_bytes(keep=round(176400 - exactly)))
    assert (report.verdict, _codes(report)) == (Verdict.REFUSED, [Code.TRUNCATED])


@pytest.mark.parametrize("size", [57330 * 4, 57330 * 2 + 20000, 57330, 4000])
def test_a_wrong_size_of_the_audio_is_a_warning_where_the_size_of_the_whole_is_right(
    report_on: Saved, size: int
) -> None:
    data = media.wav_bytes(seconds=1.3, data_size=size)
    report = report_on(data)
    assert (report.verdict, report.frames) == (Verdict.WARNING, 57330)
    assert report.findings == (Finding(Code.DAMAGED_HEADER, {"field": "size", "seconds": 1.3, "whole": True}),)
    assert report.rescue is not None


def test_a_size_that_reaches_into_the_chunks_behind_the_audio_is_put_right(report_on: Saved) -> None:
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"A longer name for the sake of it\0"))
    report = report_on(media.wav_bytes(seconds=1.3, data_size=57330 * 2 + 44, after=info))
    assert (report.verdict, report.frames, _codes(report)) == (Verdict.WARNING, 57330, [Code.DAMAGED_HEADER])


def _recorder(stated: float, rest: list[float], bits: int = 16, channels: int = 1) -> bytes:
    """Return what a recorder leaves that wrote its sizes when ``stated`` seconds were there, and went on."""
    first = list(media.sine(stated, 44100, channels))
    size = len(first) * bits // 8
    return media.wav_bytes(samples=first + rest, bits=bits, channels=channels, data_size=size, riff_size=size + 36)


_QUIET = media.noise(44100, 0.0004)
_SILENT_THEN_QUIET = [0.0] * 22050 + _QUIET
_RESTS = {
    "room tone": _QUIET,
    "silence, then room tone": _SILENT_THEN_QUIET,
    "loud": list(media.sine(1.0, 44100, level=0.9)),
    "loud noise": media.noise(44100, 0.5),
    "a little": list(media.sine(0.1, 44100)),
    "clipped": [max(-1.0, min(1.0, 3 * value)) for value in media.sine(1.0, 44100, level=0.9)],
}


@pytest.mark.parametrize("rest", _RESTS.values(), ids=_RESTS.keys())
@pytest.mark.parametrize("bits", [8, 16, 24])
def test_audio_that_goes_on_behind_the_stated_size_is_refused_with_all_of_it(
    report_on: Saved, rest: list[float], bits: int
) -> None:
    if bits == 8 and max(rest) < 0.004:
        rest = [value * 20 for value in rest]  # eight bits cannot hold quieter values
    report = report_on(_recorder(2.0, rest, bits))
    seconds = 2.0 + len(rest) / 44100
    assert report.verdict is Verdict.REFUSED
    assert report.findings == (
        Finding(Code.UNFINISHED_HEADER, {"seconds": pytest.approx(seconds), "claimed_seconds": 2.0}),
    )
    assert report.rescue is not None
    assert report.rescue.size == (88200 + len(rest)) * bits // 8


def test_audio_in_six_channels_and_in_float_goes_on_too(report_on: Saved) -> None:
    report = report_on(_recorder(1.0, media.noise(44100 * 6, 0.01), channels=6))
    assert (report.verdict, report.seconds) == (Verdict.REFUSED, 2.0)
    data = media.wav_bytes(seconds=3.0, bits=32, is_float=True, data_size=44100 * 4, riff_size=44100 * 4 + 36)
    assert report_on(data).rescue.seconds == 3.0  # type: ignore[union-attr]  # None fails as well


def test_audio_that_goes_on_and_ends_inside_a_sample_is_kept_to_its_last_whole_one(report_on: Saved) -> None:
    report = report_on(_recorder(1.0, list(media.sine(1.0, 44100, 2)), channels=2)[:-3])
    assert report.verdict is Verdict.REFUSED
    assert report.rescue is not None
    assert report.rescue.size % 4 == 0
    assert report.rescue.seconds == pytest.approx(2.0 - 1 / 44100 - 0.0, abs=0.6)


def _sparse(path: Path, header: bytes, size: int, *, tail: bytes = b"") -> Path:
    """Write a file of ``size`` bytes that holds zeros behind its header, without room on the disk."""
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size)
        if tail:
            file.seek(size - len(tail))
            file.write(tail)
    return path


@pytest.mark.parametrize("audio", [4_900_000_000 // 4 * 4, (1 << 32) + 4_000_000])
def test_sizes_that_wrapped_above_four_gigabytes_are_refused_with_all_of_it(tmp_path: Path, audio: int) -> None:
    size = audio & 0xFFFFFFFF
    header = media.wav_bytes(seconds=0.5, channels=2, data_size=size, riff_size=(audio + 36) & 0xFFFFFFFF)
    tail = media.wav_bytes(seconds=1.0, channels=2)[44:]
    for end in (b"", tail):
        report = inspect(str(_sparse(tmp_path / "a.wav", header, 44 + audio, tail=end)))
        assert (report.verdict, report.findings[0].code) == (Verdict.REFUSED, Code.UNFINISHED_HEADER)
        assert report.rescue is not None
        assert report.rescue.size == audio
        assert report.rescue.seconds == audio / 4 / 44100


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_a_file_above_four_gigabytes_without_a_size_is_taken(tmp_path: Path, size: int) -> None:
    audio = 4_400_000_000
    header = media.wav_bytes(seconds=0.5, channels=2, data_size=size, riff_size=size)
    path = _sparse(tmp_path / "a.wav", header, 44 + audio, tail=media.wav_bytes(seconds=1.0, channels=2)[44:])
    report = inspect(str(path))
    assert report.verdict is Verdict.WARNING
    assert report.findings[0] == Finding(Code.UNFINISHED_HEADER, {"seconds": audio / 4 / 44100, "whole": True})


def test_a_whole_file_whose_true_size_looks_like_a_placeholder_is_ok(tmp_path: Path) -> None:
    header = media.wav_bytes(seconds=0.5, channels=2, data_size=0x7FFFF000, riff_size=0x7FFFF000 + 36)
    report = inspect(str(_sparse(tmp_path / "a.wav", header, 44 + 0x7FFFF000)))
    assert [finding.code for finding in report.findings if finding.code is not Code.TOO_LARGE_FOR_CLOUD] == []


# --- RF64 ---


@pytest.mark.parametrize("magic", [b"RF64", b"BW64"])
@pytest.mark.parametrize("shape", _SHAPES)
def test_rf64_is_ok(report_on: Saved, magic: bytes, shape: dict[str, object]) -> None:
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))
    report = report_on(media.rf64_bytes(magic=magic, seconds=1.3, after=info, **shape), full=True)  # type: ignore[arg-type]
    assert (report.verdict, report.kind, report.frames) == (Verdict.OK, "wav", 57330)
    assert (report.all_findings, report.tags.title, report.rescue) == ((), "Name", None)
    assert report.analysis is not None
    assert len(report.analysis.peaks) == 260


@pytest.mark.parametrize("long", [0, (1 << 64) - 1, (1 << 63) - 1, 0xFFFFFFFF])
def test_rf64_with_placeholders_is_taken_with_a_warning(report_on: Saved, long: int) -> None:
    report = report_on(media.rf64_bytes(seconds=1.3, long_data_size=long, long_riff_size=long))
    assert (report.verdict, report.seconds) == (Verdict.WARNING, 1.3)
    assert _codes(report) == [Code.UNFINISHED_HEADER]


def test_rf64_with_wrong_long_sizes_is_judged_as_any_wav(report_on: Saved) -> None:
    short = report_on(media.rf64_bytes(seconds=2.0, long_data_size=88200, long_riff_size=88200 + 72))
    assert (short.verdict, short.seconds, _codes(short)) == (Verdict.REFUSED, 2.0, [Code.UNFINISHED_HEADER])
    whole = report_on(media.rf64_bytes(seconds=2.0, long_data_size=88200))
    assert (whole.verdict, whole.seconds, _codes(whole)) == (Verdict.WARNING, 2.0, [Code.DAMAGED_HEADER])
    long = report_on(media.rf64_bytes(seconds=2.0, long_data_size=400_000, long_riff_size=400_072))
    assert (long.verdict, long.seconds, _codes(long)) == (Verdict.REFUSED, 2.0, [Code.TRUNCATED])
    without = media.rf64_bytes(seconds=2.0).replace(b"ds64", b"JUNK")
    assert _codes(report_on(without)) == [Code.UNFINISHED_HEADER]


def test_rf64_with_its_sizes_in_the_short_fields_is_ok(report_on: Saved) -> None:
    report = report_on(media.rf64_bytes(seconds=1.3, data_size=57330 * 2, long_data_size=0, long_riff_size=0))
    assert (report.verdict, report.seconds, report.all_findings) == (Verdict.OK, 1.3, ())


def test_rf64_above_four_gigabytes_is_ok_with_its_exact_length(tmp_path: Path) -> None:
    audio = 5_000_000_000
    header = media.rf64_bytes(seconds=0.5, channels=2, long_data_size=audio, long_riff_size=audio + 72)
    report = inspect(str(_sparse(tmp_path / "a.wav", header, 80 + audio)))
    assert [finding.code for finding in report.findings if finding.code is not Code.TOO_LARGE_FOR_CLOUD] == []
    assert (report.frames, report.kind) == (audio // 4, "wav")


def test_a_table_of_long_sizes_is_read(report_on: Saved) -> None:
    junk = media.chunk(b"axml", bytes(3000), size=0xFFFFFFFF)
    plain = media.rf64_bytes(seconds=1.0, before=junk)
    table = struct.pack("<QQQI4sQ", len(plain), 88200, 0, 1, b"axml", 3000)
    data = plain[:12] + media.chunk(b"ds64", table) + plain[48:]
    report = report_on(data)
    assert (report.verdict, report.seconds) == (Verdict.OK, 1.0)
