"""What reading the vault again found, take by take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from audiodesk.domain.library.entities import FileRole

__all__ = ["VerifyItem", "VerifyProgress", "VerifyResult", "count_files"]


class VerifyResult(StrEnum):
    """What became of one file; the words of the JSON document."""

    OK = "ok"
    MISSING = "missing"
    """It is not there."""
    CHANGED = "changed"
    """Its bytes are not those that were added."""
    UNREADABLE = "unreadable"
    """The disk does not give it out; ``reason`` says why."""
    UNKNOWN = "unknown"
    """It is in the vault, but no take has it."""


@dataclass(frozen=True, slots=True)
class VerifyItem:
    """One file of one take, or one file that is nobody's (without ``take_id``, with its name as ``title``)."""

    take_id: str | None
    title: str
    """The path to the take: "The Salt Road › 2 · The River › 2.3 The Ferry › Take 3"."""
    file_name: str
    size: int
    """In bytes, as the library knows it."""
    result: VerifyResult
    reason: str = ""
    role: FileRole | None = None
    """Which of the take's files; None for what is nobody's."""
    _: KW_ONLY
    stored_as: str
    """The name of the file in the vault. Takes with the same bytes have one file."""


def count_files(items: Iterable[VerifyItem]) -> Counter[VerifyResult]:
    """Count the files of the vault by what became of them; a file that several takes have counts once."""
    return Counter({item.stored_as: item.result for item in items}.values())


@dataclass(frozen=True, slots=True)
class VerifyProgress:
    """How far it is, in bytes and files of the vault."""

    size: int
    done: int
    files: int
    files_done: int
