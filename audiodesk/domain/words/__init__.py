"""Returns every sentence in the person's language, and marks it for ``pyside6-lupdate``.

Write ``from audiodesk.domain import words`` and ``words.tr("…")``, never ``tr("…")``: ``pyside6-lupdate`` uses the name
before the dot as the context, so all sentences share the context ``words``. It reads only string literals.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["CONTEXT", "QT_TR_NOOP", "install", "tr"]

CONTEXT = "words"
"""The context of all sentences in a translation: this module's name, as written before ``.tr(``."""

Translate = Callable[[str, str | None, int], str]


def _english(text: str, one: str | None, count: int) -> str:
    del one, count
    return text


_translate: Translate = _english


def install(translate: Translate) -> None:
    """Use ``translate(text, one, count)`` for every sentence from now on: ``desktop`` installs Qt's translation.

    It gets the arguments of ``tr``, and returns ``text`` if it knows no translation.
    """
    global _translate
    _translate = translate


def tr(text: str, one: str | None = None, count: int = -1) -> str:
    """Return ``text`` in the person's language; insert values with ``str.format`` afterwards.

    If the words depend on a number, ``text`` is the English plural, ``one`` the English singular and ``count`` the
    number: ``words.tr("{count} takes", "{count} take", count).format(count=…)``. Other languages have as many forms as
    they need, and each form may contain ``{count}``. In a translation ``one`` is the comment of the message.
    """
    said = _translate(text, one, count)
    return one if count == 1 and one is not None and said == text else said


def QT_TR_NOOP(text: str) -> str:  # noqa: N802 - the name by which lupdate knows it
    """Return ``text`` unchanged; it marks a sentence in a table, which ``tr`` translates when it is used."""
    return text
