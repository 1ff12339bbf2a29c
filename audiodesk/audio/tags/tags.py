"""Reads title, artist, album and the like from a file's tags: mutagen gets pieces of bounded size."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from mutagen import MutagenError, apev2, id3

from audiodesk.audio.bytes.source import Source
from audiodesk.audio.bytes.tag_extents import TagExtent, id3v2_size
from audiodesk.audio.tags.id3 import pick_frames
from audiodesk.audio.tags.id3v1 import read_id3v1
from audiodesk.audio.tags.tag_text import decoded_text
from audiodesk.audio.wave.riff import Chunk, Wave
from audiodesk.domain.audio.contents import Tags

__all__ = ["tags_of_mp3", "tags_of_wave"]

_MOST_ID3 = 32 * 1024 * 1024
_MOST_OTHER = 256 * 1024
_MOST_ENTRIES = 200
_LONGEST = 1000
"""Characters of one tag that are kept; the rest is cut."""
_ID3_NAMES = {
    "title": ("TIT2",),
    "artist": ("TPE1", "TPE2"),
    "album": ("TALB",),
    "track": ("TRCK",),
    "date": ("TDRC",),
    "comment": ("COMM",),
    "encoder": ("TSSE", "TENC"),
}
_PROGRAMS_OWN = ("itun", "musicmatch_", "songs-db_")
_NUMBERS = re.compile(r"(\s*\b[0-9A-F]{8}\b){3,}(\s*[0-9A-F]{1,8})?")
"""iTunes' measurements (iTunNORM, iTunSMPB) that lost their description; a short tag cuts them."""
_READ = {"TIT2", "TPE1", "TPE2", "TALB", "TRCK", "TDRC", "TYER", "TCON", "COMM", "TSSE", "TENC", "APIC"}
_apev2: Any = apev2  # mutagen has no types
_id3: Any = id3
_KNOWN = {name: _id3.Frames[name] for name in _READ}
_KNOWN |= {name: kind for name, kind in _id3.Frames_2_2.items() if kind.__bases__[0].__name__ in _READ}
_APE_NAMES = {
    "title": "Title",
    "artist": "Artist",
    "album": "Album",
    "track": "Track",
    "date": "Year",
    "genre": "Genre",
    "comment": "Comment",
}
_INFO_NAMES = {
    b"INAM": "title",
    b"IART": "artist",
    b"IPRD": "album",
    b"ITRK": "track",
    b"IPRT": "track",
    b"ICRD": "date",
    b"IGNR": "genre",
    b"ICMT": "comment",
    b"ISFT": "encoder",
}
# mutagen raises almost anything on strange tags; none of these errors says something about the audio.
_ANY = (MutagenError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, OSError)


def _clean(text: Any) -> str:
    shown = "".join(char if char.isprintable() else " " for char in str(text).replace("\0", " / "))
    return " ".join(shown[: _LONGEST * 2].split())[:_LONGEST]


def _frames(tag: Any, name: str) -> list[Any]:
    """Return the frames of that name. Comments without a description come first; programs' own comments are left out.

    iTunes, MusicMatch and MediaMonkey keep numbers and moods in comments with a description.
    """
    if name != "COMM":
        return list(tag.getall(name))
    comments = [frame for frame in tag.getall(name) if not frame.desc.strip().lower().startswith(_PROGRAMS_OWN)]
    return sorted(comments, key=lambda frame: bool(frame.desc.strip()))


