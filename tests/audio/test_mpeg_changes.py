"""MP3 files whose sample rate, channels or layer change in the middle, as in files joined from several.

Each file is measured and decoded completely, and each change is reported with its time.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from audiodesk.audio.check import inspect
from audiodesk.audio.repair import rescue
from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.audio.report import CheckReport
from tests import media
from tests.audio.conftest import Saved
from tests.media.mpeg import frame

pytestmark = pytest.mark.slow

_Form = tuple[str, int, int]
"""MPEG's version, sample rate and channels."""


def _frames(form: _Form, count: int, *, kbps: int = 64, layer: int = 3) -> bytes:
    version, rate, channels = form
    return media.mpeg_bytes(frames=count, version=version, rate=rate, channels=channels, bit_rates=(kbps,), layer=layer)


def _seconds(form: _Form, count: int) -> float:
    return count * (1152 if form[0] == "1" else 576) / form[1]


def _said(report: CheckReport, code: Code) -> list[dict[str, object]]:
    return [dict(finding.params) for finding in report.all_findings if finding.code is code]


def _codes(report: CheckReport) -> list[Code]:
    return [finding.code for finding in report.all_findings]


def _loud(report: CheckReport) -> list[bool]:
    """Return for each 10 ms of the waveform whether something is heard."""
    assert report.analysis is not None
    return [high - low > 20 for low, high in struct.iter_unpack("bb", report.analysis.peaks)]


_MONO, _STEREO = ("1", 44100, 1), ("1", 44100, 2)


@pytest.mark.parametrize(
    "parts",
    [
        [(("1", 44100, 1), 200), (("2", 22050, 1), 300)],
        [(("2", 22050, 1), 300), (("1", 44100, 1), 200)],
        [(("1", 48000, 2), 100), (("2", 24000, 2), 100), (("2.5", 12000, 2), 100)],
        [(("2.5", 8000, 1), 50), (("1", 32000, 2), 400)],
        [(("1", 44100, 2), 100), (("1", 48000, 2), 100), (("1", 44100, 2), 100), (("1", 48000, 2), 100)],
        [(_MONO, 100), (_STEREO, 100), (_MONO, 100)],
        [(_STEREO, 300), (_MONO, 1)],
        [(_STEREO, 300), (("2", 22050, 1), 2)],
        [(_MONO, 1), (_STEREO, 300)],
        [(_MONO, 2), (("2.5", 11025, 2), 1), (_STEREO, 3), (("2", 16000, 1), 300)],
    ],
)
def test_each_change_is_said_and_all_of_it_is_measured(report_on: Saved, parts: Sequence[tuple[_Form, int]]) -> None:
    report = report_on(b"".join(_frames(form, count) for form, count in parts), "a.mp3", full=True)
    total = sum(_seconds(form, count) for form, count in parts)
    at, expected = 0.0, []
    for (before, count), (after, _) in itertools.pairwise(parts):
        at += _seconds(before, count)
        expected.append({"at": round(at, 3), "from": f"{before[1]}/{before[2]}", "to": f"{after[1]}/{after[2]}"})
    assert report.verdict is Verdict.WARNING
    assert _said(report, Code.FORMAT_CHANGES) == expected
    assert set(_codes(report)) <= {Code.LENGTH_UNPROVEN, Code.FORMAT_CHANGES, Code.SILENCE}
    assert report.seconds == pytest.approx(total, abs=0.001)
    assert (report.sample_rate, report.channels) == parts[0][0][1:]
    assert report.frames == pytest.approx(total * report.sample_rate, abs=1)
    assert (report.cbr, report.bit_rate) == (True, 64000)
    assert len(_loud(report)) == pytest.approx(total * 100, abs=2)
    if total > 5.1:  # one silence across all changes
        assert [silence["at"] for silence in _said(report, Code.SILENCE)] == [0.0]
        assert _said(report, Code.SILENCE)[0]["seconds"] == pytest.approx(total, abs=0.06)


def test_joint_stereo_is_no_change(report_on: Saved) -> None:
    joint = frame(128)
    plain, dual = (joint[:3] + bytes((mode,)) + joint[4:] for mode in (0x00, 0x80))
    report = report_on((joint * 10 + plain * 10 + dual * 10) * 3, "a.mp3", full=True)
    assert (report.verdict, _codes(report), report.frames) == (Verdict.OK, [Code.LENGTH_UNPROVEN], 90 * 1152)


