"""The rules for titles and notes (characters and length), and for equal titles."""

from __future__ import annotations

import re
import unicodedata

from audiodesk.domain.errors import UserError

__all__ = ["MAX_NOTES", "MAX_TITLE", "clean_line", "clean_notes", "clean_title", "same_title", "without_surrogates"]

MAX_TITLE = 500
"""Characters in a title, a name or any other field of one line."""
MAX_NOTES = 100_000
"""Characters in notes."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Return ``text`` with U+FFFD for each lone surrogate; undecodable bytes of file names become surrogates.

    UTF-8 has no form for surrogates, so neither SQLite nor JSON can store them.
    """
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def clean_title(text: str) -> str:
    """Return ``text`` as a title: one line, trimmed. Raises UserError if it is empty or too long."""
    title = clean_line(text)
    if not title:
        raise UserError("title-empty")
    return title


def clean_line(text: str) -> str:
    """Return ``text`` as one trimmed line: line breaks and tabs become spaces, other control characters are removed.

    The result may be empty. Raises UserError("text-nul") for a NUL, UserError("title-too-long") above 500 characters.
    """
    line = " ".join(_clean(text, keep="\t\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029").split())
    if len(line) > MAX_TITLE:
        raise UserError("title-too-long", limit=MAX_TITLE, length=len(line))
    return line


def clean_notes(text: str) -> str:
    """Return ``text`` with its line breaks, without other control characters.

    Raises UserError("text-nul") for a NUL, UserError("notes-too-long") above 100 000 characters.
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
    """Return the form that equal titles share: case and the number of spaces do not matter.

    Nothing else is equal. A search finds "ss" for "ß", but files with these names belong to different sections.
    """
    lower = unicodedata.normalize("NFC", title).lower()
    return " ".join(unicodedata.normalize("NFC", lower).split())
