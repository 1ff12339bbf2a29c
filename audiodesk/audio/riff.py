"""The chunks of a WAV file: what the header says, held against the bytes that are there.

Source: Microsoft's "Multimedia Programming Interface and Data Specifications 1.0", mmreg.h for the format tags,
EBU Tech 3285 for bext.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from audiodesk.audio.source import Source

__all__ = ["Chunk", "Wave", "encoding_name", "read_wave"]

_MOST_CHUNKS = 2000
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_TAIL = bytes.fromhex("000010008000 00aa00389b71".replace(" ", ""))
_ENCODINGS = {
    0x0002: "MS ADPCM",
    0x0006: "A-law",
    0x0007: "µ-law",
    0x0011: "IMA ADPCM",
    0x0014: "G.723 ADPCM",
    0x0031: "GSM 6.10",
    0x0040: "G.721 ADPCM",
    0x0045: "G.726 ADPCM",
    0x0050: "MPEG layer II inside WAV",
    0x0055: "MP3 inside WAV",
    0x0092: "AC-3 inside WAV",
    0x00FF: "AAC inside WAV",
    0x0160: "Windows Media Audio",
    0x0161: "Windows Media Audio",
    0x0162: "Windows Media Audio",
    0x1600: "AAC inside WAV",
    0x2000: "AC-3 inside WAV",
    0x674F: "Ogg Vorbis inside WAV",
    0xF1AC: "FLAC inside WAV",
}
# What programs write for "not known yet": all ones or nearly so, and SoX's and others' largest signed numbers.
_PLACEHOLDERS = frozenset({0x7FFFFFFF, 0x7FFFFFFE, 0x7FFFF000, 0x80000000, 0xFFFFF000, 0x7FFFFFDB})
_NEARLY_ALL_ONES = 0xFFFFFF00


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk: its four letters, where its body begins and how many bytes it says to have."""

    name: bytes
    start: int
    size: int


@dataclass
class Wave:
    """A WAV file. Offsets and sizes are bytes; ``None`` where the chunk is missing."""

    base: int
    """Where "RIFF" stands: 0, or behind a tag."""
    chunks: list[Chunk] = field(default_factory=list)
    format_tag: int | None = None
    channels: int = 0
    sample_rate: int = 0
    block: int = 0
    """Bytes of one sample of all channels."""
    bits: int = 0
    data_start: int | None = None
    claimed: int = 0
    """Bytes of audio that the header says there are."""
    there: int = 0
    """Bytes of audio that are there."""
    unfinished: bool = False
    """The recorder never wrote the size."""
    after: int = 0
    """Bytes behind the last chunk that belong to nothing."""
    after_zero: bool = False
    overrun: int = 0
    """Bytes by which a chunk behind the audio says it is longer than the file."""

    @property
    def damage(self) -> str | None:
        """The field of the header that cannot be true: "format", "channels", "rate" or "bits"; None where all can."""
        if self.format_tag is None:
            return "format"
        if not 1 <= self.channels <= 1024:
            return "channels"
        if not 1 <= self.sample_rate <= 1_536_000:
            return "rate"
        if self.format_tag in (_PCM, _FLOAT) and (self.bits == 0 or self.block < self.channels):
            return "bits"
        return None

    @property
    def unsupported(self) -> str | None:
        """The name of the encoding where it is not one that AudioDesk takes."""
        if self.format_tag == _PCM:
            wide = self.block // self.channels
            fits = self.block == wide * self.channels and wide in (1, 2, 3, 4) and self.bits <= wide * 8
            return None if fits else f"PCM {self.bits} bit"
        if self.format_tag == _FLOAT:
            fits = self.bits in (32, 64) and self.block == self.channels * self.bits // 8
            return None if fits else f"float {self.bits} bit"
        return encoding_name(self.format_tag or 0)

    @property
    def encoding(self) -> str:
        """The encoding in words that need no translation."""
        return "float" if self.format_tag == _FLOAT else "PCM"

    @property
    def frames(self) -> int:
        """Whole samples for each channel that are there."""
        return self.there // self.block if self.block else 0

    @property
    def claimed_frames(self) -> int:
        """Whole samples for each channel that the header says there are."""
        return self.claimed // self.block if self.block else 0

    def body_of(self, name: bytes) -> Chunk | None:
        """Return the first chunk of that name."""
        return next((chunk for chunk in self.chunks if chunk.name == name), None)


