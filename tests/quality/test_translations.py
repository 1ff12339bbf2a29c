"""Qt's own tool finds every sentence, in the context used at run time, and knows which have plural forms."""

from __future__ import annotations

import pytest

from audiodesk.domain import words
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.states import StateCode, TakeState
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.errors.error_words import error_action, error_sentence, known_codes
from audiodesk.domain.words.library.state_words import state_text
from tests.sentences import sentences
from tests.translations import Message, extract, messages

_LEAST, _LEAST_PLURALS = 1_100, 85
"""About as many as there are; fewer would mean that whole files are read no more."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """Return what ``lupdate`` finds in the program."""
    ts = tmp_path_factory.mktemp("translations") / "audiodesk_xx.ts"
    said = extract(ts)
    assert "warning" not in said.lower()
    return messages(ts)


@pytest.mark.slow
def test_every_sentence_is_found(found: list[Message]) -> None:
    assert {(message.text, message.comment) for message in found} == {(said.text, said.one) for said in sentences()}
    assert len(found) >= _LEAST


def test_all_are_in_the_context_that_is_asked(found: list[Message]) -> None:
    assert {message.context for message in found} == {words.CONTEXT}


def test_those_with_a_number_have_plurals(found: list[Message]) -> None:
    """Exactly those whose singular is given, as the comment."""
    assert [message for message in found if message.has_number is not (message.comment is not None)] == []
    assert sum(message.has_number for message in found) >= _LEAST_PLURALS


def test_what_is_looked_up_in_tables_was_found(found: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a table gives is marked; so is what each error, finding and state says."""
    asked: set[str] = set()

    def note(text: str, one: str | None, count: int) -> str:
        del one, count
        asked.add(text)
        return text

    monkeypatch.setattr(words, "_translate", note)
    for code in [*known_codes(), "of-a-newer-version"]:
        error = AudioDeskError(code)
        error_sentence(error), error_action(error)
    for finding in Code:
        for params in ({}, {"whole": True}, {"waits": True}):
            finding_sentence(Finding(finding, params)), finding_action(Finding(finding, params))
    for state in StateCode:
        state_text(TakeState(state, "by_user", {"place": 3, "seconds": 4}))
    assert len(asked) > 300
    assert asked - {message.text for message in found} == {"", "{message}", "{hint}"}
