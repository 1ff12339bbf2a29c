"""Loudness and true peak agree with BS.1770-4, EBU Tech 3341 and a filter computed sample by sample."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from audiodesk.audio.measure.loudness import LoudnessMeter


def _sine(db: float, seconds: float, *, rate: int = 48000, channels: int = 2, hertz: float = 1000.0) -> Any:
    one = 10 ** (db / 20) * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)
    return np.stack([one] * channels, axis=1).astype(np.float32)


def _measured(samples: Any, *, rate: int = 48000, block: int = 48000, unit: float = 1.0) -> LoudnessMeter:
    meter = LoudnessMeter(rate, samples.shape[1], unit)
    for at in range(0, len(samples), block):
        meter.add(samples[at : at + block])
    return meter


def test_a_sine_at_full_scale_in_one_channel_is_minus_three() -> None:
    assert _measured(_sine(0, 5, channels=1, hertz=997)).integrated() == pytest.approx(-3.01, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_the_signals_of_tech_3341(parts: list[tuple[float, float]], expected: float) -> None:
    """Cases 1 to 5 of its table, which allows 0.1 LU."""
    samples = np.concatenate([_sine(db, seconds) for db, seconds in parts])
    assert _measured(samples).integrated() == pytest.approx(expected, abs=0.1)


def _filtered(samples: Any, rate: int) -> Any:
    """The K weighting, one sample after the other."""
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [(high + middle * k / q + k * k) / a0, 2 * (k * k - high) / a0, (high - middle * k / q + k * k) / a0]
    signal = _recursive(samples, shelf, [2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    # BS.1770-4 gives the numerator 1, -2, 1 for 48 kHz, without dividing it by a0.
    return _recursive(signal, [1.0, -2.0, 1.0], [2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])


def _recursive(samples: Any, b: list[float], a: list[float]) -> Any:
    x1 = x2 = y1 = y2 = 0.0
    out = np.zeros(len(samples))
    for n, x in enumerate(samples.tolist()):
        y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2
        x2, x1, y2, y1 = x1, x, y1, y
        out[n] = y
    return out


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "block"), [(44100, 44100), (44100, 10007), (22050, 333), (48000, 7), (96000, 50000)])
def test_the_filter_is_that_of_the_standard_for_each_block_size(rate: int, block: int) -> None:
    seconds = 0.5 if block == 7 else 2
    noise = np.random.default_rng(5).standard_normal(round(rate * seconds)) * 0.1
    steps = len(noise) // (rate // 10)
    expected = (_filtered(noise, rate)[: steps * (rate // 10)] ** 2).reshape(steps, -1).mean(axis=1)
    overlapped = np.convolve(expected, np.ones(4) / 4, mode="valid")
    loud = -0.691 + 10 * math.log10(overlapped.mean())
    meter = _measured(noise[:, None].astype(np.float32), rate=rate, block=block)
    assert meter.integrated() == pytest.approx(loud, abs=0.01)


def test_integers_are_measured_as_their_part_of_full_scale() -> None:
    samples = (_sine(-23, 5) * 32768).astype(np.int16)
    assert _measured(samples, unit=32768.0).integrated() == pytest.approx(-23.0, abs=0.05)


def test_surround_channels_count_more_and_the_low_one_not_at_all() -> None:
    samples = np.zeros((48000 * 5, 6), dtype=np.float32)
    samples[:, 3] = _sine(0, 5, channels=1)[:, 0]
    assert _measured(samples).integrated() is None
    samples[:, 4] = _sine(-20, 5, channels=1)[:, 0]
    one = _measured(_sine(-20, 5, channels=1)).integrated()
    assert one is not None
    assert _measured(samples).integrated() == pytest.approx(one + 10 * math.log10(1.41), abs=0.02)


def test_silence_and_what_is_too_short_have_no_loudness() -> None:
    assert _measured(np.zeros((48000 * 2, 1), dtype=np.float32)).integrated() is None
    assert _measured(np.zeros((48000 * 2, 1), dtype=np.float32)).true_peak_db() is None
    assert _measured(_sine(-10, 0.3)).integrated() is None
    assert LoudnessMeter(48000, 1, 1.0).integrated() is None


def test_a_peak_between_two_samples_is_found() -> None:
    """A sine of a quarter of the rate, sampled at 45 degrees, is 3 dB higher than any of its samples."""
    n = np.arange(48000)
    rise = np.clip(np.minimum(n, n[::-1]) / 4800, 0, 1)  # a sudden start would rightly overshoot
    samples = (0.5 * rise * np.sin(2 * np.pi * n / 4 + np.pi / 4))[:, None].astype(np.float32)
    peak = _measured(samples).true_peak_db()
    assert peak == pytest.approx(-6.02, abs=0.2)
    assert 20 * math.log10(np.abs(samples).max()) == pytest.approx(-9.03, abs=0.01)


@pytest.mark.parametrize("block", [48000, 100, 17])
def test_a_peak_at_the_border_of_two_blocks_is_found(block: int) -> None:
    n = np.arange(9600)
    burst = np.exp(-(((n - 4805) / 40) ** 2)) * np.sin(2 * np.pi * n / 4 + np.pi / 4)
    peaks = {_measured(burst[:, None].astype(np.float32), block=size).true_peak_db() for size in (block, 9600)}
    first, *others = sorted(peak for peak in peaks if peak is not None)
    assert all(other == pytest.approx(first, abs=0.02) for other in others)


def test_a_change_of_the_form_goes_on_with_the_same_measure() -> None:
    meter = _measured(_sine(-23, 10))
    meter.start(22050, 1, 1.0)
    mono = _sine(-20, 10, rate=22050, channels=1)
    for at in range(0, len(mono), 22050):
        meter.add(mono[at : at + 22050])
    assert meter.integrated() == pytest.approx(-23.0, abs=0.1), (
        "a mono sine is 3 LU lower than the same in two channels"
    )


def test_many_rates_are_taken() -> None:
    for rate in (8000, 11025, 16000, 32000, 88200, 192000):
        assert _measured(_sine(-20, 3, rate=rate), rate=rate, block=rate).integrated() == pytest.approx(-20, abs=0.15)
