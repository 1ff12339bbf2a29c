"""Titles and notes: any Unicode is accepted, invalid text is not."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.library.titles import clean_line, clean_notes, clean_title, without_surrogates
from tests.support import code_of

anything = st.text(st.characters(exclude_categories=()), max_size=60)


@given(anything)
def test_a_line_holds_nothing_that_a_line_may_not(text: str) -> None:
    if "\0" in text:
        assert code_of(clean_line, text) == "text-nul"
        return
    line = clean_line(text)
    assert line == line.strip()
    assert not {unicodedata.category(char) for char in line} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean_line(line) == line
    line.encode()


@given(anything.filter(lambda text: "\0" not in text))
def test_notes_keep_their_lines(text: str) -> None:
    notes = clean_notes(text)
    assert clean_notes(notes) == notes
    assert notes.count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    notes.encode()


def test_what_joins_and_directs_letters_stays() -> None:
    for text in ("\u200fمرحبا\u200e", "👩\u200d🚀", "e\u0301", "日本"):
        assert clean_title(text) == text


def test_limits() -> None:
    assert clean_title("x" * 500)
    assert code_of(clean_title, "x" * 501) == "title-too-long"
    assert code_of(clean_title, "\n\t ") == "title-empty"
    assert clean_notes("x" * 100_000)
    assert code_of(clean_notes, "x" * 100_001) == "notes-too-long"


def test_undecodable_bytes_of_names() -> None:
    assert without_surrogates(b"a\xff.wav".decode("utf-8", "surrogateescape")) == "a\ufffd.wav"
