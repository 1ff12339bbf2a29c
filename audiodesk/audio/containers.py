"""Tells whether a file of another format holds audio or a video, if its beginning does not show that.

Sources: ISO/IEC 14496-12 (MP4), RFC 8794 and RFC 9559 (Matroska, WebM), RFC 3533 (Ogg), ETSI TS 102 366 (AC-3),
ISO/IEC 13818-7 and 14496-3 (AAC). Each search reads some hundreds of small pieces at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from audiodesk.audio.bytes.source import Source

__all__ = [
    "NAMES",
    "is_aac",
    "is_ac3",
    "name_of_flash",
    "name_of_matroska",
    "name_of_mp4",
    "name_of_mpeg",
    "name_of_ogg",
]

NAMES = frozenset({"m4a", "mp4-audio", "amr", "mka", "webm-audio", "flash-audio", "mpeg-audio", "ogg", "video"})
"""Every name that a function of this module returns."""
_MOST_PARTS = 200
_FRAMES = 3
_AUDIO_BRANDS = (b"M4A ", b"M4B ", b"M4P ", b"mp4a")
_AAC_ENTRIES = (b"mp4a", b"alac")
_AMR_ENTRIES = (b"samr", b"sawb")
_STILL_ENTRIES = (b"jpeg", b"png ", b"mjpa", b"mjpb")
"""Still pictures: some audiobooks keep those of chapters and covers as a track."""
_Part = tuple[bytes, int, int]
"""Name of a part, and start and end of its contents."""


# --- MP4 ---


def name_of_mp4(source: Source, start: int) -> str:
    """Return "m4a", "mp4-audio" (another codec), "amr" or "video" for the MP4 or QuickTime file at ``start``."""
    brand = source.read(start + 4, 8)
    if brand[:4] == b"ftyp" and brand[4:] in _AUDIO_BRANDS:
        return "m4a"
    entries: list[bytes] = []
    moov = _box(source, (b"", start, source.size), b"moov")
    for trak in _boxes(source, moov) if moov else ():
        kind, entry = _track(source, trak) if trak[0] == b"trak" else (b"", b"")
        if kind == b"vide" and entry not in _STILL_ENTRIES:
            return "video"
        if kind == b"soun":
            entries.append(entry)
    if not entries:
        return "video"
    if entries[0] in _AMR_ENTRIES:
        return "amr"
    return "m4a" if entries[0] in _AAC_ENTRIES else "mp4-audio"


def _boxes(source: Source, part: _Part) -> Iterator[_Part]:
    _, start, end = part
    for _ in range(_MOST_PARTS):
        if start + 8 > end:
            return
        head = source.read(start, 16)
        size, body = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - start
        if size < body or len(head) < body:
            return
        yield head[4:8], start + body, min(start + size, end)
        start += size


def _box(source: Source, part: _Part, *path: bytes) -> _Part | None:
    """Return the first box at ``path``: names of boxes, each inside the one before."""
    found: _Part | None = part
    for name in path:
        found = next((box for box in _boxes(source, found) if box[0] == name), None) if found else None
    return found


def _track(source: Source, trak: _Part) -> tuple[bytes, bytes]:
    """Return the type of the track's handler, such as b"soun", and the name of its first kind of sample."""
    hdlr = _box(source, trak, b"mdia", b"hdlr")
    stsd = _box(source, trak, b"mdia", b"minf", b"stbl", b"stsd")
    return source.read(hdlr[1] + 8, 4) if hdlr else b"", source.read(stsd[1] + 12, 4) if stsd else b""


# --- Matroska, Flash and Ogg ---

_SEGMENT, _TRACKS, _ENTRY, _TYPE, _DOC_TYPE = b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae", b"\x83", b"\x42\x82"
_VIDEO, _AUDIO = 1, 2
_PACKET = re.compile(rb"\x00\x00\x01([\xbd\xc0-\xef])")
"""The beginning of a packet of audio (0xBD, 0xC0 to 0xDF) or video (0xE0 to 0xEF) (ISO/IEC 13818-1, 2.4.3.6)."""


