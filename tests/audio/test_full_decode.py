"""The full decode finds each audible fault at its place, and reports nothing about a sound file."""

from __future__ import annotations

import math
import struct
from array import array

import pytest

from audiodesk.audio import ANALYSIS_VERSION
from audiodesk.domain.audio.findings import Code, Finding, Severity, Verdict
from audiodesk.domain.audio.report import Analysis, CheckReport
from tests import media
from tests.audio.conftest import Saved

pytestmark = pytest.mark.slow

_RATE = 8000


def _full(
    report_on: Saved,
    samples: list[float],
    *,
    channels: int = 1,
    rate: int = _RATE,
    bits: int = 16,
    verdict: Verdict = Verdict.OK,
) -> Analysis:
    data = media.wav_bytes(samples=samples, channels=channels, rate=rate, bits=bits)
    report = report_on(data, full=True)
    assert report.verdict is verdict
    assert report.analysis is not None
    return report.analysis


def _sine(seconds: float, level: float = 0.25, rate: int = _RATE) -> list[float]:
    return list(media.sine(seconds, rate, tone=400, level=level))


def _said(analysis: Analysis, code: Code) -> list[dict[str, object]]:
    return [dict(finding.params) for finding in analysis.findings if finding.code is code]


def test_levels_of_a_sine(report_on: Saved) -> None:
    analysis = _full(report_on, _sine(3, 0.5))
    assert analysis.version == ANALYSIS_VERSION
    assert analysis.findings == ()
    assert analysis.levels.peak_db == pytest.approx(20 * math.log10(0.5), abs=0.01)
    assert analysis.levels.rms_db == pytest.approx(20 * math.log10(0.5 / math.sqrt(2)), abs=0.01)
    assert analysis.levels.noise_floor_db == pytest.approx(analysis.levels.rms_db, abs=0.01)


def test_the_noise_floor_is_the_quietest_half_second(report_on: Saved) -> None:
    analysis = _full(report_on, _sine(3, 0.5) + _sine(0.6, 0.002) + _sine(2, 0.5))
    assert analysis.levels.noise_floor_db == pytest.approx(20 * math.log10(0.002 / math.sqrt(2)), abs=0.3)


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_levels_are_the_same_in_every_format(report_on: Saved, bits: int, channels: int) -> None:
    samples = [value for value in _sine(1.234, 0.5) for _ in range(channels)]
    analysis = _full(report_on, samples, channels=channels, bits=bits)
    assert analysis.levels.peak_db == pytest.approx(-6.02, abs=0.1)
    assert analysis.levels.rms_db == pytest.approx(-9.03, abs=0.2)
    assert analysis.findings == ()


def test_digital_silence_has_no_level(report_on: Saved) -> None:
    analysis = _full(report_on, [0.0] * _RATE)
    assert (analysis.levels.rms_db, analysis.levels.peak_db, analysis.levels.noise_floor_db) == (None, None, None)
    assert set(analysis.peaks) == {0}
    assert set(analysis.overview) == {0}


@pytest.mark.parametrize("rate", [8000, 11025, 44100])
def test_silence_of_more_than_five_seconds_is_found_where_it_is(report_on: Saved, rate: int) -> None:
    quiet = [0.0005 if at % 2 else -0.0005 for at in range(int(rate * 6.5))]
    samples = _sine(3, rate=rate) + quiet + _sine(2, rate=rate) + [0.0] * (rate * 4) + _sine(1, rate=rate) + quiet
    silences = _said(_full(report_on, samples, rate=rate), Code.SILENCE)
    assert [round(float(str(silence["at"])), 1) for silence in silences] == [3.0, 16.5]
    assert [silence["seconds"] for silence in silences] == pytest.approx([6.5, 6.5], abs=0.02)


def test_silence_over_many_blocks_is_one_silence(report_on: Saved) -> None:
    silences = _said(_full(report_on, _sine(1) + [0.0] * (_RATE * 100) + _sine(1)), Code.SILENCE)
    assert silences == [{"at": 1.0, "seconds": pytest.approx(100, abs=0.02)}]


