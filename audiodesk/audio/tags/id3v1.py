"""Reads the 128 bytes of an ID3v1 tag in the character sets that programs really write.

Source: id3.org/ID3v1. It names no character set. It means ISO 8859-1, but most programs on Windows used their own code
page, and newer ones write UTF-8. UTF-8 can be recognised; of the rest cp1252 is the most frequent, and other code pages
cannot be told apart.
"""

from __future__ import annotations

from mutagen.id3 import TCON

from audiodesk.audio.tags.tag_text import decoded_text

__all__ = ["read_id3v1"]


def read_id3v1(tag: bytes) -> dict[str, str]:
    """Return those of title, artist, album, date, comment, track and genre that are not empty.

    ``tag`` is all of its 128 bytes. Each field ends at a zero byte or is filled with spaces.
    """
    found = {
        "title": decoded_text(tag[3:33]),
        "artist": decoded_text(tag[33:63]),
        "album": decoded_text(tag[63:93]),
        "date": decoded_text(tag[93:97]),
        "comment": decoded_text(tag[97:125] if _has_track(tag) else tag[97:127]),
        "track": str(tag[126]) if _has_track(tag) else "",
        "genre": TCON.GENRES[tag[127]] if tag[127] < len(TCON.GENRES) else "",
    }
    return {field: text.strip() for field, text in found.items() if text.strip()}


def _has_track(tag: bytes) -> bool:
    """Version 1.1 has the track number after a zero byte, in the last two bytes of version 1.0's comment."""
    return tag[125] == 0 and tag[126] not in (0, 0x20)
