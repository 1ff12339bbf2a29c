"""MPEG frames made byte by byte: silent ones of every version and rate, with headers and tags around them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

__all__ = ["frame", "id3v1", "id3v2", "mpeg", "mpeg_bytes", "vbri", "xing"]

_VERSION_BITS = {"1": 3, "2": 2, "2.5": 0}
_RATES = {"1": (44100, 48000, 32000), "2": (22050, 24000, 16000), "2.5": (11025, 12000, 8000)}
_KBPS_1 = {
    1: (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_2 = {
    1: (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def frame(
    bit_rate: int = 128,
    *,
    version: str = "1",
    rate: int = 44100,
    channels: int = 2,
    layer: int = 3,
    padding: int = 0,
    body: bytes = b"",
) -> bytes:
    """Return one frame; a body of zeros is silence. ``bit_rate`` in kbit/s, 0 is free format."""
    rates = (_KBPS_1 if version == "1" else _KBPS_2)[layer]
    second = 0xE0 | _VERSION_BITS[version] << 3 | (4 - layer) << 1 | 1
    third = rates.index(bit_rate) << 4 | _RATES[version].index(rate) << 2 | padding << 1
    head = bytes((0xFF, second, third, 0xC0 if channels == 1 else 0x40))
    if bit_rate == 0:
        return head + body
    if layer == 1:
        length = (12 * bit_rate * 1000 // rate + padding) * 4
    else:
        length = (144 if layer == 2 or version == "1" else 72) * bit_rate * 1000 // rate + padding
    return (head + body).ljust(length, b"\0")[:length]


def _side_info(version: str, channels: int) -> int:
    if version == "1":
        return 17 if channels == 1 else 32
    return 9 if channels == 1 else 17


def xing(
    frames: int | None,
    size: int | None,
    *,
    name: bytes = b"Info",
    delay: int | None = None,
    padding: int = 0,
    bit_rate: int = 128,
    version: str = "1",
    rate: int = 44100,
    channels: int = 2,
) -> bytes:
    """Return a header frame that claims ``frames`` and ``size`` bytes (this frame included), None: says nothing of it.

    With ``delay`` there is LAME's part too.
    """
    flags = (frames is not None) | (size is not None) << 1
    body = name + struct.pack(">I", flags)
    body += b"".join(struct.pack(">I", value) for value in (frames, size) if value is not None)
    if delay is not None:
        lame = bytearray(36)
        lame[:9] = b"LAME3.100"
        lame[21:24] = (delay << 12 | padding).to_bytes(3, "big")
        body += bytes(lame)
    side = bytes(_side_info(version, channels))
    return frame(bit_rate, version=version, rate=rate, channels=channels, body=side + body)


def vbri(frames: int, size: int, *, bit_rate: int = 128) -> bytes:
    """Return Fraunhofer's header frame."""
    return frame(bit_rate, body=bytes(32) + b"VBRI" + struct.pack(">HHHIIHHHH", 1, 0, 75, size, frames, 0, 1, 2, 1))


def id3v1(title: str = "Old title") -> bytes:
    """Return the 128 bytes of an ID3v1.1 tag."""
    text = title.encode("latin-1")[:30].ljust(30, b"\0")
    return b"TAG" + text + b"Somebody".ljust(30, b"\0") + bytes(30) + b"2024" + bytes(28) + b"\0\x07" + b"\x65"


def _synchsafe(size: int) -> bytes:
    return bytes((size >> 21 & 0x7F, size >> 14 & 0x7F, size >> 7 & 0x7F, size & 0x7F))


def id3v2(
    version: int = 4,
    *,
    title: str = "A title",
    cover: int = 0,
    padding: int = 0,
    footer: bool = False,
    claim: int | None = None,
    more: Sequence[tuple[bytes, bytes]] = (),
) -> bytes:
    """Return an ID3v2.``version`` tag with a title and, where asked for, a picture of ``cover`` bytes.

    ``claim`` is the size that the header says, ``more`` further frames (name, body).
    """
    text = b"\x01" + title.encode("utf-16")
    frames = [(b"TT2" if version == 2 else b"TIT2", text), *more]
    if cover:
        mime = b"\0PNG\x03\0" if version == 2 else b"\0image/png\0\x03\0"
        frames.append((b"PIC" if version == 2 else b"APIC", mime + b"\x89PNG" + b"x" * (cover - 4)))
    body = b""
    for name, content in frames:
        if version == 2:
            body += name + len(content).to_bytes(3, "big") + content
        else:
            size = _synchsafe(len(content)) if version == 4 else len(content).to_bytes(4, "big")
            body += name + size + b"\0\0" + content
    body += bytes(padding)
    flags = 0x10 if footer else 0
    size = _synchsafe(len(body) if claim is None else claim)
    tag = b"ID3" + bytes((version, 0, flags)) + size + body
    return tag + (b"3DI" + bytes((version, 0, flags)) + size if footer else b"")


def mpeg_bytes(
    *,
    frames: int = 100,
    bit_rates: Sequence[int] = (128,),
    version: str = "1",
    rate: int = 44100,
    channels: int = 2,
    layer: int = 3,
    header: bytes = b"",
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """Return silent frames, their rates taken from ``bit_rates`` in turn, behind ``before`` and ``header``."""
    kinds = [frame(kbps, version=version, rate=rate, channels=channels, layer=layer) for kbps in bit_rates]
    return before + header + b"".join(kinds[at % len(kinds)] for at in range(frames)) + after


def mpeg(path: str | Path, **options: object) -> Path:
    """Write ``mpeg_bytes(**options)`` to ``path`` and return it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(mpeg_bytes(**options))  # type: ignore[arg-type]  # one list of options, in mpeg_bytes
    return path