def test_a_quiet_voice_is_no_silence(report_on: Saved) -> None:
    assert _full(report_on, _sine(12, 0.002)).findings == ()


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_three_samples_at_full_scale_are_clipping_and_two_are_not(report_on: Saved, bits: int) -> None:
    samples = _sine(4, 0.5)
    samples[8001:8003] = [1.0, 1.0]
    assert _said(_full(report_on, samples, bits=bits), Code.CLIPPING) == []
    samples[16001:16004] = [1.0, 1.0, 1.0]
    samples[24001:24011] = [-1.0] * 10
    assert _said(_full(report_on, samples, bits=bits), Code.CLIPPING) == [{"count": 2, "at": 2.0}]


def test_clipping_in_one_channel(report_on: Saved) -> None:
    samples = [value for value in _sine(2, 0.5) for _ in range(2)]
    for at in range(8000, 8005):
        samples[at * 2 + 1] = 1.0
    assert _said(_full(report_on, samples, channels=2), Code.CLIPPING) == [{"count": 1, "at": 1.0}]


def test_a_file_that_clips_all_the_time_is_measured_too(report_on: Saved) -> None:
    samples = [1.0 if value > 0 else -1.0 for value in _sine(2, rate=44100)]
    clipping = _said(_full(report_on, samples, rate=44100, verdict=Verdict.WARNING), Code.CLIPPING)
    assert clipping == [{"count": 1, "at": 0.0, "whole": True}]


def test_a_take_that_is_clipped_all_over_is_a_warning_and_a_few_places_are_a_note(report_on: Saved) -> None:
    voice = [max(-1.0, min(1.0, 8 * value)) for value in _sine(2, 0.9)] + [0.0] * _RATE
    (finding,) = [one for one in _full(report_on, voice, verdict=Verdict.WARNING).findings if one.code is Code.CLIPPING]
    assert (finding.severity, finding.params["whole"]) == (Severity.WARNING, True)
    few = [max(-1.0, min(1.0, 8 * value)) for value in _sine(1, 0.9)] + _sine(3)
    (finding,) = [one for one in _full(report_on, few).findings if one.code is Code.CLIPPING]
    assert finding.severity is Severity.NOTE


@pytest.mark.parametrize("seconds", [3, 7])
def test_a_take_of_silence_alone_is_a_warning_and_a_long_pause_is_a_note(report_on: Saved, seconds: int) -> None:
    (finding,) = _full(report_on, [0.0002] * (_RATE * seconds), verdict=Verdict.WARNING).findings
    assert finding.params == {"at": 0.0, "seconds": seconds, "whole": True}
    assert finding.severity is Severity.WARNING
    (finding,) = _full(report_on, _sine(1) + [0.0] * (_RATE * 300)).findings
    assert finding.severity is Severity.NOTE


def test_clipping_survives_the_encoder(report_on: Saved) -> None:
    samples = [max(-1.0, min(1.0, 4 * value)) for value in media.sine(2, 44100, level=0.9)]
    report = report_on(media.mp3_bytes(samples=samples, bit_rate=320), "a.mp3", full=True)
    assert Code.CLIPPING in [finding.code for finding in report.all_findings]
    sound = report_on(media.mp3_bytes(samples=media.sine(2, 44100, level=0.9)), "a.mp3", full=True)
    assert sound.all_findings == ()


@pytest.mark.parametrize(("offset", "percent"), [(0.009, []), (-0.05, [5.0])])
def test_an_offset_of_one_percent(report_on: Saved, offset: float, percent: list[float]) -> None:
    analysis = _full(report_on, [value + offset for value in _sine(3)])
    assert [said["percent"] for said in _said(analysis, Code.DC_OFFSET)] == percent


@pytest.mark.parametrize(("dead", "name"), [(0, "left"), (1, "right")])
def test_a_dead_channel(report_on: Saved, dead: int, name: str) -> None:
    samples = [0.00003 if channel == dead else value for value in _sine(2) for channel in (0, 1)]
    assert _full(report_on, samples, channels=2).findings == (Finding(Code.DEAD_CHANNEL, {"channel": name}),)


def test_two_silent_channels_are_not_dead(report_on: Saved) -> None:
    assert _full(report_on, [0.0] * _RATE * 4, channels=2).findings == ()


