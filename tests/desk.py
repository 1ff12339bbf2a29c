"""A library with everything that an import needs, in one object, and the rule that must always hold for it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from audiodesk.domain.events import Event
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.plan import ImportItem, ImportPlan
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.database.database import Connect, Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.store import fact_repo
from audiodesk.services.audio.checker import Checker
from audiodesk.services.bus import Bus
from audiodesk.services.care.verifier import Verifier
from audiodesk.services.importing.importer import Importer
from audiodesk.services.importing.planner import Planner
from audiodesk.services.library.catalogue import Catalogue
from audiodesk.services.library.library import Library
from audiodesk.system.clock import now_ms
from audiodesk.system.locks import ProcessSign, is_alive
from audiodesk.system.writers import RestWatch

__all__ = ["Desk", "must_hold", "open_desk"]


class Desk:
    """Opened by ``open_desk``; ``events`` are all that were told."""

    def __init__(
        self, home: Path, checker: Checker, connect: Connect, rest: RestWatch | None = None, patience: float = 30.0
    ) -> None:
        self.home = home
        self.checker = checker
        self.database = Database(home / "library.sqlite3", connect=connect)
        self.vault = Vault(home / "vault")
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.library = Library(self.database, self.bus, vault=self.vault)
        self.catalogue = Catalogue(self.database)
        self.planner = Planner(self.catalogue)
        self.verifier = Verifier(self.database, self.vault)
        self.sign = ProcessSign(home)
        self.importer = Importer(
            database=self.database,
            vault=self.vault,
            checker=checker,
            bus=self.bus,
            owner=self.sign.owner,
            is_alive=lambda owner: is_alive(home, owner),
            record=self.library.record,
            clock=now_ms,
            rest=rest,
            patience=patience,
        )

    def section(self, title: str = "Toll") -> Ref:
        """Make a project with a chapter with a section."""
        project = self.library.add_project("The Salt Road")
        return self.library.add_section(self.library.add_chapter(project.id, "2 · The River").id, title)

    def plan(self, target: Ref | None, *paths: Path) -> ImportPlan:
        return self.planner.plan([str(path) for path in paths], target)

    def add(self, target: Ref | None, *paths: Path, repair: bool = False, more_audio: bool = False) -> list[ImportItem]:
        return self.importer.import_files(self.plan(target, *paths), repair=repair, more_audio=more_audio)

    def takes(self, section: Ref) -> list[TakeRow]:
        return self.catalogue.takes(section.id)

    def current(self, section: Ref) -> str:
        """Return the file name of the current take."""
        return next((row.take.file_name for row in self.takes(section) if row.is_current), "")

    def tree_rows(self) -> list[tuple[str, str, str, int]]:
        """Return (project, chapter, section, takes) of everything, in order."""
        return [
            (project.title, chapter.title, section.title, len(self.catalogue.takes(section.ref.id)))
            for project in self.catalogue.children(None)
            for chapter in self.catalogue.children(project.ref)
            for section in self.catalogue.children(chapter.ref)
        ]

    def close(self) -> None:
        self.importer.close()
        self.sign.close()
        self.database.close()


@contextmanager
def open_desk(
    home: Path,
    checker: Checker,
    *,
    connect: Connect = sqlite3.connect,
    rest: RestWatch | None = None,
    patience: float = 30.0,
) -> Iterator[Desk]:
    desk = Desk(home, checker, connect, rest, patience)
    try:
        yield desk
    finally:
        desk.close()


def must_hold(home: Path, *, swept: bool = True, offered: Collection[str] = ()) -> Counter[str]:
    """Assert what must be true of every library at rest, reading nothing but its files and its tables.

    Every take's file is there with the right hash, and noted as being in the vault; every file of the vault has its
    row, but for those that are ``offered``; each section's current take is one of its live takes, and no live section
    has the same bytes twice; nothing half-written is left, no announcement, no temporary file, and nothing that is to
    be removed (where a sweep has been done). Takes that were emptied out of the trash count for nothing. Returns how
    often each hash stands in the rows of files.
    """
    vault = home / "vault"
    with sqlite3.connect(home / "library.sqlite3") as connection:
        connection.row_factory = sqlite3.Row
        assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
        living = "not in (select id from take where purged_at is not null)"
        rows = connection.execute(f"select * from take_file where take_id {living}").fetchall()
        takes = connection.execute(f"select * from take where id {living}").fetchall()
        noted = connection.execute("select sha256, kind from vault_file").fetchall()
        leaving = connection.execute("select * from leaving").fetchall()
        sections = connection.execute(f"select * from section where id {living.replace('take', 'section')}").fetchall()
        announced = connection.execute("select temporary_name from announcement").fetchall()
        doubled = connection.execute(
            "select t.section_id from take_file f join take t on t.id = f.take_id where t.deleted_at is null"
            " and f.role = 'original' group by t.section_id, f.sha256 having count(*) > 1"
        ).fetchall()
        created = {row[0] for row in connection.execute("select row_id from change where is_create = 1")}
        has_account = fact_repo.known(connection, fact_repo.ACCOUNT) is not None
    connection.close()
    on_disk = {path.stem: path for path in vault.glob("??/*") if path.is_file()}
    for row in rows:
        path = vault / row["sha256"][:2] / f"{row['sha256']}.{row['kind']}"
        data = path.read_bytes()
        assert len(data) == row["size"]
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
    assert set(on_disk) == {row["sha256"] for row in rows}.union(offered)
    assert {tuple(row) for row in noted} == {(row["sha256"], row["kind"]) for row in rows}
    assert {row["take_id"] for row in rows} == {row["id"] for row in takes}
    section_of = {row["id"]: row["section_id"] for row in takes if row["deleted_at"] is None}
    for section in sections:
        mine = [take_id for take_id, section_id in section_of.items() if section_id == section["id"]]
        assert (section["current_take_id"] in mine) if mine else section["current_take_id"] is None
    assert doubled == []
    assert created >= {row["id"] for row in (*rows, *takes, *sections)} if has_account else not created
    if swept:
        assert announced == []
        assert leaving == []
        assert list((vault / "arriving").glob("*")) == []
    return Counter(row["sha256"] for row in rows)
