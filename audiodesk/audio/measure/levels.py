"""Measures blocks of samples: peaks, energy, silence, clipping, offset and dead channels.

Each limit names its source. Levels are in dB relative to full scale (dBFS); a full-scale square wave has 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from audiodesk.domain.audio.contents import Levels
from audiodesk.domain.audio.findings import Code, Finding

__all__ = ["LevelMeter", "sound_numbers"]

_WINDOWS = 100
"""Windows per second, each 10 ms: the finest zoom that audio editors such as Audacity offer usefully."""
_SILENCE = 10 ** (-60 / 20)
"""Peak below -60 dBFS: audiobook shops demand this noise floor of a room (ACX: -60 dB RMS); speech is louder."""
_SILENCE_SECONDS = 5.0
"""Shops allow up to 5 s of room tone at the ends of a chapter (ACX: 1 to 5 s)."""
_CLIPPED_RUN = 3
"""Samples in a row at full scale, as in Audacity's "Find clipping": normalising to 0 dB leaves one or two."""
_DC_OFFSET = 0.01
"""1 % of full scale: far more than converters leave (under 0.1 %); from here on cuts begin to click."""
_DEAD = 10 ** (-80 / 20)
"""An input with nothing plugged in has an RMS below -80 dBFS ..."""
_ALIVE = 10 ** (-60 / 20)
"""... while another channel is above -60 dBFS."""
_ABSURD = 1e4
"""80 dB above full scale: such bytes are not audio, but were taken for floating-point numbers."""
_SEAM_WINDOWS = 10
"""A decoder starts late, and at 8 kHz it leaves out 66 ms of each stretch: too little to hear as a gap."""
_FLOOR_WINDOWS = 50
"""Windows of the quietest half second: its RMS is the noise floor, as shops' checkers measure it."""
_QUIET = -60.0
_ABOVE_FLOOR = 10.0
_LOUD = -40.0
"""An end is quiet up to 10 dB above the noise floor or up to -60 dBFS (RMS), but never above -40 dBFS."""
_SILENT_TAKE_SECONDS = 3.0
"""Shorter files that hold only silence are made on purpose, as pauses between others."""
_CLIPPED_PART = 0.5
"""The whole take counts as clipped from this part of its audio that is not silent."""
_MOST_SILENCES = 200
_OVERVIEW = 1000


def _db(value: float) -> float | None:
    return round(20 * math.log10(value), 2) if value > 1e-9 else None


@dataclass(frozen=True, slots=True)
class _Measured:
    """Sums over one stretch of audio; samples are parts of full scale."""

    seconds: float
    sums: npt.NDArray[np.float64]
    """Sums of the samples, one per channel."""
    squares: npt.NDArray[np.float64]

    @property
    def channels(self) -> int:
        return len(self.sums)


