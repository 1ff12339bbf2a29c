"""Makes large libraries quickly, the size of a narrator's life work: projects, chapters, sections, takes with facts."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fractional_indexing import generate_n_keys_between

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.folding import fold_text
from audiodesk.local.database.database import Database

__all__ = ["WORDS", "make_library"]

WORDS = (
    "Salt",
    "Ferry",
    "Toll",
    "Lantern",
    "Grüße",
    "Harbour",
    "Winter",
    "Letter",
    "Señor",
    "Orchard",
    "Noël",
    "Stone",
)
_START = 1_700_000_000_000
_BATCH = 20_000
_HEAD = ("id", "order_key", "created_at")


def make_library(home: Path, projects: int = 100, chapters: int = 20, sections: int = 30, takes: int = 1) -> Path:
    """Fill the library without an account under ``home`` (``AUDIODESK_HOME``); the vault stays empty.

    As defaults stand: 100 projects of 20 chapters of 30 sections of one take, which makes 60 000 takes. Ids are the
    same each time. Returns the path of the database.
    """
    path = home / "local" / "library.sqlite3"
    database = Database(path)
    maker = _Maker(projects, chapters, sections, takes)
    try:
        for table, columns, rows in maker.tables():
            _insert(database, table, columns, rows)
    finally:
        database.close()
    return path


class _Maker:
    def __init__(self, projects: int, chapters: int, sections: int, takes: int) -> None:
        self._sizes = (projects, chapters, sections, takes)
        self._keys: list[str] = generate_n_keys_between(None, None, max(self._sizes))
        self._findable: list[tuple[int, str, str, str]] = []

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]]:
        yield "project", (*_HEAD, "title", "author"), self._projects()
        yield "chapter", (*_HEAD, "project_id", "title"), self._chapters()
        yield "section", (*_HEAD, "chapter_id", "title", "current_take_id", "status", "last_number"), self._sections()
        yield "take", (*_HEAD, "section_id", "file_name", "device_id", "replaces_take_id", "number"), self._takes()
        facts = ("take_id", "role", "sha256", "size", "kind", "seconds", "sample_rate", "channels", "bit_depth")
        yield "take_file", (*_HEAD, *facts, "tags", "findings"), self._files()
        yield "findable", ("docid", "entity", "row_id", "folded"), iter(self._findable)

    def _projects(self) -> Iterator[tuple[Any, ...]]:
        for p in range(self._sizes[0]):
            title = f"Book {p + 1} – The {_word(p)}"
            row_id = self._found(Entity.PROJECT, 0, (p,), f"book {p + 1} – the {_word(p).lower()} a. narrator")
            yield row_id, self._keys[p], _START + p, title, "A. Narrator"

    def _chapters(self) -> Iterator[tuple[Any, ...]]:
        for p, c in self._places(2):
            title = f"{c + 1} · {_word(p + c)}"
            row_id = self._found(Entity.CHAPTER, 1, (p, c), title.lower())
            yield row_id, self._keys[c], _START + p, _id(Entity.PROJECT, p), title

    def _sections(self) -> Iterator[tuple[Any, ...]]:
        for p, c, s in self._places(3):
            title = f"{c + 1}.{s + 1} {_word(c + s)} {_word(p + s)}"
            row_id = self._found(Entity.SECTION, 2, (p, c, s), title.lower())
            current = _id(Entity.TAKE, p, c, s, self._sizes[3] - 1) if self._sizes[3] else None
            known = ("recorded" if current else "to_record", self._sizes[3])
            yield row_id, self._keys[s], _START + p, _id(Entity.CHAPTER, p, c), title, current, *known

    def _takes(self) -> Iterator[tuple[Any, ...]]:
        for p, c, s, t in self._places(4):
            name = f"{c + 1:02}_Chapter-{s + 1:02}_{_word(s)}_{t + 1}.wav"
            row_id = self._found(Entity.TAKE, 3, (p, c, s, t), name.lower())
            former = _id(Entity.TAKE, p, c, s, t - 1) if t else None
            head = (row_id, self._keys[t], _START + p * 1000 + t)
            yield *head, _id(Entity.SECTION, p, c, s), name, "device", former, t + 1

    def _files(self) -> Iterator[tuple[Any, ...]]:
        silence = json.dumps([{"code": "silence", "params": {"at": 61.5, "seconds": 7.25}}])
        for number, (p, c, s, t) in enumerate(self._places(4)):
            sha256 = hashlib.sha256(f"{p} {c} {s} {t}".encode()).hexdigest()
            seconds = 300.0 + number % 300
            row_id, take_id = _id(Entity.TAKE_FILE, p, c, s, t), _id(Entity.TAKE, p, c, s, t)
            size = int(seconds * 88_200) + 44
            facts = (take_id, "original", sha256, size, "wav", seconds, 44_100, 1, 16)
            yield row_id, "a0", _START + p, *facts, "{}", silence if number % 10 == 0 else "[]"

    def _places(self, depth: int) -> Iterator[tuple[int, ...]]:
        def below(prefix: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if len(prefix) == depth:
                yield prefix
                return
            for number in range(self._sizes[len(prefix)]):
                yield from below((*prefix, number))

        return below(())

    def _found(self, entity: Entity, band: int, place: tuple[int, ...], folded: str) -> str:
        row_id = _id(entity, *place)
        self._findable.append(((band << 40) + len(self._findable) + 1, entity.value, row_id, fold_text(folded)))
        return row_id


def _id(entity: Entity, *place: int) -> str:
    digest = hashlib.md5(f"{entity.value} {place}".encode(), usedforsecurity=False).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def _word(number: int) -> str:
    return WORDS[number % len(WORDS)]


def _insert(database: Database, table: str, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> None:
    query = f"insert into {table} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})"
    while batch := [row for _, row in zip(range(_BATCH), rows, strict=False)]:

        def work(connection: sqlite3.Connection, batch: list[tuple[Any, ...]] = batch) -> None:
            connection.executemany(query, batch)

        database.write(work)