def name_of_matroska(source: Source, start: int) -> str:
    """Return "mka", "webm-audio" or "video" for the Matroska or WebM file at ``start``."""
    doc_type, kinds = b"", []
    for name, begin, end in _elements(source, start, source.size):
        if name == _SEGMENT:
            kinds = list(_track_types(source, begin, end))
            break
        for part, value, value_end in _elements(source, begin, end):
            if part == _DOC_TYPE:
                doc_type = source.read(value, min(value_end - value, 16)).rstrip(b"\0")
    if _AUDIO not in kinds or _VIDEO in kinds:
        return "video"
    return "webm-audio" if doc_type == b"webm" else "mka"


def _track_types(source: Source, start: int, end: int) -> Iterator[int]:
    for name, begin, stop in _elements(source, start, end):
        if name != _TRACKS:
            continue
        for entry, first, last in _elements(source, begin, stop):
            if entry == _ENTRY:
                for part, value, value_end in _elements(source, first, last):
                    if part == _TYPE:
                        yield int.from_bytes(source.read(value, min(value_end - value, 8)), "big")
        return


def _elements(source: Source, start: int, end: int) -> Iterator[_Part]:
    for _ in range(_MOST_PARTS):
        if start >= end:
            return
        head = source.read(start, 12)
        if not head or not head[0]:
            return
        letters = 9 - head[0].bit_length()
        if letters > 4 or len(head) <= letters or not head[letters]:
            return
        width = 9 - head[letters].bit_length()
        mask = (1 << 7 * width) - 1
        size = int.from_bytes(head[letters : letters + width], "big") & mask
        begin = start + letters + width
        stop = end if size == mask else min(begin + size, end)  # all ones: size unknown, so up to the end
        yield head[:letters], begin, stop
        start = stop


def name_of_flash(source: Source, start: int) -> str:
    """Return "flash-audio" or "video" for the Flash video at ``start``, as its header says."""
    return "flash-audio" if source.read(start + 4, 1) == b"\x04" else "video"


def name_of_mpeg(source: Source, start: int) -> str:
    """Return "mpeg-audio" or "video" for the program or transport stream at ``start``, by its first packets."""
    kinds = {kind[0] for kind in _PACKET.findall(source.read(start, 256 * 1024))}
    return "mpeg-audio" if kinds and not any(0xE0 <= kind <= 0xEF for kind in kinds) else "video"


def name_of_ogg(source: Source, start: int) -> str:
    """Return "ogg" or "video" for the Ogg file at ``start``, by the page that begins each of its streams."""
    head = source.read(start, 4096)
    return "video" if any(name in head for name in (b"\x80theora", b"\x01video\0", b"BBCD\0")) else "ogg"


# --- frames without a container ---


def is_aac(source: Source, start: int) -> bool:
    """Return whether frames of ADTS or LOAS follow one another: three, or all that there are."""
    return _follow(source, start, _adts_length) or _follow(source, start, _loas_length)


def is_ac3(source: Source, start: int) -> bool:
    """Return whether frames of AC-3 or E-AC-3 follow one another: three, or all that there are."""
    return _follow(source, start, _ac3_length)


def _follow(source: Source, start: int, length_of: Callable[[bytes], int]) -> bool:
    for _ in range(_FRAMES):
        length = length_of(source.read(start, 7))
        if not length or start + length > source.size:
            return False
        start += length
        if start == source.size:
            return True
    return True


def _adts_length(head: bytes) -> int:
    if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length > 7 else 0


def _loas_length(head: bytes) -> int:
    if len(head) < 3 or head[0] != 0x56 or head[1] & 0xE0 != 0xE0:
        return 0
    return 3 + ((head[1] & 0x1F) << 8 | head[2])


_AC3_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)


def _ac3_length(head: bytes) -> int:
    if len(head) < 6 or head[:2] != b"\x0b\x77":
        return 0
    if head[5] >> 3 > 10:  # E-AC-3
        return ((head[2] & 7) << 8 | head[3]) * 2 + 2
    rate, code = head[4] >> 6, head[4] & 0x3F
    if rate == 3 or code >> 1 >= len(_AC3_KBPS):
        return 0
    kbps = _AC3_KBPS[code >> 1]
    return (kbps * 4, (kbps * 320 // 147 + (code & 1)) * 2, kbps * 6)[rate]