def encoding_name(tag: int) -> str:
    """Return the name of a format tag, such as "A-law"."""
    return _ENCODINGS.get(tag, f"WAV format 0x{tag:04X}")


def _read_format(wave: Wave, body: bytes) -> None:
    if len(body) < 16:
        return
    tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == _EXTENSIBLE and len(body) >= 40:
        # The first two bytes of the GUID are the old tag wherever the rest is Microsoft's.
        tag = int.from_bytes(body[24:26], "little") if body[28:40] == _GUID_TAIL else _EXTENSIBLE
    wave.format_tag, wave.channels, wave.sample_rate, wave.block, wave.bits = tag, channels, rate, block, bits
    if tag == _PCM and channels and block != channels * ((bits + 7) // 8) and block % channels:
        wave.block = channels * ((bits + 7) // 8)  # written wrongly by some programs; the bits are what decoders go by


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= byte < 127 for byte in name)


def _fits(source: Source, start: int) -> bool:
    """Return whether a chunk that the file has room for begins at ``start``."""
    head = source.read(start, 8)
    return len(head) == 8 and _is_name(head[:4]) and start + 8 + int.from_bytes(head[4:], "little") <= source.size


def _next_start(source: Source, chunk: Chunk) -> int:
    """Return where the next chunk begins: chunks are padded to even sizes, but not by every program."""
    end = chunk.start + chunk.size
    if chunk.size % 2 == 0:
        return end
    padded = _is_name(source.read(end + 1, 4)) or end + 1 >= source.size
    return end if not padded and _is_name(source.read(end, 4)) else end + 1


def _is_placeholder(size: int) -> bool:
    return size in _PLACEHOLDERS or size >= _NEARLY_ALL_ONES


def _measure(source: Source, wave: Wave, chunk: Chunk) -> bool:
    """Measure the data chunk; return whether chunks may follow it."""
    room = source.size - chunk.start
    wave.data_start, wave.claimed = chunk.start, chunk.size
    if chunk.size == 0 and room > 0 and not _fits(source, chunk.start):
        wave.unfinished, wave.there = True, room
        return False
    if chunk.size > room:
        wave.unfinished, wave.there = _is_placeholder(chunk.size), room
        return False
    wave.there = chunk.size
    return True


def _walk_chunks(source: Source, wave: Wave) -> int:
    """Read chunk after chunk; return where the last one ends."""
    position = wave.base + 12
    while len(wave.chunks) < _MOST_CHUNKS:
        head = source.read(position, 8)
        if len(head) < 8 or not _is_name(head[:4]):
            break
        chunk = Chunk(head[:4], position + 8, int.from_bytes(head[4:], "little"))
        wave.chunks.append(chunk)
        if chunk.name == b"fmt " and wave.format_tag is None:
            _read_format(wave, source.read(chunk.start, min(chunk.size, 64)))
        if chunk.name == b"data" and wave.there == 0:
            if not _measure(source, wave, chunk):
                return source.size
        elif chunk.start + chunk.size > source.size:
            wave.overrun = chunk.start + chunk.size - source.size
            return source.size
        elif chunk.name == b"data":
            wave.after += chunk.size  # there may be one only, and nobody plays another
        position = _next_start(source, chunk)
    return min(position, source.size)


def _look_behind(source: Source, wave: Wave, end: int) -> None:
    """Say what the bytes behind the last chunk are: a tag, nothing's, or audio that the header was never told of."""
    rest = source.size - end
    if rest <= 0:
        return
    head = source.read(end, min(rest, 4096))
    if head[:3] == b"ID3" or (head[:3] == b"TAG" and rest == 128) or head[:8] == b"APETAGEX":
        return
    wave.after_zero = not any(head)
    data_is_last = wave.data_start is not None and end - (wave.data_start + wave.there) in (0, 1)
    if data_is_last and rest > wave.there and not wave.after_zero:
        # A recorder that writes sizes now and then, and crashed: most of the audio is behind what it last wrote.
        wave.unfinished = True
        wave.there = source.size - (wave.data_start or 0)
        return
    wave.after += rest


def read_wave(source: Source, base: int = 0) -> Wave:
    """Read the chunks of the file whose "RIFF" stands at ``base``.

    Raises ``SourceError`` where the file cannot be read.
    """
    wave = Wave(base)
    _look_behind(source, wave, _walk_chunks(source, wave))
    return wave
