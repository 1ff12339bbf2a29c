"""Tags of MP3 files as programs really write them: comments, old names in new tags, character sets."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest

from audiodesk.audio.tags.id3v1 import read_id3v1
from audiodesk.audio.tags.tag_text import decoded_text
from audiodesk.domain.audio.findings import Verdict
from tests import media
from tests.audio.conftest import Saved


def _comment(text: str, description: str = "", language: bytes = b"eng") -> tuple[bytes, bytes]:
    return b"COMM", b"\0" + language + description.encode("latin-1") + b"\0" + text.encode("latin-1")


_NORM = " 00000D8C 00000ECC 0000A1B2 00001122 00000000 00000000 00007FFF 00007FFF 00000000 00000000"
_SMPB = " 00000000 00000210 00000A92 000000000013EF5E 00000000 00000000"
_ITUNES = [
    _comment("0", "iTunPGAP"),
    _comment(_NORM, "iTunNORM"),
    _comment(_SMPB, "iTunSMPB"),
    _comment("F60A5D13+1234+5", "iTunes_CDDB_1"),
    _comment("7", "iTunes_CDDB_TrackNumber"),
]


@pytest.mark.parametrize(
    ("comments", "said"),
    [
        (_ITUNES, ""),
        ([*_ITUNES, _comment("Retake of page 12")], "Retake of page 12"),
        ([_comment("Retake of page 12"), *_ITUNES], "Retake of page 12"),
        ([_comment("from v1", "ID3v1 Comment"), _comment("Mine", language=b"deu")], "Mine"),
        ([_comment("from v1", "ID3v1 Comment"), *_ITUNES], "from v1"),
        ([_comment("Tender", "MusicMatch_Mood"), _comment("x", "Songs-DB_Custom1")], ""),
        ([_comment("   "), _comment("Named", "Note")], "Named"),
        ([_comment("First", language=b"deu"), _comment("Second", language=b"eng")], "First"),
        ([_comment(_NORM)], ""),
        ([_comment("20240101 20240102")], "20240101 20240102"),
        ([_comment("0")], "0"),
        ([_comment("itunes is fine as a text")], "itunes is fine as a text"),
    ],
)
@pytest.mark.parametrize("version", [3, 4])
def test_the_comment_is_the_person_s(
    report_on: Saved, version: int, comments: Sequence[tuple[bytes, bytes]], said: str
) -> None:
    tag = media.id3v2(version, title="Chapter 1", more=comments)
    report = report_on(media.mpeg_bytes(before=tag, header=media.xing(100, None)), "a.mp3")
    assert (report.verdict, report.tags.title, report.tags.comment) == (Verdict.OK, "Chapter 1", said)


def test_comments_of_itunes_in_an_old_tag(report_on: Saved) -> None:
    comments = [(b"COM", body) for _, body in (*_ITUNES, _comment("Mine"))]
    report = report_on(media.mpeg_bytes(before=media.id3v2(2, more=comments)), "a.mp3")
    assert report.tags.comment == "Mine"


def test_a_comment_of_numbers_that_the_old_tag_cut(report_on: Saved) -> None:
    old = media.id3v1()[:97] + _NORM[:28].encode() + b"\0\7\0"
    report = report_on(media.mpeg_bytes(after=old), "a.mp3")
    assert (report.tags.title, report.tags.comment, report.tags.track) == ("Old title", "", "7")


# --- names of version 2.2 in later tags ---


def _tag(version: int, frames: bytes) -> bytes:
    size = len(frames)
    return b"ID3" + bytes((version, 0, 0)) + bytes((0, size >> 14 & 127, size >> 7 & 127, size & 127)) + frames


def _text(value: str) -> bytes:
    return b"\0" + value.encode("latin-1")


_PICTURE_OLD = b"\0PNG\3\0" + b"\x89PNG" + bytes(496)
_PICTURE_NEW = b"\0image/png\0\3\0" + b"\x89PNG" + bytes(496)


@pytest.mark.parametrize("closing", [b"\0", b" "])
@pytest.mark.parametrize("padding", [0, 40])
@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("picture", [_PICTURE_OLD, _PICTURE_NEW])
def test_old_names_under_new_headers(
    report_on: Saved, version: int, closing: bytes, padding: int, picture: bytes
) -> None:
    frames = b""
    for name, body in (
        (b"TT2", _text("Hello")),
        (b"TP1", _text("Joe")),
        (b"TAL", _text("Album")),
        (b"TRK", _text("3/12")),
        (b"COM", b"\0engiTunNORM\0" + _NORM.encode()),
        (b"COM", b"\0eng\0Page 12"),
        (b"PIC", picture),
    ):
        size = len(body)
        number = bytes((0, 0, size >> 7, size & 127)) if version == 4 else struct.pack(">I", size)
        frames += name + closing + number + b"\0\0" + body
    report = report_on(media.mpeg_bytes(before=_tag(version, frames + bytes(padding))), "a.mp3")
    tags = report.tags
    assert (tags.title, tags.artist, tags.album, tags.track) == ("Hello", "Joe", "Album", "3/12")
    assert (tags.comment, tags.cover_bytes) == ("Page 12", 500)
    assert report.frames == 115200


@pytest.mark.parametrize("padding", [0, 40])
def test_a_whole_tag_of_version_2_2_that_says_it_is_2_3(report_on: Saved, padding: int) -> None:
    frames = b"".join(
        name + len(body).to_bytes(3, "big") + body
        for name, body in ((b"TT2", _text("Hello")), (b"TP1", _text("Joe")), (b"PIC", _PICTURE_OLD))
    )
    report = report_on(media.mpeg_bytes(before=_tag(3, frames + bytes(padding))), "a.mp3")
    assert (report.tags.title, report.tags.artist, report.tags.cover_bytes) == ("Hello", "Joe", 500)


def test_old_and_new_names_in_one_tag(report_on: Saved) -> None:
    frames = b"".join(
        name + struct.pack(">I", len(body)) + b"\0\0" + body
        for name, body in (
            (b"TT2\0", _text("Hello")),
            (b"TPE1", _text("Joe")),
            (b"XYZ\0", b"??"),
            (b"TALB", _text("B")),
        )
    )
    report = report_on(media.mpeg_bytes(before=_tag(3, frames)), "a.mp3")
    assert (report.tags.title, report.tags.artist) == ("Hello", "Joe")


# --- ID3v1 ---


def _old_tag(title: bytes, fill: bytes = b"\0", comment: bytes = b"", last: bytes = b"\0\0\xff") -> bytes:
    fields = (title, b"Joe", b"Album")
    text = b"".join(field.ljust(30, fill)[:30] for field in fields)
    tag = b"TAG" + text + b"2024" + (comment.ljust(28, fill) + last)[-31 if len(comment) > 28 else 0 :]
    return tag[:128]


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Märchen".encode(), "Märchen"),
        ("Märchen".encode("cp1252"), "Märchen"),
        ("Märchen – “Anfang”".encode("cp1252"), "Märchen – “Anfang”"),
        ("Глава 1".encode(), "Глава 1"),
        (b"Plain", "Plain"),
        ("Café".encode("cp1252"), "Café"),
        (("ä" * 16).encode()[:30], "ä" * 15),
        ("Über".encode("cp1252"), "Über"),
        (b"\xc3", "Ã"),
        (b"\x81\x8d", "��"),
    ],
)
@pytest.mark.parametrize("fill", [b"\0", b" "])
def test_the_character_sets_of_the_old_tag(report_on: Saved, raw: bytes, title: str, fill: bytes) -> None:
    report = report_on(media.mpeg_bytes(after=_old_tag(raw, fill)), "a.mp3")
    assert (report.verdict, report.tags.title) == (Verdict.OK, title)
    assert (report.tags.artist, report.tags.album, report.tags.date) == ("Joe", "Album", "2024")


def test_another_code_page_cannot_be_known_and_breaks_nothing(report_on: Saved) -> None:
    report = report_on(media.mpeg_bytes(after=_old_tag("Глава".encode("cp1251"))), "a.mp3")
    assert (report.verdict, report.tags.title) == (Verdict.OK, "Ãëàâà")
    assert len(report_on(media.mpeg_bytes(after=_old_tag(bytes(range(128, 158)))), "a.mp3").tags.title) == 30


def test_a_cut_last_letter_is_left_out_only_where_the_rest_is_utf_8() -> None:
    assert decoded_text("Märä".encode()[:-1]) == "Mär"
    assert decoded_text("Mär".encode("cp1252") + b"\xc3") == "MärÃ"
    assert decoded_text(b"Title\0rest") == "Title"


@pytest.mark.parametrize(
    ("tail", "track", "comment"),
    [
        (b"Note".ljust(28, b"\0") + b"\0\x07", "7", "Note"),
        (b"Note".ljust(30, b"\0"), "", "Note"),
        (b"Note".ljust(30, b" "), "", "Note"),
        (b"x" * 30, "", "x" * 30),
    ],
)
def test_the_track_s_number_of_version_1_1(tail: bytes, track: str, comment: str) -> None:
    found = read_id3v1(b"TAG" + b"T".ljust(30, b"\0") * 3 + b"2024" + tail + b"\x65")
    assert (found.get("track", ""), found["comment"], found["genre"]) == (track, comment, "Speech")


def test_a_tag_of_nothing_says_nothing() -> None:
    assert read_id3v1(b"TAG" + bytes(124) + b"\xff") == {}
    assert read_id3v1(b"TAG" + b" " * 124 + b"\xff") == {}


@pytest.mark.parametrize(
    "after",
    [
        media.ape("Two") + media.lyrics3() + media.id3v1("One"),
        media.lyrics3() + media.ape("Two") + media.id3v1("One"),
        media.ape("Two") + b"LYRICSBEGINla laLYRICSEND" + media.id3v1("One"),
        media.id3v1("One") + media.ape("Two"),
        media.ape("Two") + media.lyrics3() + media.id3v1("One") + b"\r\n",
    ],
)
def test_several_tags_at_the_end(report_on: Saved, after: bytes) -> None:
    report = report_on(media.mpeg_bytes(header=media.xing(100, None), after=after), "a.mp3", full=True)
    assert (report.verdict, report.all_findings, report.frames) == (Verdict.OK, (), 115200)
    assert (report.tags.title, report.tags.artist) == ("Two", "Somebody")
