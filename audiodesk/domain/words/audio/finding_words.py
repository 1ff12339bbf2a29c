"""A sentence for each finding of a check, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.words.audio import file_words, header_words, sound_words, stream_words
from audiodesk.domain.words.audio.finding_params import Params

__all__ = ["finding_action", "finding_sentence"]

_SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    **file_words.SENTENCES,
    **header_words.SENTENCES,
    **stream_words.SENTENCES,
    **sound_words.SENTENCES,
}
_ACTIONS: Mapping[Code, Callable[[Params], str]] = {
    **file_words.ACTIONS,
    **header_words.ACTIONS,
    **stream_words.ACTIONS,
    **sound_words.ACTIONS,
}


def finding_sentence(finding: Finding) -> str:
    """Return one sentence with the finding's number."""
    return _SENTENCES[finding.code](finding.params)


def finding_action(finding: Finding) -> str:
    """Return what to do about it in one sentence; empty if nothing needs to be done."""
    return _ACTIONS[finding.code](finding.params)
