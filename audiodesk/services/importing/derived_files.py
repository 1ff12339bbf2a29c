"""Makes files from an imported file: its repaired or completed copy, and the further recordings within it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from audiodesk.domain.audio.findings import Code, Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import NOT_WRITABLE, AudioDeskError, OutsideError
from audiodesk.local.file_copy import CopyCancelledError, hash_file
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.importing.take_writer import NewFile
from audiodesk.services.importing.arrival import Further
from audiodesk.services.importing.temporary_names import TemporaryNames

__all__ = ["DerivedFiles", "FileChecker"]

_DISK = NOT_WRITABLE | {"disk-failed", "file-too-large"}
"""Error codes that are the disk's fault and not the file's."""


class FileChecker(Protocol):
    """What an import uses of the checker."""

    def check_many(
        self, files: Sequence[tuple[Path, str | None]], *, cancel: threading.Event | None = None
    ) -> list[CheckReport]:
        """Return a report for each (path, name)."""

    def rescue(self, path: Path, report: CheckReport, target: Path, *, cancel: threading.Event | None = None) -> None:
        """Write the sound part of ``path`` to ``target``."""

    def extract(
        self, path: Path, report: CheckReport, index: int, target: Path, *, cancel: threading.Event | None = None
    ) -> None:
        """Write the recording ``report.more[index]`` of ``path`` to ``target``."""


class DerivedFiles:
    """Makes the files in the vault's temporary folder, and has them checked there like any other file.

    A file that cannot be made is left out. Raises ``CopyCancelledError``, and OutsideError if the disk is at fault.
    """

    def __init__(self, vault: Vault, names: TemporaryNames, checker: FileChecker, cancel: threading.Event) -> None:
        self._vault = vault
        self._names = names
        self._checker = checker
        self._cancel = cancel

    def repaired(self, source_name: str, report: CheckReport) -> NewFile | None:
        """Return a copy of a file's sound part under a correct header; None if there is nothing sound.

        The copy of an accepted file keeps the findings on that file, because they are why the copy was made.
        """
        source = self._vault.temporary(source_name)
        made = self._made(lambda target: self._checker.rescue(source, report, target, cancel=self._cancel), report)
        if made is None or made.report.verdict is Verdict.REFUSED or made.report.kind is None:
            self._names.discard(None if made is None else made.temporary_name)
            return None
        findings = report.findings
        if report.verdict is Verdict.REFUSED:
            more = [finding for finding in findings if finding.code is Code.MORE_AUDIO]
            findings = (*made.report.findings, *more)
        return replace(made, report=replace(made.report, findings=findings, tags=report.tags))

    def further(self, source_name: str, report: CheckReport) -> list[Further]:
        """Return the further recordings of a file, each with its completed or repaired copy if it needs one."""
        found: list[Further] = []
        source = self._vault.temporary(source_name)
        for index in range(len(report.more)):
            made = self._made(self._extract(source, report, index), report)
            if made is None:
                continue
            copy = None if made.report.rescue is None else self.repaired(made.temporary_name, made.report)
            if copy is None and (made.report.verdict is Verdict.REFUSED or made.report.kind is None):
                self._names.discard(made.temporary_name)
            else:
                found.append(Further(made, copy))
        return found

    def _extract(self, source: Path, report: CheckReport, index: int) -> Callable[[Path], None]:
        return lambda target: self._checker.extract(source, report, index, target, cancel=self._cancel)

    def _made(self, write: Callable[[Path], None], report: CheckReport) -> NewFile | None:
        name = self._names.take()
        try:
            target = self._vault.temporary(name)
            write(target)
            copied = hash_file(target, cancel=self._cancel)
            (checked,) = self._checker.check_many([(target, f"made.{report.kind}")], cancel=self._cancel)
        except (AudioDeskError, CopyCancelledError) as error:
            self._names.discard(name)
            if self._cancel.is_set():
                raise CopyCancelledError from error
            if isinstance(error, OutsideError) and error.code in _DISK:
                raise
            return None
        return NewFile(name, copied, checked)
