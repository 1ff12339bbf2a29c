"""Writes the beginning of a WAV file with true sizes: RIFF, or RF64 where four bytes cannot hold them."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from audiodesk.audio.wave.wave_format import WaveFormat

__all__ = ["data_header", "fits_riff", "format_body", "header_before"]

_MOST = _IN_DS64 = 0xFFFFFFFF
_EXTENSIBLE = b"\xfe\xff"
_PLAIN_GUID = bytes.fromhex("0000000010008000 00aa00389b71".replace(" ", ""))


def fits_riff(chunk_sizes: Iterable[int]) -> bool:
    """Return whether chunks of these sizes, without their heads, fit into a plain RIFF file."""
    return _total(chunk_sizes) <= _MOST


def header_before(chunk_sizes: Iterable[int], data_size: int) -> bytes:
    """Return the bytes before the first chunk; ``data_size`` is one of ``chunk_sizes``."""
    total = _total(chunk_sizes)
    if total <= _MOST:
        return b"RIFF" + struct.pack("<I", total) + b"WAVE"
    long = struct.pack("<4sIQQQI", b"ds64", 28, total + 36, data_size, 0, 0)
    return b"RF64" + struct.pack("<I", _IN_DS64) + b"WAVE" + long


def data_header(body: bytes, size: int) -> bytes:
    """Return a whole header for ``size`` bytes of audio; ``body`` is that of the fmt chunk."""
    chunk_sizes = [len(body), size]
    stated = size if fits_riff(chunk_sizes) else _IN_DS64
    inner = b"fmt " + struct.pack("<I", len(body)) + body + b"data" + struct.pack("<I", stated)
    return header_before(chunk_sizes, size) + inner


def _total(chunk_sizes: Iterable[int]) -> int:
    return 4 + sum(8 + size + size % 2 for size in chunk_sizes)


def format_body(form: WaveFormat, body: bytes) -> bytes:
    """Return the body of a fmt chunk with the values of ``form``: ``body`` with its wrong fields corrected."""
    plain = form.plain_body()
    if len(body) < len(plain):
        return plain
    if body[:2] != _EXTENSIBLE or len(body) < 40:
        is_true = not form.wrong and form.is_plain
        return body if is_true else plain
    subformat = body[24:40] if form.is_plain else plain[:2] + _PLAIN_GUID
    return body[:2] + plain[2:16] + body[16:24] + subformat
