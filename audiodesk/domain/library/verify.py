"""The results of reading the vault again, take by take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from audiodesk.domain.library.entities import FileRole

__all__ = ["VerifyItem", "VerifyProgress", "VerifyResult", "count_files"]


class VerifyResult(StrEnum):
    """The result for one file, in the words of the JSON document."""

    OK = "ok"
    MISSING = "missing"
    """The file is not in the vault."""
    CHANGED = "changed"
    """Its bytes differ from those that were added."""
    UNREADABLE = "unreadable"
    """The disk cannot read it; ``reason`` says why."""
    ELSEWHERE = "elsewhere"
    """It never came to this computer; it is on the one where it was added."""
    UNKNOWN = "unknown"
    """It is in the vault, but no take has it."""


@dataclass(frozen=True, slots=True)
class VerifyItem:
    """One file of one take, or a file that no take has (without ``take_id``; ``title`` is the file's name)."""

    take_id: str | None
    title: str
    """The path to the take: "The Salt Road › 2 · The River › 2.3 The Ferry › Take 3"."""
    file_name: str
    size: int
    """In bytes, as the library recorded it."""
    result: VerifyResult
    reason: str = ""
    role: FileRole | None = None
    """The file's role in its take; None for a file that no take has."""
    _: KW_ONLY
    stored_as: str
    """The file's name in the vault. Takes with the same bytes share one file."""


def count_files(items: Iterable[VerifyItem]) -> Counter[VerifyResult]:
    """Count the files of the vault by result; a file that several takes share counts once."""
    return Counter({item.stored_as: item.result for item in items}.values())


@dataclass(frozen=True, slots=True)
class VerifyProgress:
    """Progress in bytes and files of the vault."""

    size: int
    bytes_done: int
    files: int
    files_done: int
