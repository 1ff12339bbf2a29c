"""The name and the type of a file in the bucket; the name is given once, and never derived again."""

from __future__ import annotations

import re
import unicodedata

from audiodesk.domain.audio.contents import Kind

__all__ = ["content_type", "object_key"]

_LONGEST_STEM = 80
"""Characters: with the ids of its folders a key stays under 250, and its last part under 100."""
_ENDING = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,5}\Z")
_OTHER = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
_TYPES = {Kind.MP3: "audio/mpeg", Kind.WAV: "audio/wav"}


def object_key(user: str, project: str, chapter: str, section: str, *, file_name: str, file_id: str, kind: Kind) -> str:
    """Return the key of a take's file: the ids of what it lies in, a safe form of its name, and a piece of its id.

    Keys hold ASCII alone, because the server takes nothing else; the true name lives in the database.
    """
    stem = _safe(_ENDING.sub("", file_name))
    tail = file_id.replace("-", "")[-8:]
    return f"{user}/{project}/{chapter}/{section}/{f'{stem}-' if stem else ''}{tail}.{kind.value}"


def content_type(kind: Kind) -> str:
    """Return the MIME type: one of those that the bucket takes, in exactly this form."""
    return _TYPES[kind]


def _safe(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _OTHER.sub("-", plain)[:_LONGEST_STEM].strip("-")
