"""Measures integrated loudness and true peak over blocks of samples, as in ITU-R BS.1770-4 and EBU R 128.

The filter is recursive, and numpy is too slow for that sample by sample. So the samples are cut into short rows. Only
the filter's state passes from row to row: four numbers per channel, which one matrix carries over a group of rows. Of
the filtered samples only the energy of each row is needed: a quadratic form of the row and the state. The filter
amplifies all high frequencies almost equally, so this form is a multiple of the row's own energy, less the energy of a
few combinations of its samples. That takes about twenty multiplications per sample, not one for each sample of the row.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["LoudnessMeter"]

_Array = npt.NDArray[Any]

_ROWS = range(32, 49)
"""Samples that a row may have: longer rows cost more multiplications, shorter rows have more states to carry."""
_NEARLY = 0.02
"""Combinations are left out if the filter changes their energy by less than this part from the mean: 0.09 dB."""
_GROUP = 16
"""Rows, or groups of rows, over which one matrix carries the states."""

_STEP_SECONDS = 0.1
_STEPS = 4
"""Steps of 100 ms in a block: blocks of 400 ms overlap by 75 % (BS.1770-4, Annex 1)."""
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OFFSET = -0.691
"""Makes a sine of 997 Hz at full scale in one channel read -3.01 LUFS (BS.1770-4, Annex 1)."""
_SURROUND = {5: (1.0, 1.0, 1.0, 1.41, 1.41), 6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)}
"""Weights of the channels in the order of WAV files: L, R, C, (LFE,) Ls, Rs."""

_PHASES = 4
"""The true peak is searched among this many times the samples (BS.1770-4, Annex 2: at least four times 48 kHz)."""
_TAPS = 24
"""Samples around a place from which the value at that place is computed."""
_PIECE = 16
"""Samples whose in-between values are computed together."""
_CHUNK = 8 * _PIECE
"""Samples in a chunk: its highest value and its bend tell whether to look between its samples."""
_FIRST = 8
"""Chunks that are searched first: their peak rules out most of the others."""


class LoudnessMeter:
    """Measures blocks of shape (n, channels); ``start`` announces another form of the blocks.

    ``unit`` is the sample value that stands for 1.0.
    """

    def __init__(self, sample_rate: int, channels: int, unit: float) -> None:
        self._energies: list[_Array] = []
        self._peak = 0.0
        self.start(sample_rate, channels, unit)

    def start(self, sample_rate: int, channels: int, unit: float) -> None:
        """Continue with samples of another form; earlier measurements stay."""
        row = min(_ROWS, key=lambda row: (abs(_step(sample_rate, row) - sample_rate * _STEP_SECONDS), -row))
        self._filter = _k_weighting(sample_rate, row)
        self._step = _step(sample_rate, row)
        self._unit = unit
        self._weights = np.array(_SURROUND.get(channels, (1.0,) * channels))
        self._state = np.zeros((channels, 4))
        self._kept: _Array = np.zeros((0, channels), dtype=np.float32)
        """Samples after the last whole step."""
        self._phases = 1 if sample_rate >= 176_400 else _PHASES // 2 if sample_rate >= 88_200 else _PHASES
        self._tail: _Array = np.zeros((_TAPS, channels), dtype=np.float32)

    def add(self, block: _Array) -> None:
        """Measure the next samples; invalid numbers must have been replaced."""
        if not len(block):
            return
        self.add_energy(block)
        self.add_peak(block)

    def integrated(self) -> float | None:
        """Return the loudness of everything in LUFS; None under 400 ms, or where nothing is above the gate."""
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

    def add_energy(self, block: _Array) -> None:
        """Measure the next samples for the loudness only."""
        floats = _floats(block)
        samples = np.concatenate((self._kept, floats)) if len(self._kept) else floats
        steps = len(samples) // self._step
        count = steps * self._step
        self._kept = samples[count:].copy()
        if not steps:
            return
        powers = np.empty((steps, samples.shape[1]))
        for channel, state in enumerate(self._state):
            rows = np.ascontiguousarray(samples[:count, channel]).reshape(-1, self._filter.row)
            powers[:, channel] = self._filter.energies(rows, state, steps)
        self._energies.append(np.maximum(powers, 0.0) @ self._weights / (self._step * self._unit**2))

    def add_peak(self, block: _Array) -> None:
        """Measure the next samples for the true peak only."""
        self._peak = max(self._peak, max(float(block.max()), -float(block.min())) / self._unit)
        if self._phases > 1:
            between = _between(self._phases)
            joined = np.concatenate((self._tail.astype(block.dtype, copy=False), block))
            self._tail = joined[-_TAPS:].copy()
            for channel in joined.T:
                highest = between.highest(np.ascontiguousarray(channel), self._peak * self._unit)
                self._peak = max(self._peak, highest / self._unit)


def _floats(block: _Array) -> _Array:
    return block.astype(np.float32) if block.dtype != np.float32 else block


class _Filter:
    """A recursive filter of the fourth order; it computes the energy of filtered rows of ``row`` samples."""

    def __init__(self, first: tuple[_Array, _Array], second: tuple[_Array, _Array], row: int) -> None:
        self.row = row
        numerator, denominator = (np.asarray(np.polymul(first[n], second[n]), dtype=np.float64) for n in (0, 1))
        # x' = A x + B u, y = C x + D u: the controllable form of b / a.
        a = np.zeros((4, 4))
        a[0] = np.negative(denominator[1:])
        a[1:, :3] = np.eye(3)
        b = np.array([1.0, 0.0, 0.0, 0.0])
        c, d = numerator[1:] - numerator[0] * denominator[1:], numerator[0]
        a, b, c = _balanced(a, b, c)
        powers = [np.eye(4)]
        for _ in range(row):
            powers.append(a @ powers[-1])
        response = [d, *(float(c @ powers[n] @ b) for n in range(row - 1))]
        within = np.zeros((row + 4, row))
        for n in range(row):
            within[n, n:] = response[: row - n]
            within[row:, n] = c @ powers[n]
        # The part of the form that is not a multiple of the row's own energy, as squares of a few combinations.
        self._common = float(np.polyval(numerator, -1.0) / np.polyval(denominator, -1.0)) ** 2 * (1 - _NEARLY)
        form = within @ within.T
        form[range(row), range(row)] -= self._common
        values, vectors = np.linalg.eigh(form)
        kept = np.abs(values) > _NEARLY * self._common
        if not kept.all():  # the others count as their mean, so that noise over all frequencies is measured exactly
            mean = float(values[~kept].mean())
            self._common += mean
            values = values - mean
        combined = vectors[:, kept] * np.sqrt(np.abs(values[kept]))
        added = values[kept] > 0
        self._added, self._taken = (
            np.ascontiguousarray(part, dtype=np.float32) for part in (combined[:, added], combined[:, ~added])
        )
        self._to_state = np.stack([powers[row - 1 - n] @ b for n in range(row)]).astype(np.float32)
        self._steps: list[tuple[_Array, _Array]] = []
        step = powers[row]
        for _ in range(3):  # rows, groups of rows, groups of groups
            step = self._add_step(step)

    def _add_step(self, step: _Array) -> _Array:
        """Make the matrix that carries states over a group of equal steps; return the step over a whole group."""
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

    def energies(self, rows: _Array, state: _Array, steps: int) -> _Array:
        """Return the energy of each of ``steps`` equal groups of filtered rows; moves ``state`` on to their end."""
        after = self._carry((rows @ self._to_state).astype(np.float64), state, 0)
        both = np.empty((len(rows), self.row + 4), dtype=np.float32)
        both[:, : self.row] = rows
        both[0, self.row :] = state
        both[1:, self.row :] = after[:-1]
        state[:] = after[-1]
        energies = _energies(rows, steps) * self._common
        for combinations, sign in ((self._added, 1), (self._taken, -1)):
            if combinations.shape[1]:
                energies += sign * _energies(both @ combinations, steps)
        return energies

    def _carry(self, added: _Array, state: _Array, level: int) -> _Array:
        """Return the states after each step; ``added`` is what each step itself adds to the state."""
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


def _energies(rows: _Array, steps: int) -> _Array:
    """Return the sum of all squares in each of ``steps`` equal groups of rows."""
    groups = rows.reshape(steps, -1)
    energies: _Array = np.einsum("ij,ij->i", groups, groups).astype(np.float64)
    return energies


def _balanced(a: _Array, b: _Array, c: _Array) -> tuple[_Array, _Array, _Array]:
    """Return the same filter, with states scaled by the energy that they will still produce, so that none is too large.

    That energy is ``e = c' c + a' e a``: sixteen linear equations.
    """
    equations = np.eye(16) - np.kron(a.T, a.T)
    energy = np.linalg.solve(equations, np.outer(c, c).reshape(-1)).reshape(4, 4)
    energy = (energy + energy.T) / 2
    values, vectors = np.linalg.eigh(energy)
    to = (vectors * np.sqrt(np.maximum(values, np.max(values) * 1e-14))).T
    back = np.linalg.inv(to)
    return to @ a @ back, to @ b, c @ back


def _step(sample_rate: int, row: int) -> int:
    """Return the length of a step in samples: a whole number of rows."""
    return max(1, round(sample_rate * _STEP_SECONDS / row)) * row


@lru_cache(maxsize=4)
def _k_weighting(sample_rate: int, row: int) -> _Filter:
    """Return the filter for ``sample_rate`` over rows of ``row`` samples.

    BS.1770-4 gives coefficients for 48 kHz only; these are its analogue prototypes, by the bilinear transform.
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
        row,
    )