def test_another_bit_rate_is_no_change_but_not_constant(report_on: Saved) -> None:
    report = report_on(_frames(_MONO, 50) + _frames(_MONO, 50, kbps=128), "a.mp3", full=True)
    assert (report.verdict, _codes(report)) == (Verdict.OK, [Code.LENGTH_UNPROVEN])
    assert (report.frames, report.cbr) == (100 * 1152, False)
    assert report.bit_rate == pytest.approx(96000, rel=0.01)


def test_another_layer_is_a_change(report_on: Saved) -> None:
    three, two = _frames(_STEREO, 100), _frames(_STEREO, 100, kbps=192, layer=2)
    report = report_on(three + two + three, "a.mp3", full=True)
    assert _said(report, Code.FORMAT_CHANGES) == [
        {"at": 2.612, "from": "44100/2", "to": "44100/2/2"},
        {"at": 5.224, "from": "44100/2/2", "to": "44100/2"},
    ]
    assert report.frames == 300 * 1152
    assert Code.DECODE_ERROR not in _codes(report)


@pytest.mark.parametrize("between", [b"garbage!" * 100, bytes(3000), b"\xff\xfb\x0f" * 30])
def test_a_change_behind_junk(report_on: Saved, between: bytes) -> None:
    report = report_on(_frames(_MONO, 100) + between + _frames(("2", 22050, 2), 100), "a.mp3", full=True)
    assert [said["to"] for said in _said(report, Code.FORMAT_CHANGES)] == ["22050/2"]
    assert _said(report, Code.JUNK) == [{"bytes": len(between), "where": "inside"}]
    assert report.seconds == pytest.approx(_seconds(_MONO, 100) + _seconds(("2", 22050, 2), 100), abs=0.001)
    assert Code.DECODE_ERROR not in _codes(report)


@pytest.mark.parametrize("after", [b"", b"\n", b"\r\n", bytes(500), b" \n", media.id3v1(), media.ape() + media.id3v1()])
@pytest.mark.parametrize("count", [1, 2])
def test_a_change_shortly_before_the_end(report_on: Saved, count: int, after: bytes) -> None:
    last = ("2", 24000, 2)
    if len(after) == 500:
        count = 3  # this many zeros could be the rest of a damaged frame
    report = report_on(_frames(_MONO, 200) + _frames(last, count) + after, "a.mp3", full=True)
    assert _codes(report) == [Code.LENGTH_UNPROVEN, Code.FORMAT_CHANGES, Code.SILENCE]
    assert report.seconds == pytest.approx(_seconds(_MONO, 200) + _seconds(last, count), abs=0.001)


def test_two_recordings_with_all_their_tags_and_header_frames(report_on: Saved) -> None:
    first = media.id3v2(title="One", cover=3000) + media.mp3_bytes(seconds=4, rate=44100) + media.id3v1("One")
    second = media.id3v2(title="Two", cover=9000) + media.mp3_bytes(seconds=3, rate=22050, channels=2, bit_rate=64)
    report = report_on(first + second + media.ape("Two") + media.id3v1("Two"), "a.mp3", full=True)
    assert _codes(report) == [Code.HEADER_SHORT, Code.FORMAT_CHANGES]
    assert _said(report, Code.HEADER_SHORT)[0]["at"] == pytest.approx(4, abs=0.1)
    assert _said(report, Code.FORMAT_CHANGES)[0]["at"] == pytest.approx(4, abs=0.1)
    assert report.seconds == pytest.approx(7, abs=0.25)
    assert sum(_loud(report)) == pytest.approx(700, abs=25)
    assert report.tags.title == "One"


def test_the_header_frame_may_have_another_form_than_the_audio(report_on: Saved) -> None:
    header = media.xing(100, None, bit_rate=128, channels=2)
    report = report_on(header + _frames(_MONO, 100), "a.mp3", full=True)
    assert (report.verdict, _codes(report)) == (Verdict.OK, [])
    assert (report.channels, report.frames) == (1, 115200)


