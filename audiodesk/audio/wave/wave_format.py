"""Reads the fmt chunk of a WAV file, and finds the true values where its fields contradict each other.

Source: Microsoft's mmreg.h for the format tags and WAVE_FORMAT_EXTENSIBLE.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

__all__ = ["FLOAT", "PCM", "WaveFormat", "read_format"]

PCM, FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_GUID_TAIL = bytes.fromhex("000010008000 00aa00389b71".replace(" ", ""))
_AMBISONIC_TAIL = bytes.fromhex("2107d311 8644c8c1ca000000".replace(" ", ""))
_LEAST = 14
"""Bytes of the oldest fmt chunk, which lacks the bits per sample."""
_MOST_CHANNELS = 1024
_HIGHEST_RATE = 1_536_000
_LOWEST_DERIVED_RATE = 1000
_USUAL_RATES = frozenset(
    (8000, 11025, 12000, 16000, 22050, 24000, 32000, 37800, 44056, 44100, 47952, 48000, 48048, 64000, 88200, 96000)
)
_ALIKE = 0.01
"""Rates that differ by less are variants for film, such as 47 952 Hz: either may be meant."""
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


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """How the samples are stored. Sizes are bytes."""

    tag: int
    """PCM, FLOAT, or the tag of an encoding that AudioDesk does not take."""
    channels: int
    sample_rate: int
    block: int
    """Bytes of one sample of all channels."""
    bits: int
    wrong: tuple[str, ...] = field(default=())
    """Fields that were wrong and follow from the others: "channels", "bits", "rate", "block", "byte-rate"."""
    damage: str | None = None
    """A field that is wrong and does not follow from the others: "channels", "rate" or "bits"."""
    subformat: str = ""
    """The name of a subformat that is not Microsoft's."""
    is_guessed: bool = False
    """The subformat is unknown, and only the samples can tell whether it is PCM."""
    is_plain: bool = True
    """Players read the chunk in the same way as this module."""

    @property
    def width(self) -> int:
        """Bytes of one sample of one channel."""
        return self.block // self.channels

    @property
    def unsupported(self) -> str | None:
        """The name of the encoding if AudioDesk does not take it."""
        if self.tag == PCM:
            return None if 1 <= self.bits <= 32 else f"PCM {self.bits} bit"
        if self.tag == FLOAT:
            return None if self.bits in (32, 64) else f"float {self.bits} bit"
        return self.subformat or _ENCODINGS.get(self.tag, f"WAV format 0x{self.tag:04X}")

    def plain_body(self) -> bytes:
        """Return the body of a fmt chunk with the same values and no contradictions."""
        rate = self.sample_rate * self.block & 0xFFFFFFFF
        return struct.pack("<HHIIHH", self.tag, self.channels, self.sample_rate, rate, self.block, self.width * 8)


def read_format(body: bytes) -> WaveFormat | None:
    """Return the values in the body of a fmt chunk; None where it is too short."""
    if len(body) < _LEAST:
        return None
    tag, channels, rate, byte_rate, block = struct.unpack_from("<HHIIH", body)
    bits = int.from_bytes(body[14:16], "little") if len(body) >= _LEAST + 2 else 0
    said = WaveFormat(tag, channels, rate, block, bits)
    if tag == _EXTENSIBLE:
        said = _extended(said, body)
    return _mended(said, byte_rate) if said.tag in (PCM, FLOAT) else said


def _extended(said: WaveFormat, body: bytes) -> WaveFormat:
    guid = body[24:40]
    if len(guid) < 16:
        return replace(said, tag=PCM, subformat="WAVE_FORMAT_EXTENSIBLE", is_guessed=True, is_plain=False)
    tag = int.from_bytes(guid[:4], "little")
    if guid[4:] == _GUID_TAIL:
        # The first two bytes of the GUID are the old tag if the rest is Microsoft's.
        return replace(said, tag=tag & 0xFFFF)
    if guid[4:] == _AMBISONIC_TAIL and tag in (PCM, FLOAT):
        return replace(said, tag=tag, subformat="Ambisonic B-format")
    return replace(said, tag=PCM, subformat=_guid_text(guid), is_guessed=True, is_plain=False)


def _guid_text(guid: bytes) -> str:
    first, second, third = struct.unpack_from("<IHH", guid)
    return f"{{{first:08X}-{second:04X}-{third:04X}-{guid[8:10].hex().upper()}-{guid[10:].hex().upper()}}}"


def _mended(said: WaveFormat, byte_rate: int) -> WaveFormat:
    """Correct fields from the others. Decoders use channels and bits, so these are believed first."""
    channels, rate, block, bits = said.channels, said.sample_rate, said.block, said.bits
    wrong: list[str] = []
    agrees = byte_rate == rate * block & 0xFFFFFFFF and block > 0
    if not 1 <= channels <= _MOST_CHANNELS:
        wide = bits // 8
        if not agrees or wide == 0 or bits % 8 or block % wide or block // wide > 32:
            return replace(said, damage="channels")
        channels = block // wide
        wrong.append("channels")
    if bits == 0:
        if block % channels or block // channels not in (1, 2, 3, 4, 8) or not (agrees or rate == 0):
            return replace(said, damage="bits")
        bits = block // channels * 8
        wrong.append("bits")
    whole = channels * ((bits + 7) // 8)
    rate = _true_rate(rate, byte_rate, whole, is_proven=agrees)
    if rate == 0:
        return replace(said, channels=channels, damage="rate")
    if rate != said.sample_rate:
        wrong.append("rate")
    is_plain = said.is_plain
    if said.tag == PCM and 16 < bits < 32 and agrees and block == channels * 4 and block != whole:
        is_plain = False  # 24 bits in 32: decoders that ignore the wider block read packed samples
    elif block != whole:
        block = whole
        wrong.append("block")
    if byte_rate != rate * block & 0xFFFFFFFF and not wrong:
        wrong.append("byte-rate")
    return replace(
        said, channels=channels, sample_rate=rate, block=block, bits=bits, wrong=tuple(wrong), is_plain=is_plain
    )


def _true_rate(rate: int, byte_rate: int, whole: int, *, is_proven: bool) -> int:
    """Return the stated sample rate; if it is impossible, the rate by the bytes per second; else 0.

    An unusual rate that the bytes per second contradict is not believed either, if they give a usual rate.
    """
    derived = byte_rate // whole if byte_rate % whole == 0 else 0
    if not 1 <= rate <= _HIGHEST_RATE:
        return derived if _LOWEST_DERIVED_RATE <= derived <= _HIGHEST_RATE else 0
    is_doubtful = not is_proven and rate not in _USUAL_RATES and derived in _USUAL_RATES
    return derived if is_doubtful and abs(rate / derived - 1) > _ALIKE else rate
