"""Every sentence that the window and the command line both say, made from a code and its parameters."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["install", "tr", "trn"]


def _english(text: str, count: int | None) -> str:
    del count
    return text


_translate: Callable[[str, int | None], str] = _english


def install(translate: Callable[[str, int | None], str]) -> None:
    """Use ``translate(text, count)`` for every sentence from now on: ``desktop`` puts Qt's in place of English."""
    global _translate
    _translate = translate


def tr(text: str) -> str:
    """Return ``text`` in the person's language; fill in the rest with ``str.format`` afterwards.

    Only plain string literals may be given, so that they can be extracted.
    """
    return _translate(text, None)


def trn(one: str, many: str, count: int) -> str:
    """Return ``one`` or ``many`` in the person's language, by ``count``; fill in the rest with ``str.format``."""
    return _translate(one if count == 1 else many, count)
