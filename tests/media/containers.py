"""Files of other formats that contain audio, video or both, as far as their structure shows it."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ac3", "matroska", "mp4", "mpeg_stream"]


def _box(name: bytes, *inner: bytes) -> bytes:
    body = b"".join(inner)
    return (8 + len(body)).to_bytes(4, "big") + name + body


def _track(handler: bytes, entry: bytes) -> bytes:
    stsd = _box(b"stsd", bytes(4), (1).to_bytes(4, "big"), _box(entry, bytes(28)))
    hdlr = _box(b"hdlr", bytes(8), handler, bytes(13))
    return _box(b"trak", _box(b"tkhd", bytes(84)), _box(b"mdia", hdlr, _box(b"minf", _box(b"stbl", stsd))))


def mp4(brand: bytes, tracks: Sequence[tuple[bytes, bytes]], *, wide: bool = False, moov_first: bool = False) -> bytes:
    """Return an MP4 whose ``tracks`` have these handlers and kinds of samples; an empty brand: none is said.

    ``wide``: the media's size has 64 bits.
    """
    data = bytes(5000)
    mdat = b"\0\0\0\1mdat" + (16 + len(data)).to_bytes(8, "big") + data if wide else _box(b"mdat", data)
    moov = _box(b"moov", _box(b"mvhd", bytes(100)), *(_track(handler, entry) for handler, entry in tracks))
    head = _box(b"ftyp", brand, bytes(4), brand, b"isom") if brand else _box(b"wide")
    return head + (moov + mdat if moov_first else mdat + moov)


def _element(name: bytes, *inner: bytes, unknown: bool = False) -> bytes:
    body = b"".join(inner)
    size = b"\x01" + b"\xff" * 7 if unknown else (1 << 28 | len(body)).to_bytes(4, "big")
    return name + size + body


def matroska(doc_type: bytes, kinds: Sequence[int], *, unknown: bool = False) -> bytes:
    """Return a Matroska file with tracks of these ``kinds`` (1: video, 2: audio, 17: subtitles).

    ``unknown``: the size of the whole is not said, as when it was streamed.
    """
    entries = (
        _element(b"\xae", _element(b"\xd7", bytes((at + 1,))), _element(b"\x83", bytes((kind,))))
        for at, kind in enumerate(kinds)
    )
    tracks = _element(b"\x16\x54\xae\x6b", *entries)
    head = _element(b"\x1aE\xdf\xa3", _element(b"\x42\x86", b"\1"), _element(b"\x42\x82", doc_type))
    info = _element(b"\x15\x49\xa9\x66", _element(b"\x4d\x80", b"tests"))
    cluster = _element(b"\x1f\x43\xb6\x75", bytes(500))
    return head + _element(b"\x18\x53\x80\x67", _element(b"\xec", bytes(50)), info, tracks, cluster, unknown=unknown)


def mpeg_stream(kinds: Sequence[int], *, transport: bool) -> bytes:
    """Return packets of these ``kinds`` (0xC0: audio, 0xE0: video) as a transport or a program stream."""
    packets = [b"\0\0\1" + bytes((kind,)) + b"\0\x50\x80\0\0" + b"\x55" * 100 for kind in kinds] * 10
    if not transport:
        return b"".join(b"\0\0\1\xba" + b"\x44" + bytes(9) + packet for packet in packets)
    return b"".join(b"\x47\x41\0\x10" + packet.ljust(184, b"\xff") for packet in packets)


def ac3(frames: int, *, rate: int = 0, enhanced: bool = False) -> bytes:
    """Return frames of AC-3 at 64 kbit/s; ``rate`` is its code: 0 for 48, 1 for 44.1, 2 for 32 kHz."""
    if enhanced:
        return (b"\x0b\x77\0\x7f\x3f" + bytes((16 << 3,))).ljust(256, b"\x33") * frames
    length = (256, 278, 384)[rate]
    return (b"\x0b\x77\0\0" + bytes((rate << 6 | 8, 8 << 3))).ljust(length, b"\x33") * frames
