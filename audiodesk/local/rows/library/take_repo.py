"""The takes of a section as shown, each with its number and its files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.library.entities import FileRole, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import HistoryEntry, TakeDetails, TakeRow
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import TakeFacts
from audiodesk.domain.words.library.take_words import take_label
from audiodesk.local.rows.library import history_repo, state_repo, tree_repo
from audiodesk.local.rows.store.row_codec import from_columns

__all__ = [
    "details",
    "files",
    "next_number",
    "playlist",
    "section_of",
    "sections_with",
    "take_row",
    "takes",
    "takes_below",
]

_TAKE = """
    select t.*, s.current_take_id, (
        select count(*) from take o where o.section_id = t.section_id and o.number = t.number and o.id < t.id
    ) as namesakes
    from take t left join section s on s.id = t.section_id
"""
_CURRENT = """
    select t.*, s.current_take_id, (
        select count(*) from take o where o.section_id = t.section_id and o.number = t.number and o.id < t.id
    ) as namesakes
    from {source} cross join take t on t.id = s.current_take_id and t.section_id = s.id
    where {which} and s.deleted_at is null and t.deleted_at is null order by {order}
"""
_CURRENT_OF = {
    Entity.PROJECT: _CURRENT.format(
        source="chapter c cross join section s on s.chapter_id = c.id",
        which="c.project_id = ? and c.deleted_at is null",
        order="c.order_key, c.id, s.order_key, s.id",
    ),
    Entity.CHAPTER: _CURRENT.format(source="section s", which="s.chapter_id = ?", order="s.order_key, s.id"),
    Entity.SECTION: _CURRENT.format(source="section s", which="s.id = ?", order="s.order_key, s.id"),
}
_BELOW = """
    select t.*, s.current_take_id, (
        select count(*) from take o where o.section_id = t.section_id and o.number = t.number and o.id < t.id
    ) as namesakes
    from chapter c cross join section s on s.chapter_id = c.id cross join take t on t.section_id = s.id
    where c.project_id = ? and c.deleted_at is null and s.deleted_at is null and t.deleted_at is null
    order by t.order_key, t.id
"""
_NEXT = """
    select 1 + max(
        coalesce((select last_number from section where id = :section), 0),
        coalesce((select max(number) from take where section_id = :section), 0)
    )
"""
_FURTHER = """
    select count(distinct o.file_name) from take o left join source s on s.take_id = o.id
    where o.section_id = :section and o.id <> :take and o.deleted_at is null and (:path is null or s.path = :path)
    and o.file_name in (select value from json_each(:names))
"""
_CHUNK = 500
"""Ids in one query; SQLite accepts at least 999."""


def next_number(connection: sqlite3.Connection, section_id: str) -> int:
    """Return the number for the next take of the section: higher than any number given there before.

    Trashed takes keep their numbers, and so do takes that moved to another section (``section.last_number``).
    """
    return int(connection.execute(_NEXT, {"section": section_id}).fetchone()[0])


def section_of(connection: sqlite3.Connection, take_id: str) -> str:
    """Return the id of the take's section; empty if there is no such take."""
    row = connection.execute("select section_id from take where id = ?", (take_id,)).fetchone()
    return "" if row is None else str(row[0])


def takes(connection: sqlite3.Connection, section_id: str) -> list[TakeRow]:
    """Return the live takes of a section in order."""
    query = _TAKE + " where t.section_id = ? and t.deleted_at is null order by t.order_key, t.id"
    return _with_files(connection, connection.execute(query, (section_id,)).fetchall())


def sections_with(connection: sqlite3.Connection, sha256: str) -> set[str]:
    """Return the ids of the sections that have takes with these bytes."""
    query = "select t.section_id from take_file f join take t on t.id = f.take_id where f.sha256 = ?"
    return {row[0] for row in connection.execute(query, (sha256,))}


def takes_below(connection: sqlite3.Connection, project_id: str) -> dict[str, list[TakeRow]]:
    """Return the live takes of all live sections of a project in order, by the section's id."""
    found: dict[str, list[TakeRow]] = {}
    for row in _with_files(connection, connection.execute(_BELOW, (project_id,)).fetchall()):
        found.setdefault(row.take.section_id, []).append(row)
    return found


