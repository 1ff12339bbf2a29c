"""WAV files of every kind, made byte by byte."""

from __future__ import annotations

import math
import random
import struct
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

__all__ = ["chunk", "noise", "rf64_bytes", "sine", "wav", "wav_bytes"]

_GUID_TAIL = bytes.fromhex("00001000800000aa00389b71")


def chunk(name: bytes, body: bytes, *, pad: bool = True, size: int | None = None) -> bytes:
    """Return a chunk; ``size`` is what it says of itself, ``pad`` whether an odd body gets its zero byte."""
    claimed = len(body) if size is None else size
    return name + struct.pack("<I", claimed) + body + (b"\0" if pad and len(body) % 2 else b"")


@lru_cache(maxsize=32)
def sine(seconds: float, rate: int, channels: int = 1, tone: float = 440.0, level: float = 0.25) -> tuple[float, ...]:
    """Return interleaved samples of a sine; its first second is repeated, so ``tone`` is best a whole number."""
    count = round(seconds * rate)
    once = [level * math.sin(2 * math.pi * tone * at / rate) for at in range(min(count, rate))]
    mono = (once * (count // max(1, len(once)) + 1))[:count] if once else []
    return tuple(mono) if channels == 1 else tuple(value for value in mono for _ in range(channels))


def _packed(samples: Sequence[float], bits: int, *, is_float: bool) -> bytes:
    if is_float:
        return array("f" if bits == 32 else "d", samples).tobytes()
    top = (1 << (bits - 1)) - 1
    whole = [max(-top - 1, min(top, round(value * top))) for value in samples]
    if bits == 8:
        return bytes(value + 128 for value in whole)
    if bits == 24:
        return b"".join(struct.pack("<i", value)[:3] for value in whole)
    return array("h" if bits == 16 else "i", whole).tobytes()


@lru_cache(maxsize=64)
def _sine_bytes(seconds: float, rate: int, channels: int, bits: int, tone: float, *, is_float: bool) -> bytes:
    """Return packed samples; whole seconds are repeated, so that an hour is made as fast as a second."""
    whole, rest = divmod(round(seconds * rate), rate)
    second = _packed(sine(1.0, rate, channels, tone), bits, is_float=is_float)
    return second * whole + second[: rest * channels * bits // 8]


def wav_bytes(  # has an argument for every field that tests change
    *,
    seconds: float = 2.0,
    rate: int = 44100,
    channels: int = 1,
    bits: int = 16,
    tone: float = 440.0,
    samples: Iterable[float] | None = None,
    is_float: bool = False,
    extensible: bool = False,
    format_tag: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
    data_size: int | None = None,
    riff_size: int | None = None,
    keep: int | None = None,
    magic: bytes = b"RIFF",
) -> bytes:
    """Return a WAV file.

    ``before`` and ``after`` are chunks around the data (see ``chunk``); ``data_size`` and ``riff_size`` what the header
    says instead of the truth; ``keep`` cuts the audio to so many bytes while the header still says the whole.
    """
    if samples is None:
        audio = _sine_bytes(seconds, rate, channels, bits, tone, is_float=is_float)
    else:
        audio = _packed(list(samples), bits, is_float=is_float)
    tag = format_tag if format_tag is not None else (3 if is_float else 1)
    block = channels * ((bits + 7) // 8)
    outer = 0xFFFE if extensible else tag
    body = struct.pack("<HHIIHH", outer, channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    if extensible:
        body += struct.pack("<HHIHH", 22, bits, (1 << channels) - 1, tag, 0) + _GUID_TAIL
    claimed = len(audio) if data_size is None else data_size
    pad = b"\0" if len(audio) % 2 and keep is None else b""
    inner = b"WAVE" + chunk(b"fmt ", body) + before
    inner += b"data" + struct.pack("<I", claimed) + audio[:keep] + pad + after
    whole = len(inner) + (len(audio) - keep if keep is not None else 0)
    return magic + struct.pack("<I", whole if riff_size is None else riff_size) + inner


def rf64_bytes(
    *,
    magic: bytes = b"RF64",
    data_size: int = 0xFFFFFFFF,
    long_data_size: int | None = None,
    long_riff_size: int | None = None,
    riff_size: int = 0xFFFFFFFF,
    **options: object,
) -> bytes:
    """Return a WAV file with its sizes in a ds64 chunk; None stands for the truth."""
    plain = wav_bytes(**options)  # type: ignore[arg-type]  # one list of options, in wav_bytes
    at = plain.index(b"data", 12)
    size = int.from_bytes(plain[at + 4 : at + 8], "little")
    whole = len(plain) - 8 + 36 if long_riff_size is None else long_riff_size
    long = struct.pack("<QQQI", whole, size if long_data_size is None else long_data_size, 0, 0)
    head = magic + struct.pack("<I", riff_size) + b"WAVE" + chunk(b"ds64", long)
    return head + plain[12 : at + 4] + struct.pack("<I", data_size) + plain[at + 8 :]


def noise(count: int, level: float = 0.001, seed: int = 1) -> list[float]:
    """Return samples of white noise, as a quiet room has it."""
    chance = random.Random(seed)
    return [chance.uniform(-level, level) for _ in range(count)]


def wav(path: str | Path, **options: object) -> Path:
    """Write ``wav_bytes(**options)`` to ``path`` and return it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wav_bytes(**options))  # type: ignore[arg-type]  # one list of options, in wav_bytes
    return path
