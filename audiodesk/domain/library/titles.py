"""What a title or a note may hold: any Unicode, no control characters, not too long; and which titles are equal."""

from __future__ import annotations

import re
import unicodedata

from audiodesk.domain.errors import UserError

__all__ = ["MAX_NOTES", "MAX_TITLE", "clean_line", "clean_notes", "clean_title", "same_title", "without_surrogates"]

MAX_TITLE = 500
"""Characters of a title, a name or any other field of one line."""
MAX_NOTES = 100_000
"""Characters of notes."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Return ``text`` with U+FFFD for each lone surrogate, such as an undecodable byte of a file's name becomes.

    UTF-8 has no form for them, so neither SQLite nor JSON can keep them.
    """
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def clean_title(text: str) -> str:
    """Return ``text`` as a title: one line, trimmed. Raises UserError where nothing is left or it is too long."""
    title = clean_line(text)
    if not title:
        raise UserError("title-empty")
    return title


def clean_line(text: str) -> str:
    """Return ``text`` in one line, trimmed, line breaks and tabs as spaces, other control characters gone.

    May be empty. Raises UserError("text-nul") for a NUL, UserError("title-too-long") beyond 500 characters.
    """
    line = " ".join(_clean(text, keep="\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029").split())
    if len(line) > MAX_TITLE:
        raise UserError("title-too-long", limit=MAX_TITLE, length=len(line))
    return line


def clean_notes(text: str) -> str:
    """Return ``text`` with its lines kept and other control characters gone.

    Raises UserError("text-nul") for a NUL, UserError("notes-too-long") beyond 100 000 characters.
    """
    notes = _clean(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\t\n")
    if len(notes) > MAX_NOTES:
        raise UserError("notes-too-long", limit=MAX_NOTES, length=len(notes))
    return notes


def _clean(text: str, *, keep: str) -> str:
    if "\0" in text:
        raise UserError("text-nul")
    kept = "".join(char for char in text if char in keep or unicodedata.category(char) not in ("Cc", "Zl", "Zp"))
    return without_surrogates(kept)


def same_title(title: str) -> str:
    """Return what equal titles have in common: letters' case and the number of spaces make no difference.

    Nothing else is equal: a search finds "ss" for "ß", but files of the two names belong to different sections.
    """
    lower = unicodedata.normalize("NFC", title).lower()
    return " ".join(unicodedata.normalize("NFC", lower).split())
