"""Lists, brings back and removes recordings that lie in the vault and have no row."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from audiodesk.domain.audio.findings import Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.events import RecordingsFound
from audiodesk.domain.found import FoundRecording, planned_files
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult
from audiodesk.local.database.database import Database
from audiodesk.local.file_copy import CopyCancelledError, hash_file
from audiodesk.local.files.vault import Vault, VaultFile
from audiodesk.local.rows.work import leaving_repo, vault_file_repo
from audiodesk.services.bus import Bus
from audiodesk.services.care.unknown_files import unknown_files
from audiodesk.services.jobs import Job
from audiodesk.services.library.leaving import Drained, drain

__all__ = ["BroughtBack", "FoundRecordings"]

_AT_ONCE = 50
"""Files promised in one transaction, which must stay short."""


class Checker(Protocol):
    """What this module uses of the checker."""

    def check_many(
        self, files: Sequence[tuple[Path, str | None]], *, cancel: threading.Event | None = None
    ) -> list[CheckReport]:
        """Return a report for each (path, name)."""


class Importer(Protocol):
    """What this module uses of the importer."""

    def import_files(
        self,
        plan: ImportPlan,
        *,
        repair: bool = False,
        cancel: threading.Event | None = None,
        job: Job | None = None,
        act: str = "import",
    ) -> list[ImportItem]:
        """Import now, and return what became of each file."""


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What became of recordings that were to be brought back."""

    items: tuple[ImportItem, ...]
    """One for each recording that was tried."""
    remaining: tuple[VaultFile, ...]
    """The files that still belong to no take."""

    @property
    def count(self) -> int:
        """How many are takes now."""
        return sum(item.result in (ImportResult.ADDED, ImportResult.PRESENT) for item in self.items)


class FoundRecordings:
    """Recordings without a row. Methods block; any thread may call them; every one may raise OutsideError."""

    def __init__(self, database: Database, vault: Vault, checker: Checker, importer: Importer, bus: Bus) -> None:
        self._database = database
        self._vault = vault
        self._checker = checker
        self._importer = importer
        self._bus = bus

    def files(self) -> list[VaultFile]:
        """Return the files of the vault that no take has, not even one in the trash, the newest first."""
        return unknown_files(self._database, self._vault)

    def look(
        self, files: Sequence[VaultFile] | None = None, *, cancel: threading.Event | None = None
    ) -> list[FoundRecording]:
        """Return what tags and contents tell of ``files``, or of all found files, in the same order.

        Reads all of an MP3 and the header of a WAV. Raises AudioDeskError("cancelled") once ``cancel`` is set.
        """
        found = self.files() if files is None else files
        paths = [self._vault.path_of(file.sha256, file.kind) for file in found]
        reports = self._checker.check_many([(path, path.name) for path in paths], cancel=cancel)
        return [
            FoundRecording(
                sha256=file.sha256,
                kind=file.kind,
                path=str(path),
                size=file.size,
                modified_at=file.modified_at,
                day=datetime.fromtimestamp(file.modified_at / 1000).astimezone().date().isoformat(),
                report=report,
            )
            for file, path, report in zip(found, paths, reports, strict=True)
        ]

    def resolve(self, beginnings: Sequence[str]) -> list[VaultFile]:
        """Return the files whose hashes begin like this. Raises UserError("not-found") or UserError("ambiguous")."""
        found = self.files()
        chosen: dict[str, VaultFile] = {}
        for text in beginnings:
            matches = [file for file in found if text and file.sha256.startswith(text.strip().lower())]
            if len(matches) != 1:
                names = "\n".join(file.sha256 for file in matches[:10])
                raise UserError("ambiguous" if matches else "not-found", text=text, details=names)
            chosen[matches[0].sha256] = matches[0]
        return list(chosen.values())

    def bring_back(
        self,
        files: Sequence[VaultFile] | None = None,
        *,
        cancel: threading.Event | None = None,
        job: Job | None = None,
    ) -> BroughtBack:
        """Make takes of ``files``, or of all found files, in the project "Found"; one edit for undo.

        This imports files that are in the vault already, so takes made before a cancel or a kill stay. Files that are
        not audio stay where they are. Damaged files come first, because the repaired copy of one is often found too,
        and belongs to its take. ``job``: the job that this work belongs to.
        """
        cancel = job.cancel if job is not None else cancel
        wanted = self.files() if files is None else list(files)
        try:
            recordings = [one for one in self.look(wanted, cancel=cancel) if one.can_come_back]
        except AudioDeskError:
            if cancel is None or not cancel.is_set():
                raise
            recordings = []
        damaged = [one for one in recordings if one.report.verdict is Verdict.REFUSED]
        items = self._import(damaged, cancel, job)
        known = self._known() if damaged else set()
        sound = [one for one in recordings if one not in damaged and one.sha256 not in known]
        items += self._import(sound, cancel, job)
        self._drop_misnamed(wanted, cancel)
        shas = {file.sha256 for file in wanted}
        left = self.files()
        self._bus.publish(RecordingsFound(len(left)))
        return BroughtBack(tuple(items), tuple(file for file in left if file.sha256 in shas))

    def remove(self, files: Sequence[VaultFile], *, cancel: threading.Event | None = None) -> Drained:
        """Remove ``files`` for good, except those that got a row since they were listed. Cannot be undone."""
        for start in range(0, len(files), _AT_ONCE):
            self._database.write(partial(self._promise, files=files[start : start + _AT_ONCE]))
        done = drain(self._database, self._vault, cancel)
        self._bus.publish(RecordingsFound(len(self.files())))
        return done

    def _promise(self, connection: sqlite3.Connection, files: Sequence[VaultFile]) -> None:
        unknown = self._vault.still_unknown(connection, files)
        now = self._database.clock()
        for file in unknown:
            # A file newer than its promise would stay. Another computer's clock may have dated this one into the
            # future.
            leaving_repo.add(connection, [(file.sha256, file.kind)], max(now, file.modified_at))

    def _import(
        self, recordings: Collection[FoundRecording], cancel: threading.Event | None, job: Job | None
    ) -> list[ImportItem]:
        if not recordings:
            return []
        return self._importer.import_files(
            ImportPlan(None, planned_files(recordings)), repair=True, cancel=cancel, job=job, act="bring-back"
        )

    def _known(self) -> set[str]:
        with self._database.read() as connection:
            return vault_file_repo.known(connection)

    def _drop_misnamed(self, wanted: Sequence[VaultFile], cancel: threading.Event | None) -> None:
        """Remove files whose bytes do not match their names, if a take has the same bytes, undamaged, by now."""
        shas = {file.sha256 for file in wanted}
        for file in [file for file in self.files() if file.sha256 in shas]:
            try:
                if self._is_kept_elsewhere(file, cancel):
                    self._database.write(partial(self._promise, files=[file]))
            except (UserError, CopyCancelledError):
                continue
        drain(self._database, self._vault, cancel)

    def _is_kept_elsewhere(self, file: VaultFile, cancel: threading.Event | None) -> bool:
        sha256 = hash_file(self._vault.path_of(file.sha256, file.kind), cancel=cancel).sha256
        return (
            sha256 != file.sha256
            and sha256 in self._known()
            and self._vault.has(sha256, file.kind)
            and not self._vault.is_damaged(sha256, file.kind, cancel=cancel)
        )
