"""Tells whether bytes look like PCM of a given form: recordings do; packed files, texts and programs do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.mpeg.mpeg_search import chain_length
from audiodesk.audio.wave.wave_format import FLOAT, WaveFormat

__all__ = ["first_not_zero", "looks_like_audio"]

_SPOTS = 32
_SPOT_BYTES = 8192
_LEAST_FRAMES = 16
_LOUDEST_NOISE = 0.35
"""Highest RMS of audio whose neighbouring samples do not correlate. Packed data have 0.58: all values are equal."""
_LIKENESS = 0.5
"""Loud audio has at least this correlation from one sample to the next; packed data have none."""
_FURTHEST_OFFSET = 0.3
_LARGEST_FLOAT = 64.0
_ZEROS_PIECE = 1024 * 1024
_MPEG_FRAMES = 3
_OTHER_FILES = (
    b"PK\x03\x04", b"%PDF", b"fLaC", b"OggS", b"Rar!", b"7z\xbc\xaf", b"\x89PNG", b"GIF8", b"SQLite format 3\0",
    b"\x7fELF", b"FORM", b"caff", b"wvpk", b"\x1aE\xdf\xa3", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1",
)  # fmt: skip


def first_not_zero(source: Source, start: int, end: int, most: int) -> int | None:
    """Return where the first byte that is not zero lies, among ``most`` bytes; None where all of them are zero."""
    stop = min(end, start + most)
    while start < stop:
        piece = source.read(start, min(_ZEROS_PIECE, stop - start))
        if not piece:
            return None
        skipped = len(piece) - len(piece.lstrip(b"\0"))
        if skipped < len(piece):
            return start + skipped
        start += len(piece)
    return None


def looks_like_audio(source: Source, start: int, end: int, form: WaveFormat) -> bool:
    """Return whether most bytes that are not zero from ``start`` to ``end`` look like samples of this form.

    ``start`` is where a sample begins. All zeros do not: they may be silence, or room that a recorder reserved.
    """
    head = source.read(start, 16)
    if head.startswith(_OTHER_FILES) or head[4:8] == b"ftyp":
        return False
    if chain_length(source, start, end, _MPEG_FRAMES)[0] >= _MPEG_FRAMES:
        return False
    frames = (end - start) // form.block
    count = max(_LEAST_FRAMES, _SPOT_BYTES // form.block)
    votes: list[bool] = []
    texts = 0
    for spot in range(_SPOTS):
        first = max(0, frames - count) * spot // (_SPOTS - 1)
        data = source.read(start + first * form.block, min(count, frames) * form.block)
        if not any(data):
            continue
        texts += _is_text(data)
        votes.append(_is_audio(_samples(data, form)))
    return bool(votes) and texts * 2 < len(votes) and sum(votes) * 2 > len(votes)


def _is_text(data: bytes) -> bool:
    shown = np.frombuffer(data, dtype=np.uint8)
    is_shown = ((shown >= 32) & (shown < 127)) | ((shown >= 9) & (shown <= 13))
    return bool(is_shown.mean() > 0.97)


def _samples(data: bytes, form: WaveFormat) -> npt.NDArray[Any]:
    """Return the samples as parts of full scale, of shape (n, channels)."""
    data = data[: len(data) // form.block * form.block]
    flat: npt.NDArray[Any]
    if form.tag == FLOAT:
        with np.errstate(invalid="ignore"):  # a signalling NaN raises a warning when it is copied
            flat = np.frombuffer(data, dtype="<f4" if form.bits == 32 else "<f8").astype(np.float64)
    elif form.width == 1:
        flat = (np.frombuffer(data, dtype=np.uint8).astype(np.float64) - 128) / 128
    elif form.width == 3:
        parts = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
        flat = (parts[:, 0] << 8 | parts[:, 1] << 16 | parts[:, 2] << 24).astype(np.float64) / (1 << 31)
    else:
        flat = np.frombuffer(data, dtype=f"<i{form.width}").astype(np.float64) / (1 << (form.width * 8 - 1))
    return flat.reshape(-1, form.channels)


def _is_audio(samples: npt.NDArray[Any]) -> bool:
    with np.errstate(invalid="ignore"):
        is_sound = bool(np.all(np.abs(samples) <= _LARGEST_FLOAT))  # also false for NaN
    if not is_sound or not len(samples):
        return False
    offset = samples.mean(axis=0)
    centred = samples - offset
    power = float((centred * centred).mean())
    if power == 0:
        return bool(np.abs(offset).max() <= _FURTHEST_OFFSET)
    alike = float((centred[1:] * centred[:-1]).mean()) / power if len(centred) > 1 else 0.0
    return bool(np.abs(offset).max() <= _FURTHEST_OFFSET and (power**0.5 < _LOUDEST_NOISE or alike > _LIKENESS))
