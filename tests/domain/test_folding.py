"""Folding: a search finds text whatever its case and accents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.library.folding import fold_text, search_words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Grüße", "grusse"),
        ("NOËL  señor", "noel senor"),
        ("e\u0301", "e"),
        ("ﬁn", "fin"),
        ("１２", "12"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İ", "i"),
        ("塩", "塩"),
        ("a\nb\u00a0c", "a b c"),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(st.text())
def test_folding_again_changes_nothing_and_case_does_not_matter(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert fold_text(text.casefold()) == folded


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_words_own_text_holds_it(before: str, word: str) -> None:
    for found in search_words(word):
        assert found in fold_text(f"{before} {word}")


def test_words_are_said_once_and_hold_no_nul() -> None:
    assert search_words("Salt  salt\0SALT Toll") == ["salt", "toll"]


def test_a_byte_that_is_no_text_is_searched_as_it_is_stored() -> None:
    assert search_words("a\udcff") == ["a\ufffd"]
