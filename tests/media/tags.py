"""Tags other than ID3."""

from __future__ import annotations

import struct

__all__ = ["ape", "lyrics3"]


def ape(title: str = "Ape title", *, header: bool = True, claim: int | None = None) -> bytes:
    """Return an APEv2 tag with a title; ``claim`` is the size that its footer says."""
    value = title.encode()
    item = struct.pack("<II", len(value), 0) + b"Title\0" + value
    size = len(item) + 32 if claim is None else claim
    flags = 1 << 31 if header else 0

    def end(more: int) -> bytes:
        return b"APETAGEX" + struct.pack("<IIII", 2000, size, 1, flags | more) + bytes(8)

    return (end(1 << 29) if header else b"") + item + end(0)


def lyrics3(text: str = "la la la") -> bytes:
    """Return a Lyrics3 v2 block."""
    body = b"LYRICSBEGIN" + b"LYR" + f"{len(text):05}".encode() + text.encode()
    return body + f"{len(body):06}".encode() + b"LYRICS200"
