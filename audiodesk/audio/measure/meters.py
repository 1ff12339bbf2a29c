"""Everything that is measured of a file's samples, beside the thread that decodes them."""

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
    """One thread measures, which takes about as long as decoding MP3; two would cost more work in all.

    Decoding and numpy both release Python's lock. While a block is measured the next one can be decoded: into
    another buffer, for ``add`` waits only for the block before. ``levels`` may be read after ``wait``.
    """

    def __init__(self, sample_rate: int, channels: int, unit: float, full: float) -> None:
        self.level_meter = LevelMeter(sample_rate, channels, unit, full)
        self._loudness = LoudnessMeter(sample_rate, channels, unit)
        self._unit = unit
        self._thread = ThreadPoolExecutor(1, "levels")
        self._running: Future[None] | None = None

    def add(self, block: _Block) -> None:
        """Take the next samples, of shape (n, channels); they must stay as they are until the next call returns."""
        self.wait()
        self._running = self._thread.submit(self._measure, block)

    def go_on(self, sample_rate: int, channels: int, at: float) -> None:
        """Take blocks of another sample rate or number of channels from now on; the first begins at second ``at``."""
        self.wait()
        self.level_meter.go_on(sample_rate, channels, at)
        self._loudness.start(sample_rate, channels, self._unit)

    def wait(self) -> None:
        """Wait until everything is measured; raises what a measurement raised."""
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
        with np.errstate(invalid="ignore"):  # a signalling NaN complains when it is looked at
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
