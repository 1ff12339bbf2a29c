"""Audio in a container that may hold a video, or behind a tag, is recognized as what it is; so are videos."""

from __future__ import annotations

import pytest

from audiodesk.domain.audio.findings import Code, Finding, Verdict
from audiodesk.domain.words.audio.finding_words import finding_action
from tests import media
from tests.audio.conftest import Saved

_SOUND, _VIDEO = (b"soun", b"mp4a"), (b"vide", b"avc1")
_ADTS = (bytes((0xFF, 0xF1, 0x50, 0x80, 0x04, 0x1F, 0xFC)) + bytes(25)) * 20
_LOAS = (b"\x56\xe0\x20" + b"\x20" * 32) * 20
_MPC7, _MPC8 = b"MP+\x07" + b"\x12" * 400, b"MPCKSH" + b"\x12" * 400
_FLAC = b"fLaC\0\0\0\x22" + bytes(100)
_AUDIO = [
    *(
        (media.mp4(brand, [_SOUND], wide=wide, moov_first=first), "m4a")
        for brand in (b"M4A ", b"M4B ", b"mp42", b"isom", b"iso2", b"mp41", b"dash", b"qt  ", b"")
        for wide, first in ((False, False), (True, False), (False, True))
    ),
    (media.mp4(b"isom", [(b"soun", b"alac")]), "m4a"),
    (media.mp4(b"isom", [(b"soun", b"Opus")]), "mp4-audio"),
    (media.mp4(b"mp42", [(b"soun", b"ac-3"), (b"text", b"tx3g")]), "mp4-audio"),
    (media.mp4(b"3gp4", [(b"soun", b"samr")]), "amr"),
    (media.mp4(b"mp42", [_SOUND, (b"vide", b"jpeg")]), "m4a"),
    (media.matroska(b"matroska", [2]), "mka"),
    (media.matroska(b"matroska", [2, 17], unknown=True), "mka"),
    (media.matroska(b"webm", [2]), "webm-audio"),
    (b"FLV\x01\x04\0\0\0\x09" + bytes(100), "flash-audio"),
    (media.mpeg_stream([0xC0], transport=True), "mpeg-audio"),
    (media.mpeg_stream([0xBD], transport=False), "mpeg-audio"),
    (b"OggS\0\x02" + bytes(22) + b"\x01vorbis" + bytes(100), "ogg"),
    (_ADTS, "aac"),
    (_ADTS[:64], "aac"),
    (_LOAS, "aac"),
    (b"ADIF" + bytes(100), "aac"),
    *((media.ac3(4, rate=rate), "ac3") for rate in (0, 1, 2)),
    (media.ac3(4, enhanced=True), "ac3"),
    (_MPC7, "musepack"),
    (_MPC8, "musepack"),
    (_FLAC, "flac"),
    (b"\x02dss" + bytes(600), "dss"),
]


def _what(report_on: Saved, data: bytes, name: str = "take.mp3") -> str:
    report = report_on(data, name, full=True)
    assert (report.verdict, report.kind) == (Verdict.REFUSED, None)
    (finding,) = report.all_findings
    assert finding.code is Code.NOT_MP3_OR_WAV
    return str(finding.params["what"])


@pytest.mark.parametrize(("data", "what"), _AUDIO)
def test_audio_of_other_formats_is_named(report_on: Saved, data: bytes, what: str) -> None:
    assert _what(report_on, data) == what
    finding = Finding(Code.NOT_MP3_OR_WAV, {"what": what})
    assert finding_action(finding) == "Export it as WAV or MP3 and add that."


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (_ADTS, "aac"),
        (_LOAS, "aac"),
        (media.ac3(4), "ac3"),
        (_MPC7, "musepack"),
        (_MPC8, "musepack"),
        (_FLAC, "flac"),
        (b"wvpk" + bytes(100), "wavpack"),
        (b"TTA1" + bytes(100), "tta"),
        (b"MAC \x96\x0f" + bytes(100), "ape"),
        (media.matroska(b"webm", [2]), "webm-audio"),
    ],
)
@pytest.mark.parametrize("between", [b"", bytes(1000)])
def test_a_tag_before_it_does_not_make_an_mp3_of_it(report_on: Saved, data: bytes, what: str, between: bytes) -> None:
    assert _what(report_on, media.id3v2(3) + between + data) == what
    assert _what(report_on, media.id3v2(4, padding=300, cover=5000) + between + data + media.id3v1()) == what


def test_an_mp4_behind_a_tag(report_on: Saved) -> None:
    assert _what(report_on, media.id3v2(3) + media.mp4(b"isom", [_SOUND])) == "m4a"
    assert _what(report_on, media.id3v2(3) + media.mp4(b"isom", [_VIDEO])) == "video"


def test_unknown_bytes_behind_a_tag_are_no_mp3(report_on: Saved) -> None:
    assert _what(report_on, media.id3v2(3) + b"\x31\x74\x99" * 500) == "unknown"


@pytest.mark.parametrize(
    "data",
    [
        media.mp4(b"mp42", [_SOUND, _VIDEO]),
        media.mp4(b"qt  ", [_VIDEO]),
        media.mp4(b"", [_VIDEO, _SOUND], moov_first=True),
        media.mp4(b"isom", []),
        media.mp4(b"isom", [_SOUND])[:3000],
        media.matroska(b"webm", [1, 2]),
        media.matroska(b"matroska", [2, 1], unknown=True),
        media.matroska(b"matroska", []),
        b"FLV\x01\x05\0\0\0\x09" + bytes(100),
        media.mpeg_stream([0xC0, 0xE0], transport=True),
        media.mpeg_stream([0xE0], transport=False),
        b"OggS\0\x02" + bytes(22) + b"\x80theora" + bytes(100),
    ],
)
def test_videos_stay_videos(report_on: Saved, data: bytes) -> None:
    assert _what(report_on, data, "take.mp4") == "video"


def test_two_bytes_alone_are_no_ac_3(report_on: Saved) -> None:
    assert _what(report_on, b"\x0b\x77" + b"\xd1" * 5000) == "unknown"


def test_sizes_that_lead_nowhere_end(report_on: Saved) -> None:
    boxes = b"\0\0\0\x08free" * 100_000
    assert _what(report_on, media.mp4(b"isom", [])[:20] + boxes) == "video"
    assert _what(report_on, b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\1moov" + b"\xff" * 8) == "video"
    assert _what(report_on, b"\x1aE\xdf\xa3\x80" + b"\xec\x80" * 100_000) == "video"
    assert _what(report_on, b"\x1aE\xdf\xa3\xff" + b"\x18\x53\x80\x67\xff" * 1000) == "video"