def test_many_changes_are_counted_behind_the_tenth(report_on: Saved) -> None:
    report = report_on((_frames(_MONO, 4) + _frames(_STEREO, 4)) * 8, "a.mp3", full=True)
    said = _said(report, Code.FORMAT_CHANGES)
    assert [change.get("more") for change in said] == [None] * 9 + [5]
    assert report.frames == 64 * 1152
    assert len(_loud(report)) == pytest.approx(167, abs=1)


def test_levels_keep_their_place_over_changes(report_on: Saved) -> None:
    """A tone, a silence across the change, a tone that is clipped, each at its time."""
    tone, loud = list(media.sine(2, 44100, level=0.5)), [max(-1.0, min(1.0, 3 * v)) for v in media.sine(2, 22050)]
    first = media.mp3_bytes(samples=tone + [0.0] * 44100 * 4, rate=44100)
    clipped = [value for value in [0.0] * 22050 * 3 + loud * 2 for _ in range(2)]
    second = media.mp3_bytes(samples=clipped, rate=22050, channels=2, bit_rate=160)
    report = report_on(first + second, "a.mp3", full=True)
    silence = _said(report, Code.SILENCE)
    assert [(said["at"], said["seconds"]) for said in silence] == [
        (pytest.approx(2.0, abs=0.1), pytest.approx(7.1, abs=0.2))
    ]
    loud_at = [at / 100 for at, is_loud in enumerate(_loud(report)) if is_loud]
    assert loud_at[0] == pytest.approx(0, abs=0.1)
    assert loud_at[-1] == pytest.approx(13.1, abs=0.15)
    assert sum(2.2 < at < 9 for at in loud_at) == 0


def test_levels_are_those_of_the_parts_together(report_on: Saved) -> None:
    def level(data: bytes) -> tuple[float | None, float | None]:
        analysis = report_on(data, "a.mp3", full=True).analysis
        assert analysis is not None
        return analysis.levels.rms_db, analysis.levels.peak_db

    quiet = media.mp3_bytes(samples=list(media.sine(3, 44100, level=0.1)), rate=44100)
    loud = media.mp3_bytes(
        samples=[v for v in media.sine(3, 24000, level=0.5) for _ in "lr"], rate=24000, channels=2, bit_rate=128
    )
    rms, peak = level(quiet + loud)
    assert peak == pytest.approx(level(loud)[1], abs=0.05)
    # -23.27 dB for one half of the time and -9.48 dB for the other, as powers: (0.0047 + 0.1127) / 2.
    assert rms == pytest.approx(-12.31, abs=0.1)


def test_a_dead_channel_in_the_part_that_has_two(report_on: Saved) -> None:
    mono = media.mp3_bytes(samples=list(media.sine(2, 44100, level=0.5)))
    left = media.mp3_bytes(samples=[v * side for v in media.sine(2, 44100) for side in (1, 0)], channels=2)
    report = report_on(mono + left, "a.mp3", full=True)
    assert _said(report, Code.DEAD_CHANNEL) == [{"channel": "right"}]
    assert (
        Finding(Code.DEAD_CHANNEL, {"channel": "right"}) not in report_on(mono + mono, "a.mp3", full=True).all_findings
    )


def test_what_follows_a_part_that_does_not_decode_is_analysed(report_on: Saved) -> None:
    broken = b"".join(frame(64, channels=2, body=b"\xfe" * 200) for _ in range(100))
    data = media.mp3_bytes(seconds=2) + broken + media.mp3_bytes(seconds=2, rate=22050, bit_rate=64)
    report = report_on(data, "a.mp3", full=True)
    assert report.seconds == pytest.approx(4 + _seconds(_STEREO, 100), abs=0.3)
    loud = _loud(report)
    assert len(loud) == pytest.approx(report.seconds * 100, abs=2)
    assert all(loud[-180:-20])


def test_the_seek_table_keeps_time_over_a_change(report_on: Saved) -> None:
    fast, slow = ("1", 48000, 2), ("2", 24000, 2)  # frames of both last 24 ms
    data = _frames(fast, 1000) + _frames(slow, 1000, kbps=32)
    report = report_on(data, "a.mp3")
    offsets = [int.from_bytes(report.seek_table[at : at + 4], "little") for at in range(0, len(report.seek_table), 4)]
    sizes = [192] * 1000 + [96] * 1000
    assert offsets == [sum(sizes[: int(second / 0.024 + 1e-6)]) for second in range(0, 48, 10)]