def test_the_waveform_has_a_minimum_and_a_maximum_for_each_10_ms(report_on: Saved) -> None:
    samples = [0.0] * 4000
    samples[0], samples[79], samples[80], samples[3999] = 0.5, -0.25, 1.0, -1.0
    analysis = _full(report_on, samples)
    pairs = list(struct.iter_unpack("bb", analysis.peaks))
    assert len(pairs) == 50
    assert pairs[0] == (-32, 64)
    assert pairs[1] == (0, 127)
    assert pairs[49] == (-127, 0)
    assert set(pairs[2:49]) == {(0, 0)}
    assert len(analysis.overview) == 50
    assert (analysis.overview[0], analysis.overview[1], analysis.overview[49]) == (128, 255, 255)


def test_a_rate_that_hundredths_do_not_divide_keeps_time(report_on: Saved) -> None:
    rate = 11025
    samples = [0.0] * (rate * 40)
    samples[rate * 33 + 5512] = 1.0
    pairs = list(struct.iter_unpack("bb", _full(report_on, samples, rate=rate).peaks))
    assert len(pairs) == 4000
    assert [at for at, pair in enumerate(pairs) if pair != (0, 0)] == [3350]


@pytest.mark.parametrize("seconds", [0.001, 0.5, 9.99, 10.0, 10.01, 95])
def test_the_overview_has_at_most_a_thousand_pieces(report_on: Saved, seconds: float) -> None:
    samples = _sine(seconds)
    samples[-1] = 1.0
    analysis = _full(report_on, samples)
    windows = -(-len(samples) // 80)
    assert len(analysis.overview) == min(1000, windows)
    assert analysis.overview[-1] == 255
    assert len(analysis.peaks) == windows * 2


def test_numbers_that_are_none_are_a_decode_error(report_on: Saved) -> None:
    samples = array("f", _sine(3))
    samples[12000] = math.nan
    samples[12001] = math.inf
    samples[16000] = 1e33
    data = bytearray(media.wav_bytes(samples=[0.0] * len(samples), bits=32, is_float=True, rate=_RATE))
    data[-len(samples) * 4 :] = samples.tobytes()
    report = report_on(bytes(data), full=True)
    assert report.verdict is Verdict.WARNING
    assert report.all_findings == (Finding(Code.DECODE_ERROR, {"seconds": 1.5}),)
    assert report.analysis is not None
    assert report.analysis.levels.peak_db == pytest.approx(-12.04, abs=0.01)


def _loud_seconds(report: CheckReport) -> float:
    assert report.analysis is not None
    pairs = list(struct.iter_unpack("bb", report.analysis.peaks))
    return sum(1 for low, high in pairs if high - low > 20) / 100


def _without_header(data: bytes) -> bytes:
    from audiodesk.audio.mpeg.mpeg_header import parse_header

    header = parse_header(data)
    assert header is not None
    return data[header.length :]


def test_all_of_a_varying_rate_without_a_header_frame_is_decoded(report_on: Saved) -> None:
    """The first frames are the smallest: from them a decoder would guess a far longer or shorter file."""
    samples = [0.0] * 44100 + list(media.sine(5, 44100, level=0.5)) + [0.0] * 44100
    data = _without_header(media.mp3_bytes(samples=samples, mode="vbr", bit_rate=200))
    report = report_on(data, "a.mp3", full=True)
    assert [finding.code for finding in report.all_findings] == [Code.LENGTH_UNPROVEN]
    assert report.seconds == pytest.approx(7, abs=0.1)
    assert _loud_seconds(report) == pytest.approx(5, abs=0.1)


def test_all_of_two_files_put_together_is_decoded(report_on: Saved) -> None:
    half = media.mp3_bytes(seconds=3)
    report = report_on(half + media.id3v2(cover=5000) + half, "a.mp3", full=True)
    assert report.all_findings == (Finding(Code.HEADER_SHORT, {"at": 3.0}),)
    assert report.seconds == pytest.approx(6, abs=0.1)
    assert _loud_seconds(report) == pytest.approx(6, abs=0.2)


def test_what_lies_behind_junk_is_decoded_too(report_on: Saved) -> None:
    data = bytearray(media.mp3_bytes(seconds=6))
    middle = len(data) // 2
    data[middle:middle] = b"\x55" * 3000
    report = report_on(bytes(data), "a.mp3", full=True)
    assert [finding.code for finding in report.all_findings] == [Code.JUNK]
    assert _loud_seconds(report) == pytest.approx(6, abs=0.2)
