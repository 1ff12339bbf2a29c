"""Damaged copies of real headers, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

from tests import media
from tests.media.mpeg import frame

__all__ = ["mutant"]

_NUMBERS = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_WORDS = (
    b"RIFF", b"WAVE", b"fmt ", b"data", b"LIST", b"INFO", b"id3 ", b"bext", b"ID3\x03\0\0", b"ID3\x04\0\x80", b"TAG",
    b"APETAGEX", b"LYRICS200", b"Xing", b"Info", b"VBRI", b"TIT2", b"APIC", b"COMM", b"\xff\xfb\x90\x64",
    b"\xff\xf3\x84\xc0", b"\xff\xff\xff\xff", b"LAME3.100", b"3DI", b"fLaC",
    b"ftyp", b"moov", b"\x1aE\xdf\xa3", b"\x0b\x77", b"TT2\0", b"iTunNORM", b"\xff\xfb\x50\xc4", b"\xff\xf3\x82\xc4",
    b"RF64", b"BW64", b"ds64", b"JUNK",
)  # fmt: skip


@cache
def _seeds() -> tuple[bytes, ...]:
    bext = media.chunk(b"bext", b"Text".ljust(602, b"\0"))
    info = media.chunk(b"LIST", b"INFO" + media.chunk(b"INAM", b"Name\0"))
    mpeg = media.mpeg_bytes(frames=12, bit_rates=(128, 64))
    mono = media.mpeg_bytes(frames=6, channels=1, bit_rates=(64,))
    slow = media.mpeg_bytes(frames=6, version="2", rate=22050, bit_rates=(32,))
    old_names = media.id3v2(
        3, more=[(b"TP1\0", b"\0Joe"), (b"COM\0", b"\0engiTunPGAP\0000"), (b"PIC\0", b"\0PNG\3\0x")]
    )
    return (
        media.wav_bytes(seconds=0.05, before=bext + info),
        media.wav_bytes(seconds=0.05, channels=2, bits=24, extensible=True, after=media.chunk(b"id3 ", media.id3v2(3))),
        media.wav_bytes(seconds=0.05, bits=32, is_float=True, rate=8000),
        media.wav_bytes(seconds=0.05, bits=8, rate=11025, after=info),
        media.mp3_bytes(seconds=0.3, bit_rate=64),
        media.mp3_bytes(seconds=0.3, bit_rate=128, channels=2, mode="vbr"),
        media.mp3_bytes(seconds=0.3, bit_rate=32, rate=16000),
        media.id3v2(4, cover=300, padding=50) + media.xing(12, 4000, delay=576, padding=700) + mpeg + media.id3v1(),
        media.id3v2(2, cover=40) + media.vbri(12, 4000) + mpeg + media.ape() + media.lyrics3() + media.id3v1(),
        media.id3v2(3, title="x" * 300, more=[(b"COMM", b"\x01eng" + b"\xff\xfe\0\0" + b"y\0" * 40)]) + mpeg,
        mpeg + media.id3v2(4, footer=True),
        media.mpeg_bytes(frames=12, version="2.5", rate=8000, channels=1, bit_rates=(8,)),
        media.mpeg_bytes(frames=12, layer=2, bit_rates=(64,)),
        frame(0, body=bytes(300)) * 6,
        mpeg + mono + slow + media.id3v1() + media.id3v2(2) + media.xing(6, 900) + mono + media.ape() + b"\r\n",
        media.mp3_bytes(seconds=0.3, bit_rate=64) + media.mp3_bytes(seconds=0.2, rate=22050, channels=2, bit_rate=64),
        old_names + media.mpeg_bytes(frames=4) + media.mpeg_bytes(frames=4, layer=2, bit_rates=(64,)) + mono,
        media.mp4(b"isom", [(b"soun", b"mp4a"), (b"vide", b"jpeg")], moov_first=True),
        media.id3v2(3) + media.matroska(b"webm", [2, 17], unknown=True),
        media.id3v2(3, padding=40) + media.ac3(4, rate=1),
        media.mpeg_stream([0xC0, 0xE0], transport=True),
        media.rf64_bytes(seconds=0.05, before=info),
        media.rf64_bytes(magic=b"BW64", seconds=0.05, channels=2, bits=24, after=bext),
        media.wav_bytes(seconds=0.05) + media.rf64_bytes(seconds=0.05) + media.wav_bytes(seconds=0.05, rate=8000),
        media.wav_bytes(seconds=0.1, data_size=4000, riff_size=4036),
    )


def _number(chance: random.Random, data: bytearray) -> None:
    """Put an extreme number somewhere in the header, in either order of bytes."""
    width = chance.choice((1, 2, 4))
    at = chance.randrange(min(len(data), chance.choice((16, 64, 700, 1 << 30))))
    value = chance.choice(_NUMBERS) & ((1 << width * 8) - 1)
    data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))


def _flip(chance: random.Random, data: bytearray) -> None:
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(chance: random.Random, data: bytearray) -> None:
    del data[chance.randrange(1, len(data) + 1) :]


def _remove(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.choice((1, 2, 4, 50, 500))]


def _word(chance: random.Random, data: bytearray) -> None:
    word = chance.choice(_WORDS)
    at = chance.randrange(len(data))
    data[at : at + (len(word) if chance.random() < 0.5 else 0)] = word


def _noise(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    data[at:at] = chance.randbytes(chance.choice((1, 4, 30, 400)))


def _repeat(chance: random.Random, data: bytearray) -> None:
    at = chance.randrange(len(data))
    piece = bytes(data[at : at + chance.choice((4, 8, 32, 420))])
    data[at:at] = piece * chance.choice((2, 10, 300))


def _splice(chance: random.Random, data: bytearray) -> None:
    other = chance.choice(_seeds())
    data[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]


_CHANGES: tuple[Callable[[random.Random, bytearray], None], ...] = (
    _number, _number, _number, _flip, _flip, _cut, _remove, _word, _word, _noise, _repeat, _splice,
)  # fmt: skip


def mutant(seed: int) -> bytes:
    """Return the damaged file number ``seed``: one to four changes to a sound one."""
    chance = random.Random(seed)
    data = bytearray(chance.choice(_seeds()))
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        if data:
            chance.choice(_CHANGES)(chance, data)
    return bytes(data)
