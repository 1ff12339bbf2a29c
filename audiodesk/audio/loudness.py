"""Integrated loudness and true peak, as ITU-R BS.1770-4 and EBU R 128 define them, over blocks of samples.

The filter is recursive, which numpy cannot do sample by sample in good time. So the samples of a block are cut into
short rows. Within a row the filter is a matrix; what goes on from row to row is the filter's state, four numbers a
channel, which is carried on over groups of rows in the same way.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LoudnessMeter"]

_Array = npt.NDArray[Any]

_ROW = 64
"""Samples in a row: longer rows cost more multiplications, shorter ones more states to carry."""
_GROUP = 16
"""Rows, or groups of rows, whose states are carried on by one matrix."""

_STEP_SECONDS = 0.1
_STEPS = 4
"""Blocks of 400 ms that overlap by 75 % (BS.1770-4, Annex 1): each is four steps of 100 ms."""
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
"""So that a sine of 997 Hz at full scale in one channel reads -3.01 LUFS (BS.1770-4, Annex 1)."""
_SURROUND = {5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}
"""Weights of the channels in the order of WAV files: L, R, C, (LFE,) Ls, Rs."""

_PHASES = 4
"""Times as many samples are looked at for the true peak (BS.1770-4, Annex 2, asks for at least four times 48 kHz)."""
_TAPS = 24
"""Samples around a place from which the value there is made."""
_PIECE = 16
"""Samples whose in-between values are made at once."""


class LoudnessMeter:
    """Measures blocks of shape (n, channels); formats may change between blocks (``start``).

    ``unit`` is what 1.0 is among the samples.
    """

    def __init__(self, sample_rate: int, channels: int, unit: float) -> None:
        self._energies: list[_Array] = []
        self._peak = 0.0
        self.start(sample_rate, channels, unit)

    def start(self, sample_rate: int, channels: int, unit: float) -> None:
        """Go on with samples of another form; what was measured stays."""
        self._filter = _k_weighting(sample_rate)
        self._step = max(_ROW, round(sample_rate * _STEP_SECONDS))
        self._unit = unit
        self._weights = np.array(_SURROUND.get(channels, (1.0,) * channels))
        self._state = np.zeros((channels, 4))
        self._kept: _Array = np.zeros((0, channels), dtype=np.float32)
        """Samples behind the last whole row."""
        self._filtered: _Array = self._kept
        """Filtered samples behind the last whole step."""
        self._phases = 1 if sample_rate >= 176_400 else _PHASES // 2 if sample_rate >= 88_200 else _PHASES
        self._tail: _Array = np.zeros((_TAPS, channels), dtype=np.float32)

    def add(self, block: _Array) -> None:
        """Take the next samples; those that are no sound number must have been replaced."""
        if not len(block):
            return
        floats = block.astype(np.float32) if block.dtype != np.float32 else block
        self._add_energy(floats)
        self._add_peak(floats)

    def integrated(self) -> float | None:
        """Return the loudness of all of it in LUFS; None where nothing is above the gate, or it is under 400 ms."""
        steps = np.concatenate(self._energies) if self._energies else np.zeros(0)
        if len(steps) < _STEPS:
            return None
        sums = np.cumsum(np.concatenate(([0.0], steps)))
        blocks = (sums[_STEPS:] - sums[:-_STEPS]) / _STEPS
        loud = blocks[blocks > _power(_ABSOLUTE_GATE)]
        if not len(loud):
            return None
        gated = loud[loud > _power(_lufs(float(loud.mean())) + _RELATIVE_GATE)]
        return round(_lufs(float(gated.mean())), 2)

    def true_peak_db(self) -> float | None:
        """Return the true peak in dBTP; None for silence."""
        return round(20 * math.log10(self._peak), 2) if self._peak > 1e-9 else None

    def _add_energy(self, floats: _Array) -> None:
        samples = np.concatenate((self._kept, floats)) if len(self._kept) else floats
        count = len(samples) // _ROW * _ROW
        self._kept = samples[count:].copy()
        filtered = np.empty((count, samples.shape[1]), dtype=np.float32)
        for channel, state in enumerate(self._state):
            rows = np.ascontiguousarray(samples[:count, channel]).reshape(-1, _ROW)
            filtered[:, channel] = self._filter.run(rows, state).reshape(-1)
        filtered = np.concatenate((self._filtered, filtered)) if len(self._filtered) else filtered
        steps = len(filtered) // self._step
        whole = filtered[: steps * self._step].reshape(steps, self._step, filtered.shape[1])
        powers = np.einsum("ijk,ijk->ik", whole, whole) / (self._step * self._unit**2)
        self._energies.append(powers.astype(np.float64) @ self._weights)
        self._filtered = filtered[steps * self._step :].copy()

    def _add_peak(self, floats: _Array) -> None:
        """Look between the samples, but only where they are high enough to reach the highest peak so far."""
        scale = 1 / self._unit
        self._peak = max(self._peak, float(np.abs(floats).max()) * scale)
        if self._phases > 1:
            pieces, most = _between(self._phases)
            joined = np.concatenate((self._tail, floats))
            self._tail = joined[-_TAPS:]
            for channel in joined.T:
                self._peak = max(self._peak, _peak_between(channel, pieces, self._peak / most * self._unit) * scale)


class _Filter:
    """A recursive filter of the fourth order that runs over rows of samples."""

    def __init__(self, first: tuple[_Array, _Array], second: tuple[_Array, _Array]) -> None:
        numerator, denominator = (np.asarray(np.polymul(first[n], second[n]), dtype=np.float64) for n in (0, 1))
        # x' = A x + B u, y = C x + D u: the controllable form of b / a.
        a = np.zeros((4, 4))
        a[0] = np.negative(denominator[1:])
        a[1:, :3] = np.eye(3)
        b = np.array([1.0, 0.0, 0.0, 0.0])
        c, d = numerator[1:] - numerator[0] * denominator[1:], numerator[0]
        powers = [np.eye(4)]
        for _ in range(_ROW):
            powers.append(a @ powers[-1])
        response = [d, *(float(c @ powers[n] @ b) for n in range(_ROW - 1))]
        within = np.zeros((_ROW + 4, _ROW))
        for n in range(_ROW):
            within[n, n:] = response[: _ROW - n]
            within[_ROW:, n] = c @ powers[n]
        self._within = within.astype(np.float32)
        self._input = np.stack([powers[_ROW - 1 - n] @ b for n in range(_ROW)]).astype(np.float32)
        self._steps: list[tuple[_Array, _Array]] = []
        step = powers[_ROW]
        for _ in range(3):  # rows, groups of rows, groups of groups
            step = self._add_step(step)

    def _add_step(self, step: _Array) -> _Array:
        """Make the matrix that carries states over a group of equal steps; return the step that a group is."""
        powers = [np.eye(4)]
        for _ in range(_GROUP):
            powers.append(step @ powers[-1])
        inside = np.zeros((_GROUP * 4, _GROUP * 4))
        for to in range(_GROUP):
            for origin in range(to + 1):
                inside[origin * 4 : origin * 4 + 4, to * 4 : to * 4 + 4] = powers[to - origin].T
        start = np.concatenate([powers[n + 1].T for n in range(_GROUP)], axis=1)
        self._steps.append((inside, start))
        return powers[_GROUP]

    def run(self, rows: _Array, state: _Array) -> _Array:
        """Return the filtered rows; ``state`` is moved on to their end."""
        if not len(rows):
            return rows
        after = self._carry((rows @ self._input).astype(np.float64), state, 0)
        before = np.concatenate((state[None], after[:-1]))
        state[:] = after[-1]
        filtered: _Array = rows @ self._within[:_ROW]
        filtered += before.astype(np.float32) @ self._within[_ROW:]
        return filtered

    def _carry(self, added: _Array, state: _Array, level: int) -> _Array:
        """Return the states after each step, where ``added`` is what each step adds to its own."""
        inside, start = self._steps[level]
        count = len(added)
        groups = -(-count // _GROUP)
        padded = np.zeros((groups * _GROUP, 4))
        padded[:count] = added
        local = padded.reshape(groups, _GROUP * 4) @ inside
        if level + 1 < len(self._steps) and groups > 1:
            ends = self._carry(local[:, -4:], state, level + 1)
            starts = np.concatenate((state[None], ends[:-1]))
        else:
            starts = np.empty((groups, 4))
            at = state
            for n in range(groups):
                starts[n] = at
                at = local[n, -4:] + at @ start[:, -4:]
        local += starts @ start
        return local.reshape(-1, 4)[:count]


@lru_cache(maxsize=4)
def _k_weighting(sample_rate: int) -> _Filter:
    """Return the filter for ``sample_rate``.

    BS.1770-4 gives its coefficients for 48 kHz alone; these are its analogue prototypes, by the bilinear transform.
    """
    k = math.tan(math.pi * min(1681.974450955533 / sample_rate, 0.49))
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = np.array([high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k]) / a0
    shelf_down = np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0
    k = math.tan(math.pi * 38.13547087602444 / max(sample_rate, 200))
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    return _Filter(
        (shelf, shelf_down),
        (np.array([1.0, -2.0, 1.0]), np.array([a0, 2 * (k * k - 1), 1 - k / q + k * k]) / a0),
    )


@lru_cache(maxsize=2)
def _between(phases: int) -> tuple[_Array, float]:
    """Return what makes the values between the samples of a piece from its samples, and the most that it amplifies."""
    at = np.arange(_TAPS) - _TAPS // 2 + 1
    taps = []
    for phase in range(1, phases):
        distance = at - phase / phases
        weights = (
            np.sinc(distance)
            * np.kaiser(_TAPS * 1000 + 1, 5.0)[np.rint((distance / _TAPS + 0.5) * _TAPS * 1000).astype(int)]
        )
        taps.append(weights / weights.sum())
    stacked = np.stack(taps, axis=1)
    pieces = np.zeros((_PIECE + _TAPS, _PIECE, phases - 1), dtype=np.float32)
    for n in range(_PIECE):
        pieces[n : n + _TAPS, n] = stacked
    return pieces.reshape(_PIECE + _TAPS, -1), float(np.abs(stacked).sum(axis=0).max())


def _peak_between(channel: _Array, pieces: _Array, enough: float) -> float:
    """Return the highest value between samples near any sample of at least ``enough``; 0.0 where none is so high."""
    count = (len(channel) - _TAPS) // _PIECE
    whole = np.abs(channel[: count * _PIECE]).reshape(count, _PIECE).max(axis=1, initial=0.0)
    rest = float(np.abs(channel[count * _PIECE :]).max())
    near = np.maximum(whole, np.append(whole[1:], rest))  # a value between two samples depends on those around it
    chosen = np.flatnonzero(near >= enough)
    if not len(chosen):
        return 0.0
    windows = np.lib.stride_tricks.sliding_window_view(channel, _PIECE + _TAPS)[::_PIECE][chosen]
    return float(np.abs(windows @ pieces).max())


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _lufs(power: float) -> float:
    return _OFFSET + 10 * math.log10(power)