class LevelMeter:
    """Measures blocks of shape (n, channels). Each block has whole seconds, except the last of a stretch.

    ``unit`` is the sample value that stands for 1.0; from ``full`` on a sample is at full scale.
    """

    def __init__(self, sample_rate: int, channels: int, unit: float, full: float) -> None:
        self._rate = sample_rate
        self._channels = channels
        self._unit = unit
        self._full = full
        self.broken_at: float | None = None
        """Second of the first sample that is not a valid number."""
        self._at = 0.0
        self._frames = 0
        self._before: list[_Measured] = []
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._starts = np.zeros(0, dtype=np.int64)
        self._lengths = np.zeros(0, dtype=np.int64)
        self._even = True
        self._ones = np.zeros(0, dtype=np.float32)
        self._energies: list[npt.NDArray[np.float32]] = []
        self._peaks: list[bytes] = []
        self._tops: list[npt.NDArray[np.uint8]] = []
        self._drawn = 0
        self._peak = 0.0
        self._clips = 0
        self._first_clip: float | None = None
        self._windows = self._quiet_windows = self._clipped_windows = 0
        self._silences: list[tuple[float, float]] = []
        self._quiet_since: float | None = None

    def add(self, block: npt.NDArray[Any]) -> None:
        """Measure the next samples."""
        self._lay_out(len(block))
        with np.errstate(invalid="ignore"):  # a signalling NaN raises a warning in every sum
            low, high = self._extremes(block)
        if not (np.min(low) >= -_ABSURD and np.max(high) <= _ABSURD):  # also true for NaN
            if self.broken_at is None:
                self.broken_at = self._now(int(np.argmax(_bad(block).any(axis=1))))
            block = sound_numbers(block)
            low, high = self._extremes(block)
        floats = block.astype(np.float32) if block.dtype != np.float32 else block
        top = np.maximum(high, -low)
        self._add_sums(floats)
        self._add_shape(low, high, top)
        self._add_silence(top)
        if top.max(initial=0.0) * self._unit >= self._full:
            self._add_clips(block, top)
        self._frames += len(block)

    def go_on(self, sample_rate: int, channels: int, at: float) -> None:
        """Continue with another sample rate or number of channels; the next block begins at second ``at``."""
        self._before.append(self._measured())
        self._sums, self._squares = np.zeros(channels), np.zeros(channels)
        self._rate, self._channels = sample_rate, channels
        self._at, self._frames = at, 0
        self._ones = np.zeros(0, dtype=np.float32)
        self._align(round(at * _WINDOWS))

    def _now(self, more: int = 0) -> float:
        """Return the second of the sample that is ``more`` samples after those already measured."""
        return self._at + (self._frames + more) / self._rate

    def _measured(self) -> _Measured:
        scale = self._rate * self._unit
        return _Measured(self._frames / self._rate, self._sums / scale, self._squares / (scale * self._unit))

    def _align(self, windows: int) -> None:
        """Make the waveform ``windows`` long, so that it keeps time where another stretch begins."""
        missing = windows - self._drawn
        if missing > 0:
            is_seam = (
                missing <= _SEAM_WINDOWS and self._drawn > 0
            )  # a longer gap could not be read, and shows as silence
            self._peaks.append((self._peaks[-1][-2:] if is_seam else bytes(2)) * missing)
            self._tops.append(np.repeat(self._tops[-1][-1:] if is_seam else np.zeros(1, dtype=np.uint8), missing))
        elif missing < 0 < windows:
            self._merge_last(1 - missing)
        else:
            return
        self._drawn = windows

    def _merge_last(self, count: int) -> None:
        """Merge the last ``count`` windows into one."""
        peaks, tops = self._peaks.pop(), self._tops.pop()
        while len(tops) < count:
            peaks, tops = self._peaks.pop() + peaks, np.append(self._tops.pop(), tops)
        last = np.frombuffer(peaks[-2 * count :], dtype=np.int8).reshape(-1, 2)
        one = np.array((np.min(last[:, 0]), np.max(last[:, 1])), dtype=np.int8)
        self._peaks.append(peaks[: -2 * count] + one.tobytes())
        self._tops.append(np.append(tops[:-count], np.max(tops[-count:])))

    def _lay_out(self, count: int) -> None:
        """Find where in a block of ``count`` samples each window of 10 ms begins; usually the same as before."""
        if count == len(self._ones):
            return
        seconds = -(-count // self._rate)
        edges = np.arange(_WINDOWS) * self._rate // _WINDOWS
        starts = (np.arange(seconds)[:, None] * self._rate + edges).ravel()
        self._starts = np.unique(starts[starts < count])  # below 100 Hz several windows begin at the same sample
        self._lengths = np.diff(np.append(self._starts, count))
        self._even = bool((self._lengths == self._lengths[0]).all())
        self._ones = np.ones(count, dtype=np.float32)

    def _extremes(self, block: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return minimum and maximum of each window over all channels, as parts of full scale."""
        if self._even:
            rows = block.reshape(len(self._starts), -1)
            low, high = rows.min(axis=1), rows.max(axis=1)
        else:
            flat = block.reshape(-1)
            low = np.minimum.reduceat(flat, self._starts * self._channels)
            high = np.maximum.reduceat(flat, self._starts * self._channels)
        scale = np.float32(1 / self._unit)
        return low.astype(np.float32) * scale, high.astype(np.float32) * scale

    def _add_sums(self, floats: npt.NDArray[Any]) -> None:
        """Add up samples and squares for each channel, and the energy of each window."""
        self._sums += self._ones @ floats
        if self._even:
            rows = floats.reshape(len(self._starts), -1)
            energy = np.einsum("ij,ij->i", rows, rows) / rows.shape[1]
        else:
            power = np.einsum("ij,ij->i", floats, floats)
            energy = np.add.reduceat(power, self._starts) / (self._lengths * self._channels)
        self._energies.append((energy / self._unit**2).astype(np.float32))
        if self._channels == 1:
            self._squares[0] += float(energy.astype(np.float64) @ self._lengths)
        else:
            self._squares += [float(channel @ channel) for channel in floats.T]

    def _add_shape(
        self, low: npt.NDArray[np.float32], high: npt.NDArray[np.float32], top: npt.NDArray[np.float32]
    ) -> None:
        pairs = np.empty((len(low), 2), dtype=np.float32)
        pairs[:, 0], pairs[:, 1] = low, high
        self._peaks.append(np.clip(np.rint(pairs * 127), -128, 127).astype(np.int8).tobytes())
        self._tops.append(np.clip(np.ceil(top * 255), 0, 255).astype(np.uint8))
        self._drawn += len(top)
        self._peak = max(self._peak, float(np.max(top, initial=0.0)))

    def _add_silence(self, top: npt.NDArray[np.float32]) -> None:
        """Track stretches of quiet windows, also across the borders of blocks."""
        quiet = top < _SILENCE
        self._windows += len(quiet)
        self._quiet_windows += int(quiet.sum())
        if not quiet.any():
            self._end_silence(self._now())
            return
        edges = np.flatnonzero(np.diff(quiet.astype(np.int8))) + 1
        if not quiet[0]:
            self._end_silence(self._now())
        elif self._quiet_since is None:
            self._quiet_since = self._now()
        for edge in edges:
            at = self._now(int(self._starts[edge]))
            if quiet[edge]:
                self._quiet_since = at
            else:
                self._end_silence(at)

    def _end_silence(self, at: float) -> None:
        since, self._quiet_since = self._quiet_since, None
        if since is not None and at - since > _SILENCE_SECONDS and len(self._silences) < _MOST_SILENCES:
            self._silences.append((since, at - since))

    def _add_clips(self, block: npt.NDArray[Any], top: npt.NDArray[np.float32]) -> None:
        """Count runs of samples at full scale; only windows that reach it are examined."""
        reached = np.flatnonzero(top * self._unit >= self._full)
        groups = np.split(reached, np.flatnonzero(np.diff(reached) > 1) + 1)
        bounds = np.append(self._starts, len(block))
        for group in groups:
            begin, end = int(bounds[group[0]]), int(bounds[group[-1] + 1])
            full = self._at_full_scale(block[begin:end])
            clipped = np.add.reduceat(full.any(axis=1).astype(np.int32), self._starts[group] - begin)
            self._clipped_windows += int((clipped >= _CLIPPED_RUN).sum())
            for at in self._runs(full):
                self._clips += 1
                if self._first_clip is None:
                    self._first_clip = self._now(begin + at)

    def _at_full_scale(self, part: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        full: npt.NDArray[np.bool_] = (part >= self._full) | (part <= -self._full)
        return full

    @staticmethod
    def _runs(full: npt.NDArray[np.bool_]) -> list[int]:
        """Return where runs of at least three samples at full scale begin; runs in several channels count once."""
        enough = full[: -_CLIPPED_RUN + 1].copy()
        for more in range(1, _CLIPPED_RUN):
            enough &= full[more : len(full) - _CLIPPED_RUN + 1 + more]
        places = np.flatnonzero(enough.any(axis=1))
        return [int(place) for place in places[np.diff(places, prepend=-2) > 1]] if len(places) else []

    # --- results ---

    def findings(self) -> Iterator[Finding]:
        """Yield the findings in the order of their codes."""
        self._end_silence(self._now())
        seconds = round(self._now(), 3)
        if self._quiet_windows == self._windows and seconds >= _SILENT_TAKE_SECONDS:
            yield Finding(Code.SILENCE, {"at": 0.0, "seconds": seconds, "whole": True})
        else:
            for at, seconds in self._silences:
                yield Finding(Code.SILENCE, {"at": round(at, 3), "seconds": round(seconds, 3)})
        if self._clips:
            whole = self._clipped_windows >= _CLIPPED_PART * (self._windows - self._quiet_windows)
            place = {"count": self._clips, "at": round(self._first_clip or 0.0, 3)}
            yield Finding(Code.CLIPPING, {**place, **({"whole": True} if whole else {})})
        measured = self._all_measured()
        if not measured:
            return
        sums = sum(part.sums for part in _alike(measured))
        offset = float(np.abs(sums).max()) / sum(part.seconds for part in measured)
        if offset >= _DC_OFFSET:
            yield Finding(Code.DC_OFFSET, {"percent": round(offset * 100, 1)})
        yield from _dead_channels(measured)

    def _all_measured(self) -> list[_Measured]:
        return [part for part in (*self._before, self._measured()) if part.seconds]

    def levels(self) -> Levels:
        """Return RMS and peak over all channels, and the level of the quietest half second."""
        measured = self._all_measured()
        if not measured:
            return Levels()
        power = sum(float(part.squares.sum()) / part.channels for part in measured)
        rms = math.sqrt(power / sum(part.seconds for part in measured))
        floor = self._noise_floor()
        lead, tail = self._quiet_ends(floor)
        return Levels(
            rms_db=_db(rms), peak_db=_db(self._peak), noise_floor_db=floor, lead_seconds=lead, tail_seconds=tail
        )

    def _quiet_ends(self, floor: float | None) -> tuple[float, float]:
        """Return the quiet seconds before the first and after the last sound; without sound twice the whole length."""
        limit = min(max(_QUIET, _QUIET if floor is None else floor + _ABOVE_FLOOR), _LOUD)
        energies = np.concatenate(self._energies)
        sounds = np.flatnonzero(energies >= 10 ** (limit / 10))
        if not len(sounds):
            whole = len(energies) / _WINDOWS
            return whole, whole
        return int(sounds[0]) / _WINDOWS, (len(energies) - 1 - int(sounds[-1])) / _WINDOWS

    def _noise_floor(self) -> float | None:
        energies = np.concatenate(self._energies)
        if len(energies) < _FLOOR_WINDOWS:
            return None
        sums = np.cumsum(np.concatenate(([0.0], energies)), dtype=np.float64)
        quietest = float(np.min(sums[_FLOOR_WINDOWS:] - sums[:-_FLOOR_WINDOWS])) / _FLOOR_WINDOWS
        return _db(math.sqrt(max(quietest, 0.0)))

    def peaks(self) -> bytes:
        """Return minimum and maximum as int8 for each 10 ms."""
        return b"".join(self._peaks)

    def overview(self) -> bytes:
        """Return the highest absolute value, 0 to 255, of each of at most 1 000 equal pieces."""
        tops = np.concatenate(self._tops) if self._tops else np.zeros(0, dtype=np.uint8)
        if len(tops) <= _OVERVIEW:
            return tops.tobytes()
        return bytes(np.maximum.reduceat(tops, np.arange(_OVERVIEW) * len(tops) // _OVERVIEW))


def sound_numbers(block: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the samples with zeros for invalid numbers; the same array where all are valid."""
    if block.dtype.kind != "f" or (block.min(initial=0.0) >= -_ABSURD and block.max(initial=0.0) <= _ABSURD):
        return block
    return np.where(_bad(block), np.float32(0), block)


def _bad(block: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        bad: npt.NDArray[np.bool_] = ~(np.abs(block) <= _ABSURD)
    return bad


def _alike(measured: list[_Measured]) -> Iterator[_Measured]:
    """Yield the parts with as many channels as the widest part: mono is heard in all channels."""
    widest = max(part.channels for part in measured)
    for part in measured:
        if part.channels == widest:
            yield part
        elif part.channels == 1:
            yield _Measured(part.seconds, np.repeat(part.sums, widest), np.repeat(part.squares, widest))


def _dead_channels(measured: list[_Measured]) -> Iterator[Finding]:
    """Yield a finding for each dead channel. Mono parts are ignored: they have no channel to miss."""
    several = [part for part in measured if part.channels > 1]
    if not several:
        return
    parts = list(_alike(several))
    levels = np.sqrt(sum(part.squares for part in parts) / sum(part.seconds for part in parts))
    if levels.max() <= _ALIVE:
        return
    for index in np.flatnonzero(levels < _DEAD):
        name = ("left", "right")[index] if len(levels) == 2 else str(int(index) + 1)
        yield Finding(Code.DEAD_CHANNEL, {"channel": name})
