"""Reads every file of the vault again, names what is missing or changed, and remembers it until it is healed."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.events import TakesChanged
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.verify import VerifyItem, VerifyProgress, VerifyResult
from audiodesk.local.database.database import Database
from audiodesk.local.file_copy import CopyCancelledError, hash_file
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.library import state_repo, take_repo, tree_repo
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.services.bus import Bus
from audiodesk.services.care.unknown_files import unknown_files

__all__ = ["Verifier"]

_JOINT = " › "
_FAULTS: dict[VerifyResult, vault_file_repo.Fault] = {
    VerifyResult.MISSING: "missing",
    VerifyResult.CHANGED: "damaged",
}
_log = logging.getLogger(__name__)

Told = Callable[[VerifyProgress], None]


@dataclass(slots=True)
class _Wanted:
    """One file of the vault, and the takes that have it."""

    sha256: str
    kind: Kind
    size: int
    came: bool = True
    """Whether it must be here: not if another computer of this account added it and it never came."""
    known_fault: vault_file_repo.Fault | None = None
    mark: tuple[int, ...] = ()
    """Identity of the file that was read, to notice when another file takes its place."""
    takes: list[tuple[str, str, str, FileRole]] = field(default_factory=list)


class Verifier:
    """Reads the vault's files; blocks until done. Changes only what the library knows of the files.

    ``bus`` is told of the sections whose takes have another state afterwards.
    """

    def __init__(self, database: Database, vault: Vault, bus: Bus | None = None) -> None:
        self._database = database
        self._vault = vault
        self._bus = bus

    def verify(
        self,
        project_id: str | None = None,
        *,
        cancel: threading.Event | None = None,
        progress: Told | None = None,
    ) -> list[VerifyItem]:
        """Return one item for each file of each take, trashed takes too, of one project or of all.

        For all projects, there are also items for files of the vault that no take has. Setting ``cancel`` stops between
        two blocks; then the items so far are returned.
        """
        wanted = self._wanted(project_id)
        count = _Count(progress, sum(one.size for one in wanted), len(wanted))
        items: list[VerifyItem] = []
        try:
            for one in wanted:
                result, reason = self._look(one, cancel, count)
                self._remember(one, result)
                items += [
                    VerifyItem(
                        take_id, title, file_name, one.size, result, reason, role, stored_as=f"{one.sha256}.{one.kind}"
                    )
                    for take_id, title, file_name, role in one.takes
                ]
                count.file_done(one.size)
        except CopyCancelledError:
            return items
        return items if project_id is not None else items + self._unknown()

    def _wanted(self, project_id: str | None) -> list[_Wanted]:
        found: dict[tuple[str, str], _Wanted] = {}
        with self._database.read() as connection:
            faults = vault_file_repo.faults(connection)
            is_shared = state_repo.has_account(connection)
            for row in vault_file_repo.files_of_takes(connection, project_id):
                one = found.setdefault(
                    (row["sha256"], row["kind"]), _Wanted(row["sha256"], Kind(row["kind"]), row["size"])
                )
                path = [crumb.title for crumb in tree_repo.crumbs(connection, Ref(Entity.TAKE, row["take_id"]))]
                one.came = bool(row["came"]) or not is_shared
                one.known_fault = faults.get(one.sha256)
                one.takes.append((row["take_id"], _JOINT.join(path), row["file_name"], FileRole(row["role"])))
        return list(found.values())

    def _look(self, one: _Wanted, cancel: threading.Event | None, count: _Count) -> tuple[VerifyResult, str]:
        path = self._vault.path_of(one.sha256, one.kind)
        one.mark = self._mark(one)
        try:
            read = hash_file(path, cancel=cancel, moved=count.moved)
        except UserError as error:
            reason = str(error.params.get("reason", ""))
            if error.code == "changed-while-read":
                return VerifyResult.CHANGED, ""
            if reason != "missing":
                return VerifyResult.UNREADABLE, reason
            return (VerifyResult.MISSING if one.came else VerifyResult.ELSEWHERE), ""
        same = (read.sha256, read.size) == (one.sha256, one.size)
        return (VerifyResult.OK if same else VerifyResult.CHANGED), ""

    def _remember(self, one: _Wanted, result: VerifyResult) -> None:
        """Note the result, if it is new and the same file is still there."""
        fault = _FAULTS.get(result)
        if result is VerifyResult.UNREADABLE or fault == one.known_fault:
            return  # an unreadable file may be whole: a loose cable, a missing right

        def work(connection: sqlite3.Connection) -> set[str]:
            if self._mark(one) != one.mark:  # an import healed the file since, or another program removed it
                return set()
            if not vault_file_repo.noted(connection, one.sha256, one.kind, fault, self._database.clock()):
                return set()
            return take_repo.sections_with(connection, one.sha256)

        try:
            sections = self._database.write(work)
        except OutsideError as error:  # a library that cannot be written can still be verified
            _log.warning("what was found of a file is not remembered: %s", error)
            return
        if sections and self._bus is not None:
            self._bus.publish(TakesChanged(frozenset(sections)))

    def _mark(self, one: _Wanted) -> tuple[int, ...]:
        """Return the identity of the file in this place; empty if there is none."""
        try:
            status = self._vault.path_of(one.sha256, one.kind).stat()
        except OSError:
            return ()
        return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

    def _unknown(self) -> list[VerifyItem]:
        return [
            VerifyItem(
                None, str(Path(path.parent.name, path.name)), "", size, VerifyResult.UNKNOWN, stored_as=path.name
            )
            for path, size in (
                (self._vault.path_of(file.sha256, file.kind), file.size)
                for file in unknown_files(self._database, self._vault)
            )
        ]


class _Count:
    """Adds up the bytes and files that were read, and reports them."""

    def __init__(self, told: Told | None, size: int, files: int) -> None:
        self._told = told
        self._size = size
        self._files = files
        self._before = 0
        self._files_done = 0

    def moved(self, done: int) -> None:
        if self._told is not None:
            self._told(VerifyProgress(self._size, self._before + done, self._files, self._files_done))

    def file_done(self, size: int) -> None:
        self._before += size
        self._files_done += 1
        self.moved(0)
