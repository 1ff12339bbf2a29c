"""Words and numbers as the domain makes them, whatever a window put in their place in the same process."""

from __future__ import annotations

import pytest

from audiodesk.domain import words
from audiodesk.domain.words import formats


@pytest.fixture(autouse=True)
def plain_words_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No words and no numbers of Qt's."""
    monkeypatch.setattr(formats, "_number", formats._plain_number)
    monkeypatch.setattr(words, "_translate", words._english)
