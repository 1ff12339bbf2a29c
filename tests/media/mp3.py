"""Real MP3 files, encoded by LAME through libsndfile."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

__all__ = ["mp3", "mp3_bytes"]


@lru_cache(maxsize=64)
def _encoded(
    seconds: float, bit_rate: int, rate: int, channels: int, tone: float, mode: str, samples: tuple[float, ...] | None
) -> bytes:
    import numpy as np
    import soundfile

    if samples is None:
        times = np.arange(round(seconds * rate)) / rate
        mono = 0.25 * np.sin(2 * np.pi * tone * times)
        data = np.repeat(mono[:, None], channels, axis=1)
    else:
        data = np.array(samples).reshape(-1, channels)
    # libsndfile's scale goes from the highest rate (0) to the lowest (1): 320-32 kbit/s for MPEG-1, 160-8, 64-8.
    top, span = (320, 288) if rate >= 32000 else (160, 152) if rate >= 16000 else (64, 56)
    file = io.BytesIO()
    with soundfile.SoundFile(
        file,
        "w",
        samplerate=rate,
        channels=channels,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode={"cbr": "CONSTANT", "abr": "AVERAGE", "vbr": "VARIABLE"}[mode],
        compression_level=(top - bit_rate) / span,
    ) as encoder:
        encoder.write(data)
    return file.getvalue()


def mp3_bytes(
    *,
    seconds: float = 2.0,
    bit_rate: int = 192,
    rate: int = 44100,
    channels: int = 1,
    tone: float = 440.0,
    mode: str = "cbr",
    samples: Sequence[float] | None = None,
) -> bytes:
    """Return an MP3 with an Info (``mode`` "cbr") or Xing header ("vbr", "abr"); ``bit_rate`` in kbit/s."""
    given = None if samples is None else tuple(samples)
    return _encoded(seconds, bit_rate, rate, channels, tone, mode, given)


def mp3(path: str | Path, **options: object) -> Path:
    """Write ``mp3_bytes(**options)`` to ``path`` and return it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mp3_bytes(**options))  # type: ignore[arg-type]  # one list of options, in mp3_bytes
    return path
