"""Gives every sentence in the person's language: marks it for ``pyside6-lupdate``, and asks the translator for it.

Write ``from audiodesk.domain import words`` and ``words.tr("…")``, never ``tr("…")``: ``pyside6-lupdate`` takes what
stands before the dot as the context, so that all sentences are in one, ``words``. It reads string literals alone.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["CONTEXT", "QT_TR_NOOP", "install", "tr"]

CONTEXT = "words"
"""The context of all sentences in a translation: the name of this module, as it stands before ``.tr(``."""

Translate = Callable[[str, str | None, int], str]


def _english(text: str, one: str | None, count: int) -> str:
    del one, count
    return text


_translate: Translate = _english


def install(translate: Translate) -> None:
    """Use ``translate(text, one, count)`` for every sentence from now on: ``desktop`` puts Qt's in place of English.

    It gets what ``tr`` was given, and returns ``text`` where it knows no translation.
    """
    global _translate
    _translate = translate


def tr(text: str, one: str | None = None, count: int = -1) -> str:
    """Return ``text`` in the person's language; fill in the rest with ``str.format`` afterwards.

    Where the words depend on a number, ``text`` is the English plural, ``one`` the English singular and ``count`` the
    number: ``words.tr("{count} takes", "{count} take", count).format(count=…)``. Other languages have as many forms as
    they need, and may use ``{count}`` in each of them. In a translation ``one`` is the comment of the message.
    """
    said = _translate(text, one, count)
    return one if count == 1 and one is not None and said == text else said


def QT_TR_NOOP(text: str) -> str:  # noqa: N802 - the name by which lupdate knows it
    """Return ``text`` as it is; marks a sentence of a table, which ``tr`` translates when it is said."""
    return text
