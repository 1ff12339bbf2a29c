"""Reads the four bytes that begin each MPEG audio frame, and the frame's length from them.

Source: ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3; ISO/IEC 13818-3 for the lower sample rates; MPEG-2.5 is Fraunhofer's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

__all__ = ["FrameHeader", "bit_rate_of", "frame_lengths", "parse_header"]

_VERSIONS = {0b00: "2.5", 0b10: "2", 0b11: "1"}
_RATES = {"1": (44100, 48000, 32000), "2": (22050, 24000, 16000), "2.5": (11025, 12000, 8000)}
_KBPS = {
    ("1", 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    ("1", 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    ("1", 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    ("2", 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    ("2", 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    ("2", 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The meaning of the four bytes. ``length`` is in bytes, 0 in free format; ``samples`` per channel."""

    version: str
    layer: int
    bit_rate: int
    """In bit/s; 0 in free format."""
    sample_rate: int
    channels: int
    length: int
    samples: int

    @property
    def form(self) -> tuple[str, int, int, int]:
        """The values that stay the same within a stretch: version, layer, sample rate and channels."""
        return self.version, self.layer, self.sample_rate, self.channels

    @property
    def name(self) -> str:
        """The encoding in words that need no translation: "MPEG-1 layer III"."""
        return f"MPEG-{self.version} layer {'I' * self.layer}"

    @property
    def side_info(self) -> int:
        """Bytes of layer III side information, between the header (and its checksum) and the main data."""
        if self.version == "1":
            return 17 if self.channels == 1 else 32
        return 9 if self.channels == 1 else 17


def _samples(version: str, layer: int) -> int:
    if layer == 1:
        return 384
    return 576 if layer == 3 and version != "1" else 1152


def _length(layer: int, samples: int, bit_rate: int, sample_rate: int, padding: int) -> int:
    if layer == 1:  # counted in slots of four bytes
        return (12 * bit_rate // sample_rate + padding) * 4
    return samples // 8 * bit_rate // sample_rate + padding


def parse_header(data: bytes, at: int = 0) -> FrameHeader | None:
    """Return the header at ``data[at:at + 4]``; None where these four bytes are not a header."""
    if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    second, third, fourth = data[at + 1 : at + 4]
    version = _VERSIONS.get(second >> 3 & 3)
    layer = 4 - (second >> 1 & 3)
    rate_index, rate_of_bits = third >> 2 & 3, third >> 4
    if version is None or layer == 4 or rate_index == 3 or rate_of_bits == 15:
        return None
    sample_rate = _RATES[version][rate_index]
    bit_rate = _KBPS["1" if version == "1" else "2", layer][rate_of_bits] * 1000
    samples = _samples(version, layer)
    length = _length(layer, samples, bit_rate, sample_rate, third >> 1 & 1) if bit_rate else 0
    channels = 1 if fourth >> 6 == 3 else 2
    return FrameHeader(version, layer, bit_rate, sample_rate, channels, length, samples)


@lru_cache(maxsize=64)
def frame_lengths(second: int, rate_index: int) -> list[int]:
    """Return the frame's length in bytes for each value of the third byte.

    ``second`` is the header's second byte (version and layer), ``rate_index`` the two bits of the sample rate. A
    length is 0 where the third byte has another sample rate, no bit rate or free format.
    """
    lengths = []
    for third in range(256):
        header = parse_header(bytes((0xFF, second, third, 0)))
        lengths.append(header.length if header and third >> 2 & 3 == rate_index else 0)
    return lengths


@lru_cache(maxsize=4096)
def bit_rate_of(second: int, third: int) -> int:
    """Return the bit rate in bit/s that these two header bytes state; 0 where they state none."""
    header = parse_header(bytes((0xFF, second, third, 0)))
    return header.bit_rate if header else 0