def _from_id3(tag: Any, picture_cut: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, names in _ID3_NAMES.items():
        for name in names:
            texts = [frame for frame in _frames(tag, name) if str(frame).strip()]
            if texts and field not in found:
                found[field] = _clean(texts[0])
    genres = [genre for frame in tag.getall("TCON") for genre in frame.genres if genre.strip()]
    if genres:
        found["genre"] = _clean(genres[0])
    pictures = sum(len(picture.data) for picture in tag.getall("APIC"))
    if pictures + picture_cut:
        found["cover_bytes"] = pictures + picture_cut
    return found


def _id3v2(source: Source, start: int, size: int) -> dict[str, Any]:
    """Return the texts of the tag at ``start``; empty where it cannot be read."""
    data = source.read(start, min(size, _MOST_ID3))
    picked = pick_frames(data, _KNOWN)
    if picked is None:
        return {}
    try:
        return _from_id3(_id3.ID3(io.BytesIO(picked.data), known_frames=_KNOWN, load_v1=False), picked.picture_cut)
    except _ANY:
        return {}


def _id3v1(source: Source, start: int, size: int) -> dict[str, Any]:
    tag = source.read(start + size - 128, 128)
    return {field: _clean(text) for field, text in read_id3v1(tag).items()} if len(tag) == 128 else {}


def _ape(source: Source, start: int, size: int) -> dict[str, Any]:
    if size > _MOST_OTHER:
        return {}
    try:
        ape: Mapping[str, Any] = _apev2.APEv2(io.BytesIO(source.read(start, size)))
        return {field: _clean(ape[name]) for field, name in _APE_NAMES.items() if name in ape}
    except _ANY:
        return {}


_READERS = {"id3v2": _id3v2, "id3v1": _id3v1, "ape": _ape}


def _merged(found: Iterable[Mapping[str, Any]], **more: str) -> Tags:
    """Merge tags; for each field the first non-empty text counts."""
    result: dict[str, Any] = {}
    for values in (*found, {key: value for key, value in more.items() if value}):
        for field, value in values.items():
            if value and field not in result and not (field == "comment" and _NUMBERS.fullmatch(value)):
                result[field] = value
    return Tags(**result)


def tags_of_mp3(source: Source, extents: Iterable[TagExtent], encoder: str = "") -> Tags:
    """Return the tags of an MP3: ID3v2 before APEv2 before ID3v1.

    ``encoder`` is the encoder that the header frame names, used where no tag names one.
    """
    order = ("id3v2", "ape", "id3v1")
    known = [extent for extent in extents if extent.kind in order]
    known.sort(key=lambda extent: order.index(extent.kind))
    return _merged((_READERS[extent.kind](source, extent.start, extent.size) for extent in known), encoder=encoder)


def _info(source: Source, chunk: Chunk, code_page: str) -> dict[str, Any]:
    """Return the texts of a LIST chunk of the form INFO. Not every program pads entries of odd size."""
    body = source.read(chunk.start, min(chunk.size, _MOST_OTHER))
    found: dict[str, Any] = {}
    if body[:4] != b"INFO":
        return found
    at = 4
    for _ in range(_MOST_ENTRIES):
        name, size = body[at : at + 4], int.from_bytes(body[at + 4 : at + 8], "little")
        if len(body) < at + 8:
            break
        field = _INFO_NAMES.get(name)
        if field is not None:
            found.setdefault(field, _clean(decoded_text(body[at + 8 : at + 8 + min(size, _LONGEST * 4)], code_page)))
        at += 8 + size
        if size % 2 and not (_is_entry(body, at) and not _is_entry(body, at + 1)):
            at += 1
    return found


def _is_entry(body: bytes, at: int) -> bool:
    """Return whether an entry that fits begins at ``at``: four capital letters or digits, and a size."""
    name, size = body[at : at + 4], int.from_bytes(body[at + 4 : at + 8], "little")
    return name.isalnum() and name.upper() == name and at + 8 + size <= len(body)


def _code_page(source: Source, chunk: Chunk) -> str:
    """Return the encoding that a CSET chunk names; cp1252 where Python does not have it."""
    number = int.from_bytes(source.read(chunk.start, min(chunk.size, 2)), "little")
    name = {65001: "utf-8", 10000: "mac_roman"}.get(number, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _bext(source: Source, chunk: Chunk) -> dict[str, Any]:
    """Return description, originator and date of a broadcast chunk."""
    body = source.read(chunk.start, min(chunk.size, 602))
    return {
        "comment": _clean(decoded_text(body[:256])),
        "encoder": _clean(decoded_text(body[256:288])),
        "date": _clean(decoded_text(body[320:330])),
    }


def tags_of_wave(source: Source, wave: Wave) -> Tags:
    """Return the tags of a WAV: ID3v2 before INFO before bext before MP3-style tags after the chunks."""
    id3s: list[dict[str, Any]] = []
    infos: list[dict[str, Any]] = []
    bexts: list[dict[str, Any]] = []
    named = wave.body_of(b"CSET")
    code_page = "cp1252" if named is None else _code_page(source, named)
    for chunk in wave.chunks[:_MOST_ENTRIES]:
        if chunk.name in (b"id3 ", b"ID3 "):
            if (size := id3v2_size(source.read(chunk.start, 10))) is not None:
                id3s.append(_id3v2(source, chunk.start, min(size, chunk.size)))
        elif chunk.name == b"LIST":
            infos.append(_info(source, chunk, code_page))
        elif chunk.name == b"bext":
            bexts.append(_bext(source, chunk))
    loose = {kind: [tag for tag in wave.tags if tag.kind == kind] for kind in _READERS}
    id3s += [_id3v2(source, tag.start, tag.size) for tag in loose["id3v2"]]
    behind = [_READERS[tag.kind](source, tag.start, tag.size) for tag in (*loose["ape"], *loose["id3v1"])]
    return _merged((*id3s, *infos, *bexts, *behind))