class _Between:
    """Finds the highest value between samples, and computes only values that may exceed the known peak.

    Between two samples lie ``phases`` - 1 values. None is higher than ``gain`` times the highest sample around it: one
    maximum rules out nearly all of speech. Each differs from the straight line between the two samples by at most
    ``bend`` times the highest second difference around it: this rules out most of the rest.
    """

    def __init__(self, phases: int) -> None:
        at = np.arange(_TAPS) - _TAPS // 2 + 1
        taps = []
        self._bend = 0.0
        for phase in range(1, phases):
            distance = at - phase / phases
            window = np.kaiser(_TAPS * 1000 + 1, 5.0)[np.rint((distance / _TAPS + 0.5) * _TAPS * 1000).astype(int)]
            weights = np.sinc(distance) * window
            weights /= weights.sum()
            taps.append(weights)
            # The line between samples 0 and 1 with the same sum and mean place: only second differences remain.
            place = float(weights @ at)
            left = weights.copy()
            left[at == 0] -= 1 - place
            left[at == 1] -= place
            self._bend = max(self._bend, float(np.abs(np.cumsum(np.cumsum(left))).sum()))
        stacked = np.stack(taps, axis=1)
        self._gain = float(np.abs(stacked).sum(axis=0).max())
        pieces = np.zeros((_PIECE + _TAPS, _PIECE, phases - 1), dtype=np.float32)
        for n in range(_PIECE):
            pieces[n : n + _TAPS, n] = stacked
        self._pieces = pieces.reshape(_PIECE + _TAPS, -1)
        self._values = phases - 1

    def highest(self, channel: _Array, known: float) -> float:
        """Return the highest value between samples if it is above ``known``; else any lower value.

        ``channel`` has at least ``_TAPS`` samples; values are computed up to ``_TAPS`` samples before its end.
        """
        count = (len(channel) - _TAPS) // _CHUNK
        highest = 0.0
        if count:
            chunks = channel[: count * _CHUNK].reshape(-1, _CHUNK)
            tops = np.append(_highest(chunks), _highest(channel[None, count * _CHUNK :]))
            near = np.maximum(tops[:-1], tops[1:])  # values at a chunk's end depend on the next chunk
            chosen = np.flatnonzero(near * self._gain > known)
            if len(chosen):
                windows = np.lib.stride_tricks.sliding_window_view(channel, _CHUNK + _TAPS)[::_CHUNK]
                highest = self._highest_of(windows[chosen].astype(np.float32), known)
        rest = channel[count * _CHUNK :].astype(np.float32)  # shorter than a chunk with the samples around it
        if float(np.abs(rest).max()) * self._gain > max(known, highest):
            highest = max(highest, self._between_rest(rest))
        return highest

    def _between_rest(self, rest: _Array) -> float:
        """Return the highest value between samples for fewer samples than a chunk."""
        pieces = -(-(len(rest) - _TAPS) // _PIECE)
        padded = np.pad(rest, (0, _PIECE))
        values = np.concatenate(
            [padded[at : at + _PIECE + _TAPS] @ self._pieces for at in range(0, pieces * _PIECE, _PIECE)] or [rest[:0]]
        )
        return float(np.abs(values[: (len(rest) - _TAPS) * self._values]).max(initial=0.0))

    def _highest_of(self, windows: _Array, known: float) -> float:
        """Return the highest value between samples of chunks, each given with the ``_TAPS`` samples after it."""
        bends = windows[:, 2:] + windows[:, :-2]
        bends -= 2 * windows[:, 1:-1]
        bounds = _highest(windows) + self._bend * _highest(bends)
        order = np.argsort(bounds)[::-1]
        highest = 0.0
        for part in (order[:_FIRST], order[_FIRST:]):
            wanted = part[bounds[part] > max(known, highest)]
            if len(wanted):
                highest = max(highest, self._between(windows[wanted]))
        return highest

    def _between(self, windows: _Array) -> float:
        """Return the highest value between the samples of chunks, each a row with the ``_TAPS`` samples after it."""
        highest = 0.0
        for at in range(0, _CHUNK, _PIECE):
            values = windows[:, at : at + _PIECE + _TAPS] @ self._pieces
            highest = max(highest, float(np.max(values)), -float(np.min(values)))
        return highest


def _highest(rows: _Array) -> _Array:
    """Return the highest absolute value of each row."""
    high, low = rows.max(axis=1), rows.min(axis=1)
    tops: _Array = np.maximum(high.astype(np.float32), -low.astype(np.float32))
    return tops


@lru_cache(maxsize=2)
def _between(phases: int) -> _Between:
    return _Between(phases)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _lufs(power: float) -> float:
    return _OFFSET + 10 * math.log10(power)