def take_row(connection: sqlite3.Connection, take_id: str) -> TakeRow | None:
    """Return one take, live or trashed; None if there is none."""
    rows = connection.execute(_TAKE + " where t.id = ?", (take_id,)).fetchall()
    return _with_files(connection, rows)[0] if rows else None


def playlist(connection: sqlite3.Connection, ref: Ref) -> list[TakeRow]:
    """Return the current takes below a project, chapter or section, in order."""
    return _with_files(connection, connection.execute(_CURRENT_OF[ref.entity], (ref.id,)).fetchall())


def files(connection: sqlite3.Connection, take_ids: Iterable[str]) -> dict[str, list[TakeFile]]:
    """Return the files of each take that has any: the original first, then the repaired one, then copies."""
    wanted = list(take_ids)
    found: dict[str, list[TakeFile]] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join("?" * len(chunk))
        rows = connection.execute(
            f"select * from take_file where take_id in ({marks}) and deleted_at is null",  # noqa: S608 - marks only
            chunk,
        )
        for row in rows:
            file: TakeFile = from_columns(Entity.TAKE_FILE, row)
            found.setdefault(file.take_id, []).append(file)
    roles = list(FileRole)
    for of_take in found.values():
        of_take.sort(key=lambda file: (roles.index(file.role), file.part, file.id))
    return found


def details(connection: sqlite3.Connection, take_id: str) -> TakeDetails | None:
    """Return everything that this computer knows of one take; None if there is no such take."""
    row = take_row(connection, take_id)
    if row is None:
        return None
    source = connection.execute("select path, modified_at from source where take_id = ?", (take_id,)).fetchone()
    overview = b""
    if row.file is not None:
        query = "select overview from take_file_shape where take_file_id = ?"
        shape = connection.execute(query, (row.file.id,)).fetchone()
        overview = b"" if shape is None else bytes(shape["overview"])
    path = None if source is None else source["path"]
    return TakeDetails(
        row=row,
        files=tuple(files(connection, [take_id]).get(take_id, ())),
        crumbs=tree_repo.crumbs(connection, Ref(Entity.SECTION, row.take.section_id)),
        source_path=path,
        source_modified_at=None if source is None else source["modified_at"],
        history=_history(connection, row, path),
        overview=overview,
        further_takes=_further_takes(connection, row, path),
    )


def _further_takes(connection: sqlite3.Connection, row: TakeRow, path: str | None) -> int:
    """Count the takes made of further recordings in the file: they have its name with a number, and its source."""
    from audiodesk.domain.library.planning import numbered_name  # lists of takes need nothing of imports

    found = () if row.file is None else [finding for finding in row.file.findings if finding.code is Code.MORE_AUDIO]
    count = sum(int(finding.params.get("count", 1)) for finding in found)
    if not count:
        return 0
    names = [numbered_name(row.take.file_name, number) for number in range(2, min(count, _CHUNK) + 2)]
    values = {"section": row.take.section_id, "take": row.take.id, "path": path, "names": json.dumps(names)}
    return int(connection.execute(_FURTHER, values).fetchone()[0])


def _history(connection: sqlite3.Connection, row: TakeRow, source: str | None) -> tuple[HistoryEntry, ...]:
    """Return the stored history, and last the take's arrival, which the row itself tells."""
    take = row.take
    file_name = take.file_name if source is None else PurePath(source).name
    added = HistoryEntry(take.created_at, "added", {"file": file_name, "number": take_label(row)})
    known = history_repo.of_take(connection, take.id, take.section_id)
    return (*(entry for entry in known if entry.at >= take.created_at), added)


def _with_files(connection: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[TakeRow]:
    by_take = files(connection, [row["id"] for row in rows])
    facts = state_repo.take_facts(connection, [row["id"] for row in rows])
    return [_take_row(row, by_take.get(row["id"], []), facts[row["id"]]) for row in rows]


def _take_row(row: Any, of_take: list[TakeFile], facts: TakeFacts) -> TakeRow:
    by_role = {file.role: file for file in reversed(of_take)}
    original = by_role.get(FileRole.ORIGINAL)
    return TakeRow(
        take=from_columns(Entity.TAKE, row),
        number=row["number"],
        is_current=row["id"] == row["current_take_id"],
        file=by_role.get(FileRole.REPAIRED, original),
        original=original,
        namesakes=row["namesakes"],
        facts=facts,
    )
