"""Reads every file of the vault again, and names what is missing or changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from audiodesk.domain.entities import FileRole, Kind
from audiodesk.domain.entity import Entity
from audiodesk.domain.errors import UserError
from audiodesk.domain.outline import Ref
from audiodesk.domain.take_words import numbered_title
from audiodesk.domain.verify import VerifyItem, VerifyProgress, VerifyResult
from audiodesk.local import outline_repo
from audiodesk.local.database import Database
from audiodesk.local.file_copy import CopyCancelledError, hash_file
from audiodesk.local.vault import Vault

__all__ = ["Verifier"]

_FILES = """
    select f.sha256, f.kind, f.size, f.role, f.take_id, t.title, t.file_name
    from take_file f join take t on t.id = f.take_id
    join section s on s.id = t.section_id join chapter c on c.id = s.chapter_id
    where f.role <> 'cloud_copy' and (:project is null or c.project_id = :project)
    and not exists (select 1 from emptied e where e.entity = 'take' and e.row_id = t.id)
    order by c.project_id, c.order_key, s.order_key, t.order_key, f.role
"""
_JOINT = " › "

Told = Callable[[VerifyProgress], None]


@dataclass(slots=True)
class _Wanted:
    """One file of the vault, and the takes that have it."""

    sha256: str
    kind: Kind
    size: int
    takes: list[tuple[str, str, str, FileRole]] = field(default_factory=list)


class Verifier:
    """Blocks until all is read; changes nothing."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def verify(
        self,
        project_id: str | None = None,
        *,
        cancel: threading.Event | None = None,
        progress: Told | None = None,
    ) -> list[VerifyItem]:
        """Return one item for each file of each take, the trashed ones too, of one project or of all.

        Over all projects, files of the vault that no take has are named as well. Setting ``cancel`` ends it between
        two blocks, with what is known until then.
        """
        wanted = self._wanted(project_id)
        count = _Count(progress, sum(one.size for one in wanted), len(wanted))
        items: list[VerifyItem] = []
        try:
            for one in wanted:
                result, reason = self._look(one, cancel, count)
                items += [
                    VerifyItem(take_id, title, file_name, one.size, result, reason, role)
                    for take_id, title, file_name, role in one.takes
                ]
                count.file_done(one.size)
        except CopyCancelledError:
            return items
        return items if project_id is not None else items + self._unknown()

    def _wanted(self, project_id: str | None) -> list[_Wanted]:
        found: dict[tuple[str, str], _Wanted] = {}
        with self._database.read() as connection:
            for row in connection.execute(_FILES, {"project": project_id}).fetchall():
                one = found.setdefault(
                    (row["sha256"], row["kind"]), _Wanted(row["sha256"], Kind(row["kind"]), row["size"])
                )
                crumbs = outline_repo.crumbs(connection, Ref(Entity.TAKE, row["take_id"]))[:-1]
                number = outline_repo.take_number(connection, row["take_id"])
                path = [*(crumb.title for crumb in crumbs), numbered_title(row["title"], number)]
                one.takes.append((row["take_id"], _JOINT.join(path), row["file_name"], FileRole(row["role"])))
        return list(found.values())

    def _look(self, one: _Wanted, cancel: threading.Event | None, count: _Count) -> tuple[VerifyResult, str]:
        path = self._vault.path_of(one.sha256, one.kind)
        try:
            read = hash_file(path, cancel=cancel, moved=count.moved)
        except UserError as error:
            reason = str(error.params.get("reason", ""))
            if error.code == "changed-while-read":
                return VerifyResult.CHANGED, ""
            return (VerifyResult.MISSING, "") if reason == "missing" else (VerifyResult.UNREADABLE, reason)
        same = (read.sha256, read.size) == (one.sha256, one.size)
        return (VerifyResult.OK if same else VerifyResult.CHANGED), ""

    def _unknown(self) -> list[VerifyItem]:
        with self._database.read() as connection:
            files = self._vault.unreferenced(connection)
        return [
            VerifyItem(None, _shown(self._vault.path_of(file.sha256, file.kind)), "", file.size, VerifyResult.UNKNOWN)
            for file in files
        ]


class _Count:
    """Adds up what was read, and tells it."""

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


def _shown(path: Path) -> str:
    return str(Path(*path.parts[-2:]))
