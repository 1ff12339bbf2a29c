"""Measures a file's samples in a thread beside the one that decodes them."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from audiodesk.audio.measure.levels import LevelMeter, sound_numbers
from audiodesk.audio.measure.loudness import LoudnessMeter
from audiodesk.domain.audio.contents import Levels

__all__ = ["Meters"]

_Block = npt.NDArray[Any]


class Meters:
    """Runs one measuring thread, which takes about as long as decoding MP3; two would cost more work in total.

    Decoding and numpy both release Python's lock, so the next block can be decoded while one is measured. The decoder
    must use another buffer: ``add`` waits only for the block before. Read ``levels`` only after ``wait``.
    """

    def __init__(self, sample_rate: int, channels: int, unit: float, full: float) -> None:
        self.level_meter = LevelMeter(sample_rate, channels, unit, full)
        self._loudness = LoudnessMeter(sample_rate, channels, unit)
        self._unit = unit
        self._thread = ThreadPoolExecutor(1, "levels")
        self._running: Future[None] | None = None

    def add(self, block: _Block) -> None:
        """Measure the next samples, of shape (n, channels); do not change them until the next call returns."""
        self.wait()
        self._running = self._thread.submit(self._measure, block)

    def go_on(self, sample_rate: int, channels: int, at: float) -> None:
        """Continue with another sample rate or number of channels; the next block begins at second ``at``."""
        self.wait()
        self.level_meter.go_on(sample_rate, channels, at)
        self._loudness.start(sample_rate, channels, self._unit)

    def wait(self) -> None:
        """Wait until everything is measured. Raises what a measurement raised."""
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def levels(self) -> Levels:
        """Return all levels."""
        return replace(
            self.level_meter.levels(),
            loudness_lufs=self._loudness.integrated(),
            true_peak_db=self._loudness.true_peak_db(),
        )

    def _measure(self, block: _Block) -> None:
        self.level_meter.add(block)
        with np.errstate(invalid="ignore"):  # a signalling NaN raises a warning when it is read
            samples = sound_numbers(block)
        self._loudness.add(samples)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)
