"""A small library for tests, made through the services, with takes like those of an import."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from audiodesk.domain.audio.contents import Kind, Tags
from audiodesk.domain.audio.findings import Finding
from audiodesk.domain.events import Event
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.library.entities import FileRole, Section, Take, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.order import Sibling, place
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.database.database import Connect, Database
from audiodesk.local.rows.library import take_arrival, take_repo
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.store.row_codec import CLASSES
from audiodesk.services.bus import Bus
from audiodesk.services.library.catalogue import Catalogue
from audiodesk.services.library.library import Library
from tests.support import Clock, Ids

__all__ = ["Desk", "Snapshot"]

Snapshot = dict[str, Any]


class Desk:
    """An account's library with what edits and reads it; ``events`` is what was told on the bus."""

    def __init__(self, folder: Path, *, connect: Connect = sqlite3.connect, first_id: int = 1) -> None:
        self.clock = Clock()
        self.ids = Ids(first_id)
        self.database = Database(folder / "library.sqlite3", clock=self.clock, connect=connect)
        with self.database.read() as connection:
            has_account = fact_repo.known(connection, fact_repo.ACCOUNT) is not None
        if not has_account:  # else another desk has it open and may be writing
            self.database.write(lambda connection: fact_repo.remember(connection, fact_repo.ACCOUNT, "somebody"))
        self.bus = Bus()
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.library = Library(self.database, self.bus, make_id=self.ids)
        self.catalogue = Catalogue(self.database)

    def close(self) -> None:
        self.database.close()

    def add_take(
        self,
        section: Ref,
        file_name: str = "take.wav",
        *,
        tags: Tags | None = None,
        findings: tuple[Finding, ...] = (),
        repaired: bool = False,
        seconds: float = 10.0,
    ) -> Ref:
        """Add a take as an import would: it becomes current, as one undo."""
        take_id = self.ids()

        def work(connection: sqlite3.Connection) -> list[Any]:
            rows = EditedRows(connection, self.clock())
            held: Section = rows.need(section)
            siblings = [Sibling(row.order_key, row.id) for row in rows.children(section)]
            changes = rows.create(
                Take(
                    id=take_id,
                    order_key=place(siblings, None, 1).keys[0],
                    section_id=section.id,
                    file_name=file_name,
                    replaces_take_id=held.current_take_id,
                    device_id="here",
                    number=take_repo.next_number(connection, section.id),
                )
            )
            is_first = take_arrival.is_first(connection, section.id, take_id)
            for role in (FileRole.ORIGINAL, *((FileRole.REPAIRED,) if repaired else ())):
                rows.create(
                    TakeFile(
                        id=self.ids(),
                        order_key="a0",
                        take_id=take_id,
                        role=role,
                        sha256=hashlib.sha256(f"{take_id} {role}".encode()).hexdigest(),
                        size=1000,
                        kind=Kind.WAV,
                        seconds=seconds if role is FileRole.ORIGINAL else seconds / 2,
                        sample_rate=44_100,
                        channels=1,
                        tags=tags or Tags(),
                        findings=findings if role is FileRole.ORIGINAL else (),
                    )
                )
            number = rows.get(Ref(Entity.TAKE, take_id)).number
            return changes + take_arrival.update_section(
                rows, held, number=number, is_first=is_first, current_take_id=take_id
            )

        changes = self.database.write(work)
        self.library.record(Edit("import", tuple(changes), {"title": file_name, "count": 1}))
        return Ref(Entity.TAKE, take_id)

    def tree(self) -> list[Any]:
        """Return the titles of what is live, as nested lists; a take as its name, the current one with a star."""
        return [
            [
                project.title,
                [
                    [chapter.title, [self._section(section) for section in self.catalogue.children(chapter.ref)]]
                    for chapter in self.catalogue.children(project.ref)
                ],
            ]
            for project in self.catalogue.children(None)
        ]

    def _section(self, section: Any) -> Any:
        takes = [
            f"{row.take.title or row.take.file_name}{'*' if row.is_current else ''}"
            for row in self.catalogue.takes(section.ref.id)
        ]
        return [section.title, takes] if takes else section.title

    def snapshot(self) -> Snapshot:
        """Return every travelling row, live and trashed, but for what undo does not take back.

        That is the moment when it was trashed, and the highest number that a section ever gave.
        """
        with self.database.read() as connection:
            return {
                f"{entity} {row['id']}": {
                    name: bool(row[name]) if name == "deleted_at" else row[name]
                    for name in row.keys()  # noqa: SIM118 - iterating a Row gives its values
                    if name != "last_number"
                }
                for entity in CLASSES
                for row in connection.execute(f"select * from {entity.value}")
            }
