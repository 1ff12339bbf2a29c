"""Finds the tags of a file and the sizes that they state: ID3v1, ID3v2, APEv2, Lyrics3.

Source: id3.org (v2.4 structure, 3.1 and 3.4), wiki.hydrogenaud.io (APEv2 specification), id3.org/Lyrics3v2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.audio.bytes.source import Source

__all__ = ["BLANK", "MOST_BLANK", "TagExtent", "Tagged", "find_tags", "id3v2_size", "tag_at"]

_MOST_TAGS = 32
BLANK = b"\0\t\n\r "
MOST_BLANK = 4096
"""Up to this many blank bytes at the end are only padding to a line or a sector, and are not reported."""


@dataclass(frozen=True, slots=True)
class TagExtent:
    """One tag. ``kind`` is "id3v1", "id3v2", "ape" or "lyrics3"; offsets and sizes are bytes."""

    kind: str
    start: int
    size: int


@dataclass
class Tagged:
    """The part of a file between the tags at its beginning and those at its end."""

    start: int
    end: int
    tags: list[TagExtent] = field(default_factory=list)
    overrun: int = 0
    """Bytes by which a tag's stated size exceeds the room in the file."""


def id3v2_size(head: bytes) -> int | None:
    """Return the stated size of the ID3v2 tag that begins with these ten bytes; None where they do not begin one."""
    if len(head) < 10 or head[:3] != b"ID3" or head[3] == 0xFF or head[4] == 0xFF or max(head[6:10]) > 0x7F:
        return None
    body = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + body + (10 if head[5] & 0x10 else 0)


def _ape_size(part: bytes) -> tuple[int, bool, bool] | None:
    """Return the size without the header, whether this is the header, and whether the tag has a header."""
    if len(part) < 32 or part[:8] != b"APETAGEX":
        return None
    flags = int.from_bytes(part[20:24], "little")
    return int.from_bytes(part[12:16], "little"), bool(flags & 1 << 29), bool(flags & 1 << 31)


def tag_at(source: Source, position: int, end: int) -> int | None:
    """Return the size of the tag that begins at ``position`` and ends before ``end``; None where there is none."""
    head = source.read(position, min(32, end - position))
    size = id3v2_size(head)
    if size is None and (ape := _ape_size(head)) is not None and ape[1]:
        size = 32 + ape[0]
    if size is None and head[:3] == b"TAG" and end - position >= 128 and head[3:4] != b"+":
        size = 128
    return size if size is not None and 0 < size <= end - position else None


def _leading(source: Source, tagged: Tagged) -> None:
    while len(tagged.tags) < _MOST_TAGS:
        head = source.read(tagged.start, min(32, tagged.end - tagged.start))
        kind, size = "id3v2", id3v2_size(head)
        if size is None and (ape := _ape_size(head)) is not None and ape[1]:
            kind, size = "ape", 32 + ape[0]
        if size is None:
            return
        room = tagged.end - tagged.start
        if size > room:
            tagged.overrun = max(tagged.overrun, size - room)
            tagged.start += 10 if kind == "id3v2" else 32
            return
        tagged.tags.append(TagExtent(kind, tagged.start, size))
        tagged.start += size


def _last_tag(source: Source, start: int, end: int) -> tuple[str, int] | None:
    """Return the kind and the stated size of the tag that ends at ``end``."""
    tail = source.read(max(start, end - 160), min(160, end - start))
    if len(tail) >= 128 and tail[-128:-125] == b"TAG":
        return "id3v1", 128
    ape = _ape_size(tail[-32:])
    if ape is not None and not ape[1]:
        return "ape", max(32, ape[0]) + (32 if ape[2] else 0)
    if tail[-9:] == b"LYRICS200" and tail[-15:-9].isdigit():
        return "lyrics3", int(tail[-15:-9]) + 15
    if len(tail) >= 10 and tail[-10:-7] == b"3DI":
        size = id3v2_size(b"ID3" + tail[-7:])
        return None if size is None else ("id3v2", size)
    return None


def _lyrics3_v1(source: Source, start: int, end: int) -> int | None:
    tail = source.read(max(start, end - 5200), min(5200, end - start))
    if tail[-9:] != b"LYRICSEND":
        return None
    begins = tail.rfind(b"LYRICSBEGIN")
    return len(tail) - begins if begins >= 0 else None


def _last_of_any(source: Source, start: int, end: int) -> tuple[str, int] | None:
    found = _last_tag(source, start, end)
    if found is None and (lyrics := _lyrics3_v1(source, start, end)) is not None:
        return "lyrics3", lyrics
    return found


def _without_blanks(source: Source, start: int, end: int) -> int | None:
    """Return where a tag ends before the zeros, spaces or line ends at ``end``; None where there is no tag.

    A tag's own last bytes may be blank, so each kind is found by the mark that begins its last part.
    """
    tail = source.read(max(start, end - MOST_BLANK - 160), min(MOST_BLANK + 160, end - start))
    text = len(tail.rstrip(BLANK))
    if text == len(tail):
        return None
    before = end - len(tail)
    for mark, size in ((b"TAG", 128), (b"APETAGEX", 32)):
        found = tail.rfind(mark, 0, text)
        if found >= 0 and text <= found + size < len(tail):
            return before + found + size
    end = before + text
    return end if _last_of_any(source, start, end) is not None else None


def _trailing(source: Source, tagged: Tagged) -> None:
    while len(tagged.tags) < _MOST_TAGS and tagged.end > tagged.start:
        found = _last_of_any(source, tagged.start, tagged.end)
        if found is None:
            end = _without_blanks(source, tagged.start, tagged.end)
            found = _last_of_any(source, tagged.start, end) if end is not None else None
            if end is None or found is None:
                return
            tagged.end = end
        kind, size = found
        room = tagged.end - tagged.start
        if size > room:
            tagged.overrun = max(tagged.overrun, size - room)
            # Only the footer is certainly part of a tag.
            size = min(room, {"ape": 32, "lyrics3": 15, "id3v2": 10}.get(kind, room))
            tagged.end -= size
            continue
        if kind == "id3v1" and room >= 355 and source.read(tagged.end - 355, 4) == b"TAG+":
            size = 355  # the "enhanced" tag stands before the plain one
        tagged.end -= size
        tagged.tags.append(TagExtent(kind, tagged.end, size))


def find_tags(source: Source, end: int | None = None, start: int = 0) -> Tagged:
    """Return the tags at both ends of the file, or of a part of it, and what lies between them."""
    tagged = Tagged(start, source.size if end is None else end)
    _leading(source, tagged)
    _trailing(source, tagged)
    return tagged
