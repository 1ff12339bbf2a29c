"""Tells what a file is from its bytes, never from its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from audiodesk.audio import containers
from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import BLANK, Tagged, find_tags
from audiodesk.audio.mpeg.mpeg_header import parse_header
from audiodesk.audio.mpeg.mpeg_search import Budget, chain_length, find_frames, goes_on, is_free_format

__all__ = ["Sniffed", "What", "sniff"]

_HEAD = 4096
_SEARCHED = 4 * 1024 * 1024
"""Bytes in which MPEG frames are searched where the file does not begin with one."""
_MOST_BLANK = 64 * 1024
_FRAMES_AT_START = 3
_FRAMES_BEHIND_JUNK = 6


class What(StrEnum):
    """The sort of file; ``Sniffed.name`` says more."""

    WAV = "wav"
    MP3 = "mp3"
    UNSUPPORTED = "unsupported"
    """MP3 or WAV in an encoding that AudioDesk does not take: ``name`` is the encoding."""
    OTHER = "other"
    """Neither MP3 nor WAV: ``name`` is the ``what`` of the finding."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the bytes are. ``start`` is the offset of "RIFF" or of the first MPEG frame."""

    what: What
    name: str = ""
    start: int = 0
    tagged: Tagged | None = None


_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"caff", "caf"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "wma"),
    (0, b"#!AMR", "amr"),
    (0, b".snd", "au"),
    (0, b"wvpk", "wavpack"),
    (0, b"MAC ", "ape"),
    (0, b"DSD ", "dsd"),
    (0, b"FRM8", "dsd"),
    (0, b"MPCK", "musepack"),
    (0, b"MP+", "musepack"),
    (0, b"TTA1", "tta"),
    (0, b"MThd", "midi"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x00\x00\x01\xb3", "video"),
    (0, b"FLV\x01", "flash"),
    (0, b"ADIF", "aac"),
    (0, b"\x7f\xfe\x80\x01", "dts"),
    (0, b"\xfe\x7f\x01\x80", "dts"),
    (0, b".RMF", "realmedia"),
    (0, b".ra\xfd", "realmedia"),
    (0, b"OFR ", "optimfrog"),
    (0, b"ajkg", "shorten"),
    (0, b"\x02dss", "dss"),
    (0, b"\x03dss", "dss"),
    (0, b"\x03ds2", "dss"),
    (0, b"Creative Voice File", "voc"),
    (0, b"%PDF", "pdf"),
    (0, b"PK\x03\x04", "archive"),
    (0, b"PK\x05\x06", "archive"),
    (0, b"Rar!", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"\x89PNG", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF8", "image"),
    (0, b"SQLite format 3\0", "database"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ", "program"),
    (0, b"\x00\x05\x16\x07", "macos-sidecar"),
    (0, b"RPKN", "peaks"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (0, b"{\\rtf", "office"),
)
_BY_CONTENT: Mapping[str, Callable[[Source, int], str]] = {
    "mp4": containers.name_of_mp4,
    "matroska": containers.name_of_matroska,
    "flash": containers.name_of_flash,
    "mpeg": containers.name_of_mpeg,
    "ogg": containers.name_of_ogg,
}
"""Families that may hold audio or a video: each has a function that looks inside."""
_HTML = re.compile(
    rb"\s*(<!doctype html|<html|<head|<body|<!--|<script|<\?xml[^>]*>\s*<(!doctype )?html)", re.IGNORECASE
)
_RIFF_FORMS = {b"AVI ": "video", b"XWMA": "wma", b"RMID": "midi", b"WEBP": "image"}
_W64 = bytes.fromhex("726966662e91cf11a5d628db04c10000")


def _container(head: bytes) -> Sniffed | None:
    """Recognise the families that share a beginning: RIFF, IFF, MP4."""
    if head[:4] == b"RIFX":
        return Sniffed(What.UNSUPPORTED, "RIFX")
    if head[:16] == _W64:
        return Sniffed(What.UNSUPPORTED, "Wave64")
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        if head[8:12] == b"WAVE":
            return Sniffed(What.WAV)
        return Sniffed(What.OTHER, _RIFF_FORMS.get(head[8:12], "unknown"))
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Sniffed(What.OTHER, "aiff")
    if head[4:8] == b"ftyp" or (head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") and head[:1] == b"\0"):
        return Sniffed(What.OTHER, "mp4")
    return None


def _by_magic(head: bytes) -> Sniffed | None:
    found = _container(head)
    if found is not None:
        return found
    for at, magic, name in _MAGIC:
        if head.startswith(magic, at):
            return Sniffed(What.OTHER, name)
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Sniffed(What.OTHER, "mpeg")
    return None


def _named(source: Source, at: int) -> Sniffed | None:
    """Recognise formats other than MPEG's, and look inside those that may hold audio or a video."""
    found = _by_magic(source.read(at, _HEAD))
    if found is None:
        name = "ac3" if containers.is_ac3(source, at) else "aac" if containers.is_aac(source, at) else None
        return None if name is None else Sniffed(What.OTHER, name)
    look = _BY_CONTENT.get(found.name)
    return found if look is None else Sniffed(What.OTHER, look(source, at))


def _behind_blanks(source: Source, start: int, end: int) -> int:
    """Return the end of the zeros, line ends or UTF-8 mark that some programs leave after a tag or at the beginning.

    Returns ``start`` where there are too many.
    """
    piece = source.read(start, min(_MOST_BLANK, end - start))
    rest = piece.lstrip(BLANK).removeprefix(b"\xef\xbb\xbf").lstrip(BLANK)
    return start + len(piece) - len(rest) if rest else start


def _text(head: bytes) -> str | None:
    """Return "html" or "text" where the beginning is one of them, else None."""
    plain = head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = head[2:].replace(b"\0", b"")
    elif b"\0" in head:
        return None
    else:
        try:
            head.decode("utf-8")
        except UnicodeDecodeError as error:
            if len(head) < _HEAD or error.start < _HEAD - 4:  # ignore a letter that the end of the read bytes cut
                plain = plain if _mostly_ascii(head) else b""
    if not plain or sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in plain) > len(plain) // 100:
        return None
    return "html" if _HTML.match(plain) else "text"


def _mostly_ascii(head: bytes) -> bool:
    return sum(9 <= byte < 127 for byte in head) > len(head) * 3 // 4


def _other_layer(source: Source, start: int, end: int) -> str | None:
    for layer in (2, 1):
        count, reaches = chain_length(source, start, end, _FRAMES_AT_START)
        header = parse_header(source.read(start, 4))
        if header and header.layer == layer and (count >= _FRAMES_AT_START or (count and reaches)):
            return header.name
    return None


def _mpeg(source: Source, tagged: Tagged) -> Sniffed | None:
    start, end = tagged.start, tagged.end
    head = source.read(start, 4)
    header = parse_header(head)
    if header is not None and header.layer == 3 and header.length:
        count, reaches = chain_length(source, start, end, _FRAMES_AT_START)
        alike = count >= _FRAMES_AT_START or (reaches and (count or tagged.tags))
        if alike or goes_on(source, start, end, _FRAMES_AT_START):
            return Sniffed(What.MP3, start=start, tagged=tagged)
    if is_free_format(source, start, end):
        return Sniffed(What.UNSUPPORTED, "MP3 in free format")
    if header is not None and header.layer != 3 and (name := _other_layer(source, start, end)):
        return Sniffed(What.UNSUPPORTED, name)
    return None


def _behind_junk(source: Source, tagged: Tagged) -> Sniffed | None:
    end = min(tagged.end, tagged.start + _SEARCHED)
    found = find_frames(source, tagged.start, end, need=_FRAMES_BEHIND_JUNK, budget=Budget())
    return None if found is None else Sniffed(What.MP3, start=found, tagged=tagged)


def _is_zero(source: Source, start: int, end: int) -> bool:
    """Return whether all bytes between are zeros, judged by 64 KB at both ends."""
    count = max(0, min(end - start, 65536))
    return not any(source.read(start, count)) and not any(source.read(end - count, count))


def sniff(source: Source) -> Sniffed:
    """Return what the file is.

    Raises ``SourceError`` if the file cannot be read.
    """
    if source.size == 0:
        return Sniffed(What.OTHER, "empty")
    head = source.read(0, _HEAD)
    found = _named(source, 0)
    if found is not None:
        return found
    tagged = find_tags(source)
    for start in (tagged.start, _behind_blanks(source, tagged.start, tagged.end)):
        found = _named(source, start) if start else None
        if found is not None:
            return Sniffed(found.what, found.name, start, tagged)
    found = _mpeg(source, tagged)
    if found is None and _is_zero(source, 0, source.size):
        return Sniffed(What.OTHER, "zeros")
    found = found or _behind_junk(source, tagged)
    if found is not None:
        return found
    text = _text(head)
    if text is not None:
        return Sniffed(What.OTHER, text)
    if any(tag.kind.startswith("id3") for tag in tagged.tags) and _is_zero(source, tagged.start, tagged.end):
        return Sniffed(What.OTHER, "only-tags", tagged.start, tagged)
    return Sniffed(What.OTHER, "unknown")
