"""The latest numbers of one running import, written by its threads and read by the views."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from audiodesk.domain.job import JobProgress
from audiodesk.domain.library.plan import ImportResult, PlannedFile, ProgressRow

__all__ = ["ImportProgress"]

_WAITING, _COPYING, _CHECKING = "waiting", "copying", "checking"


@dataclass(slots=True)
class _File:
    planned: PlannedFile
    where: str
    stage: str = _WAITING
    bytes_done: int = 0


class ImportProgress:
    """Counts the files and bytes of one import. All methods may be called from any thread."""

    def __init__(self, job_id: str, files: Sequence[PlannedFile]) -> None:
        self._job_id = job_id
        self._files = [_File(planned, planned.place.section_title) for planned in files]
        self._size = sum(file.planned.size for file in self._files)
        self._lock = threading.Lock()
        self._active: dict[int, None] = {}
        self._files_done = 0
        self._finished_size = 0

    def name_places(self, wheres: Sequence[str]) -> None:
        """Say in words where each file of the plan goes."""
        for file, where in zip(self._files, wheres, strict=True):
            file.where = where

    def copying(self, index: int) -> None:
        """Say that the file at ``index`` of the plan is being copied."""
        with self._lock:
            self._active[index] = None
            self._files[index].stage = _COPYING

    def moved(self, index: int, done: int) -> None:
        """Say that ``done`` bytes of the file at ``index`` are copied; costs no lock."""
        self._files[index].bytes_done = done

    def checking(self, index: int) -> None:
        """Say that the file at ``index`` is copied and being checked."""
        self._files[index].stage = _CHECKING

    def finished(self, index: int, result: ImportResult) -> None:
        """Say what became of the file at ``index``."""
        with self._lock:
            self._active.pop(index, None)
            self._files_done += 1
            self._files[index].stage = result.value
            self._finished_size += self._files[index].planned.size

    def value(self) -> JobProgress:
        """Return the numbers as they are now, with a row for each file that is being copied or checked."""
        with self._lock:
            active, files_done, done = list(self._active), self._files_done, self._finished_size
        done += sum(min(self._files[index].bytes_done, self._files[index].planned.size) for index in active)
        rows = tuple(self._row(index) for index in active)
        return JobProgress(len(self._files), files_done, self._size, done, rows)

    def _row(self, index: int) -> ProgressRow:
        file = self._files[index]
        return ProgressRow(
            key=f"{self._job_id}/{index}",
            name=file.planned.name,
            where=file.where,
            size=file.planned.size,
            bytes_done=min(file.bytes_done, file.planned.size),
            stage=file.stage,
        )
