"""Reduces a waveform to as many equal pieces as a picture has room for."""

from __future__ import annotations

__all__ = ["overview_of", "reduced"]


def overview_of(peaks: bytes, pieces: int) -> bytes:
    """Return pairs of minimum and maximum (int8) as at most ``pieces`` equally long peaks, each from 0 to 255."""
    values = memoryview(peaks).cast("b")
    pairs = len(values) // 2
    count = min(pieces, pairs)
    result = bytearray(count)
    for index in range(count):
        part = values[2 * (index * pairs // count) : 2 * max((index + 1) * pairs // count, index * pairs // count + 1)]
        result[index] = min(255, 2 * max(max(part), -min(part)))
    return bytes(result)


def reduced(overview: bytes, pieces: int) -> list[float]:
    """Return ``pieces`` peaks from 0 to 1, each the highest of its piece; empty without an overview."""
    known = len(overview)
    if not known:
        return []
    result = []
    for index in range(pieces):
        start = index * known // pieces
        end = max((index + 1) * known // pieces, start + 1)
        result.append(max(overview[start:end]) / 255)
    return result