def test_a_copy_that_was_interrupted_behind_a_change_is_repaired_whole(tmp_path: Path) -> None:
    path, target = tmp_path / "a.mp3", tmp_path / "repaired.mp3"
    path.write_bytes(media.xing(500, None, bit_rate=64, channels=1) + _frames(_MONO, 100) + _frames(_STEREO, 100))
    report = inspect(str(path))
    assert Code.TRUNCATED in _codes(report)
    there, claimed = (report.findings[0].params[name] for name in ("seconds", "claimed_seconds"))
    assert (there, claimed) == (pytest.approx(5.224, abs=0.001), pytest.approx(13.06, abs=0.01))
    rescue(str(path), report, str(target))
    repaired = inspect(str(target), full=True)
    assert (repaired.verdict, repaired.seconds) == (Verdict.WARNING, report.seconds)
    assert [code for code in _codes(repaired) if code is not Code.SILENCE] == [Code.FORMAT_CHANGES]


# --- header frames that state fewer frames than there are ---


@pytest.mark.parametrize(
    ("header", "at"),
    [
        (media.xing(60, None), 60 * 1152 / 44100),
        (media.xing(60, None, name=b"Xing"), 60 * 1152 / 44100),
        (media.xing(60, 60 * 417 + 417, delay=576, padding=576), (60 * 1152 - 1152) / 44100),
        (media.xing(None, 61 * 417), 60 * 1152 / 44100),
        (media.vbri(60, 61 * 417), 60 * 1152 / 44100),
        (media.xing(97, None), 97 * 1152 / 44100),
    ],
)
def test_a_header_frame_that_states_fewer_frames_than_follow(report_on: Saved, header: bytes, at: float) -> None:
    report = report_on(media.mpeg_bytes(header=header), "a.mp3", full=True)
    assert report.verdict is Verdict.WARNING
    assert _said(report, Code.HEADER_SHORT) == [{"at": pytest.approx(at, abs=0.002)}]
    assert _codes(report) == [Code.HEADER_SHORT]
    assert report.frames > 98 * 1152


@pytest.mark.parametrize("count", [98, 99, 100, 101, 102])
def test_counts_that_differ_by_a_frame_or_two_say_nothing(report_on: Saved, count: int) -> None:
    report = report_on(media.mpeg_bytes(header=media.xing(count, None)), "a.mp3", full=True)
    assert (report.verdict, _codes(report)) == (Verdict.OK, [])


def test_a_header_frame_that_counts_over_a_change_is_right(report_on: Saved) -> None:
    header = media.xing(200, None, bit_rate=64, channels=1)
    report = report_on(header + _frames(_MONO, 100) + _frames(("2", 22050, 1), 100), "a.mp3", full=True)
    assert [code for code in _codes(report) if code is not Code.SILENCE] == [Code.FORMAT_CHANGES]


# --- endings that mean nothing ---


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"\0", bytes(4000), b" ", b" \n", b"\0\n", b"\n\n\n", b"\t"])
@pytest.mark.parametrize("tags", ["none", "before", "behind"])
def test_a_blank_end_is_not_worth_a_word(report_on: Saved, blank: bytes, tags: str) -> None:
    after = {
        "none": blank,
        "before": media.ape("Ape") + media.id3v1("Old") + blank,
        "behind": blank + media.id3v1("Old"),
    }
    report = report_on(media.mpeg_bytes(header=media.xing(100, None), after=after[tags]), "a.mp3", full=True)
    assert (report.verdict, _codes(report), report.frames) == (Verdict.OK, [], 115200)
    assert report.tags.title == {"none": "", "before": "Ape", "behind": "Old"}[tags]


@pytest.mark.parametrize("junk", [b"a", b"\n.", bytes(5000), b" \n" * 3000, b"\xff", b"<html>\n"])
def test_other_ends_are_said(report_on: Saved, junk: bytes) -> None:
    report = report_on(media.mpeg_bytes(header=media.xing(100, None), after=junk), "a.mp3")
    assert report.verdict is Verdict.WARNING
    assert report.all_findings[0].code in (Code.JUNK, Code.LAST_FRAME_CUT)
    assert report.all_findings[0].params["bytes"] == len(junk)
