"""Reads the header frame that an encoder may put before an MP3's audio: Xing, Info or VBRI.

Source: Xing's and Fraunhofer's SDKs; the part behind Xing's fields is LAME's (gabriel.mp3-tech.org/mp3infotag.html).
"""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.audio.mpeg.mpeg_header import FrameHeader

__all__ = ["HeaderFrame", "crc16", "read_header_frame"]

_FRAMES, _BYTES, _TOC, _QUALITY = 1, 2, 4, 8
_LAME_SIZE = 36
_DELAYS = 21  # offset of 12 bits of delay and 12 bits of padding in LAME's part


@dataclass(frozen=True, slots=True)
class HeaderFrame:
    """The claims of the header frame; None where it claims nothing."""

    kind: str
    """"Xing", "Info" or "VBRI"."""
    frames: int | None
    """Frames of audio, without the header frame."""
    size: int | None
    """Bytes from the start of the header frame to the end of the audio."""
    delay: int = 0
    """Samples per channel that the encoder added before the audio."""
    padding: int = 0
    """Samples per channel that the encoder added after the audio."""
    encoder: str = ""
    lame: bytes = b""
    """LAME's 36 bytes unchanged; empty where there are none."""


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _read_xing(data: bytes, at: int) -> HeaderFrame:
    flags = _number(data, at + 4)
    next_field = at + 8
    frames = size = None
    if flags & _FRAMES:
        frames = _number(data, next_field)
        next_field += 4
    if flags & _BYTES:
        size = _number(data, next_field)
        next_field += 4
    next_field += (100 if flags & _TOC else 0) + (4 if flags & _QUALITY else 0)
    lame = data[next_field : next_field + _LAME_SIZE]
    delay = padding = 0
    if len(lame) == _LAME_SIZE and lame[0]:  # decoders such as mpg123 require no more than this
        both = int.from_bytes(lame[_DELAYS : _DELAYS + 3], "big")
        delay, padding = both >> 12, both & 0xFFF
    else:
        lame = b""
    encoder = bytes(byte for byte in lame[:9] if 32 <= byte < 127).decode("ascii").strip()
    return HeaderFrame(data[at : at + 4].decode("ascii"), frames or None, size or None, delay, padding, encoder, lame)


def read_header_frame(data: bytes, header: FrameHeader) -> HeaderFrame | None:
    """Return the claims of the frame at the start of ``data``; None where it is a frame of audio."""
    if header.layer != 3:
        return None
    for skipped in (0, 2):  # files also have it after a checksum, which the specification does not mention
        at = 4 + skipped + header.side_info
        if data[at : at + 4] in (b"Xing", b"Info") and len(data) >= at + 8:
            return _read_xing(data, at)
    if data[36:40] == b"VBRI" and len(data) >= 54:
        return HeaderFrame("VBRI", _number(data, 50) or None, _number(data, 46) or None)
    return None


def crc16(data: bytes) -> int:
    """Return the checksum at the end of LAME's part (CRC-16, polynomial 0x8005 reflected, from 0)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
