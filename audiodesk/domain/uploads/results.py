"""What became of uploads: one result for each, and their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from audiodesk.domain.errors import AudioDeskError

__all__ = ["UploadCode", "UploadOutcome", "UploadProgress", "UploadResult", "progress_of"]


class UploadCode(StrEnum):
    """The words of the JSON document of ``sync``."""

    UPLOADED = "uploaded"
    """It went up, was read back, and is safe."""
    PRESENT = "present"
    """Its bytes were in the cloud already; they were read back, and it is safe."""
    WAITING = "waiting"
    """It is tried again, or was not begun yet."""
    PAUSED = "paused"
    FAILED = "failed"
    """It waits for its person: it is too large, there is no room, its file is damaged, or the server refuses it."""


class UploadResult(NamedTuple):
    """How it stands with one upload; sizes in bytes. ``is_safe``: it is in the cloud and verified."""

    file_id: str
    take_id: str
    size: int
    bytes_sent: int
    offset: int
    is_safe: bool
    paused_by: str | None
    reason: str | None
    is_retried: bool

    @property
    def code(self) -> UploadCode:
        """The result in one word."""
        if self.is_safe:
            return UploadCode.UPLOADED if self.bytes_sent else UploadCode.PRESENT
        if self.reason is not None and not self.is_retried:
            return UploadCode.FAILED
        return UploadCode.PAUSED if self.paused_by is not None else UploadCode.WAITING


class UploadProgress(NamedTuple):
    """How far all uploads are that can go up now: files and bytes, and how many of each are safe or sent."""

    files: int = 0
    files_done: int = 0
    size: int = 0
    bytes_done: int = 0


def progress_of(results: Iterable[UploadResult], sent: Mapping[str, int]) -> UploadProgress:
    """Return the sums; ``sent``: the bytes on the line, by file, which the server has not confirmed yet.

    A file counts as full only when it is safe: until then it lacks its last byte.
    """
    files = files_done = size = bytes_done = 0
    for each in results:
        if each.reason is None or each.is_retried:
            files += 1
            size += each.size
            files_done += each.is_safe
            reached = min(max(each.offset, sent.get(each.file_id, 0)), each.size - 1)
            bytes_done += each.size if each.is_safe else max(0, reached)
    return UploadProgress(files, files_done, size, bytes_done)


@dataclass(frozen=True, slots=True)
class UploadOutcome:
    """What became of the queue: a result for each file, and the trouble that stopped all of them."""

    results: tuple[UploadResult, ...] = ()
    trouble: AudioDeskError | None = None

    @property
    def counts(self) -> Counter[UploadCode]:
        """The number of results by code."""
        return Counter(result.code for result in self.results)

    def size(self, *codes: UploadCode) -> int:
        """Return the bytes of the files with one of these results."""
        return sum(result.size for result in self._with(codes))

    def _with(self, codes: Iterable[UploadCode]) -> list[UploadResult]:
        wanted = set(codes)
        return [result for result in self.results if result.code in wanted]
