"""Resets words and numbers to the domain's own, because a window in the same process may have replaced them."""

from __future__ import annotations

import pytest

from audiodesk.domain import words
from audiodesk.domain.words import formats


@pytest.fixture(autouse=True)
def plain_words_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No words and no numbers of Qt's."""
    monkeypatch.setattr(formats, "_number", formats._plain_number)
    monkeypatch.setattr(words, "_translate", words._english)
