"""Every finding has a sentence with its numbers, and advice where the person can act."""

from __future__ import annotations

import re

import pytest

from audiodesk.domain.audio.findings import SEVERITY_OF, Code, Finding, Severity
from audiodesk.domain.words.audio.file_words import UNREADABLE_REASONS
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.audio.other_kind_words import OTHER_KINDS

_SAID = [
    (
        Finding(Code.TRUNCATED, {"seconds": 602.4, "claimed_seconds": 1200.0}),
        "Ends after 10:02 of 20:00 – the recording or copy was interrupted.",
    ),
    (
        Finding(Code.TRUNCATED, {"seconds": 602.25, "claimed_seconds": 602.5}),
        "Ends after 10:02.250 of 10:02.500 – the recording or copy was interrupted.",
    ),
    (
        Finding(Code.UNFINISHED_HEADER, {"seconds": 602.4}),
        "The recorder never finished this file: 10:02 of audio are there, its header says nothing.",
    ),
    (
        Finding(Code.UNSUPPORTED_ENCODING, {"encoding": "RF64"}),
        "The audio is stored as RF64, which AudioDesk does not take.",
    ),
    (Finding(Code.NOT_MP3_OR_WAV, {"what": "flac"}), "This is a FLAC file, not MP3 or WAV."),
    (Finding(Code.MISNAMED, {"kind": "wav", "ending": "mp3"}), "This is WAV, although its name ends in .mp3."),
    (
        Finding(Code.FORMAT_CHANGES, {"at": 61.5, "from": "44100/1", "to": "22050/2"}),
        "The audio changes from 44.1 kHz mono to 22.05 kHz stereo at 1:01.",
    ),
    (
        Finding(Code.FORMAT_CHANGES, {"at": 61.5, "from": "8000/1", "to": "8000/1/2", "more": 1}),
        "The audio changes from 8 kHz mono to 8 kHz mono, MPEG layer II at 1:01. It changes 1 more time after that.",
    ),
    (Finding(Code.FORMAT_CHANGES, {"at": 61.5, "from": 1, "to": "?/?"}), "The format of the audio changes at 1:01."),
    (
        Finding(Code.HEADER_SHORT, {"at": 602.4}),
        "The header of this MP3 says that it ends at 10:02, but more audio follows.",
    ),
    (Finding(Code.JUNK, {"bytes": 40, "where": "before"}), "40 bytes in front of the audio belong to nothing."),
    (
        Finding(Code.TOO_LARGE_FOR_CLOUD, {"over": 53_411_244}),
        "Too large for the cloud by 50.9 MB: a file there has at most 50 MB.",
    ),
    (
        Finding(Code.CLIPPING, {"count": 1, "at": 61.5}),
        "Too loud at 1 place, at 1:01: the tops of the waves are cut off.",
    ),
    (
        Finding(Code.CLIPPING, {"count": 12, "at": 61.5}),
        "Too loud at 12 places, first at 1:01: the tops of the waves are cut off.",
    ),
    (Finding(Code.SILENCE, {"at": 61.5, "seconds": 6.04}), "6.0 s of silence from 1:01 on."),
    (Finding(Code.DEAD_CHANNEL, {"channel": "left"}), "The left channel is silent."),
    (Finding(Code.DEAD_CHANNEL, {"channel": "5"}), "Channel 5 is silent."),
]


@pytest.mark.parametrize(("finding", "sentence"), _SAID)
def test_sentences(finding: Finding, sentence: str) -> None:
    assert finding_sentence(finding) == sentence


@pytest.mark.parametrize("code", list(Code))
@pytest.mark.parametrize("params", [{}, {"what": "?", "reason": "?", "where": "?", "field": "?", "channel": "?"}])
def test_every_code_has_words_for_any_parameters(code: Code, params: dict[str, str]) -> None:
    """A newer version of the library may have stored parameters that this one does not know."""
    for text in (finding_sentence(Finding(code, params)), finding_action(Finding(code, params))):
        assert not re.search(r"[{}!]|Please|Error:|--|  ", text)
        assert not text or (text[0].isupper() or text[0].isdigit())
        assert not text or text.endswith(".")
    assert finding_sentence(Finding(code, params))


@pytest.mark.parametrize("code", [code for code, severity in SEVERITY_OF.items() if severity is Severity.REFUSED])
def test_what_is_refused_says_what_to_do(code: Code) -> None:
    assert finding_action(Finding(code))


def test_every_kind_and_reason_has_its_own_sentence() -> None:
    for table in (OTHER_KINDS, UNREADABLE_REASONS):
        said = list(table.values())
        assert len(set(said)) == len(said)


def test_every_kind_that_the_sniffer_knows_has_a_sentence() -> None:
    from audiodesk.audio import containers, sniff

    names = {name for _, _, name in sniff._MAGIC} | set(sniff._RIFF_FORMS.values())
    names = names - set(sniff._BY_CONTENT) | containers.NAMES
    names |= {"aiff", "ac3", "aac", "html", "text", "empty", "zeros", "unknown"}
    assert names - {"only-tags"} == names & set(OTHER_KINDS)


@pytest.mark.parametrize(
    ("ending", "says"), [("part", "when it has its true name"), ("mp3", "nothing needs to be done")]
)
def test_an_ending_that_stands_for_a_file_on_its_way_is_not_called_right(ending: str, says: str) -> None:
    assert says in finding_action(Finding(Code.MISNAMED, {"kind": "wav", "ending": ending}))
