"""Any edits in any order: undo reverts each, redo repeats it, and the outgoing changes match the rows."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.folding import fold_text
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import findable_repo
from audiodesk.local.rows.store.row_codec import CLASSES, column_names, from_column, to_field, travels
from audiodesk.services.library import take_choice
from tests.library_support import Desk, Snapshot
from tests.support import FailingCalls, code_of

_TREE = (Entity.PROJECT, Entity.CHAPTER, Entity.SECTION, Entity.TAKE)


def rows_of(desk: Desk, entity: Entity, *, live: bool | None = None) -> list[Ref]:
    with desk.database.read() as connection:
        found = connection.execute(f"select id, deleted_at from {entity.value} order by id").fetchall()
    return [Ref(entity, row["id"]) for row in found if live is None or (row["deleted_at"] is None) is live]


class Author:
    """Makes edits at random, as ``chance`` wills; the same chance makes the same edits."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self._desk = desk
        self._chance = chance

    def edit(self) -> Callable[[], object]:
        """Choose an edit and return it, still to be done."""
        library, chance = self._desk.library, self._chance
        entity = chance.choice(_TREE)
        ref = self._any(entity)
        section = self._any(Entity.SECTION)
        if ref is None or section is None or chance.random() < 0.1:
            return self._add()
        refs = list({ref, self._any(entity) or ref})
        title = chance.choice("ABCDE")
        kinds: list[Callable[[], object]] = [
            lambda: library.rename(ref, title),
            lambda: library.trash(refs),
            lambda: library.trash([ref, section]),
            lambda: library.restore(refs),
            lambda: library.move_by([ref], chance.choice([-2, -1, 1, 2])),
            lambda: self._desk.add_take(section, f"{title}.wav"),
            lambda: library.previous_take(section.id),
            self._move(refs),
            self._add(),
        ]
        if entity is Entity.TAKE:
            kinds += [lambda: library.set_current(ref.id), lambda: library.set_fields(ref, notes=title)]
        if entity is Entity.PROJECT:
            picture = b"\xff\xd8\xff" + title.encode()
            kinds.append(lambda: library.set_cover(ref.id, *chance.choice([("image/jpeg", picture), (None, None)])))
            kinds.append(lambda: library.set_fields(ref, author=title, notes=title))
        return chance.choice(kinds)

    def _any(self, entity: Entity) -> Ref | None:
        found = rows_of(self._desk, entity)
        return self._chance.choice(found) if found else None

    def _add(self) -> Callable[[], object]:
        library, title = self._desk.library, self._chance.choice("ABCDE")
        parent = self._any(self._chance.choice((Entity.PROJECT, Entity.CHAPTER)))
        if parent is None:
            return lambda: library.add_project(title)
        return lambda: library.add_many(parent, [title, title + title])

    def _move(self, refs: list[Ref]) -> Callable[[], object]:
        noun = refs[0].entity.parent
        parent = None if noun is None else self._any(noun)
        before = self._any(refs[0].entity) if self._chance.random() < 0.5 else None
        parent_id = None if parent is None else parent.id
        return lambda: self._desk.library.move(refs, parent_id, before=None if before is None else before.id)


def replayed(desk: Desk) -> Snapshot:
    """Return the rows as a server would have them that received all changes."""
    rows: dict[str, dict[str, Any]] = {}
    with desk.database.read() as connection:
        for change in connection.execute("select * from change order by position"):
            key = f"{change['entity']} {change['row_id']}"
            assert (key not in rows) == bool(change["is_create"])
            rows.setdefault(key, {}).update(json.loads(change["fields"]))
    return rows


def shown(desk: Desk) -> Snapshot:
    """Return the rows as fields of changes."""
    found: Snapshot = {}
    with desk.database.read() as connection:
        for entity in CLASSES:
            for row in connection.execute(f"select * from {entity.value}"):
                fields = {name: to_field(name, from_column(name, row[name])) for name in column_names(entity)}
                found[f"{entity} {row['id']}"] = {name: fields[name] for name in fields if travels(name)}
    return found


def assert_sound(desk: Desk) -> None:
    """What holds after every edit."""
    assert replayed(desk) == shown(desk)
    with desk.database.read() as connection:
        for entity in _TREE:
            for row in connection.execute(f"select id from {entity.value}"):
                texts = findable_repo.texts_of(connection, entity, row["id"])
                folded = connection.execute("select folded from findable where row_id = ?", (row["id"],)).fetchone()
                assert folded["folded"] == "\n".join(map(fold_text, texts))
        connection.execute("select count(*) from found where found match '\"abc\"'").fetchone()
        for section in connection.execute("select id, current_take_id from section"):
            living = [
                row["id"]
                for row in connection.execute(
                    "select id from take where section_id = ? and deleted_at is null", (section["id"],)
                )
            ]
            assert section["current_take_id"] in (living or [None])


def unhidden(snapshot: Snapshot) -> Snapshot:
    """Leave out rows in the trash, where undo puts what was made, and files, which stay with their takes."""
    return {key: row for key, row in snapshot.items() if not row["deleted_at"] and not key.startswith("take_file")}


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0, max_value=2**32), st.integers(min_value=1, max_value=25))
def test_undo_takes_back_and_redo_does_again(seed: int, edits: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        author = Author(desk, random.Random(seed))
        moments = [unhidden(desk.snapshot())]
        for _ in range(edits):
            before = desk.library.undo_edit
            assert code_of(author.edit()) in ("", "target-trashed", "not-found", "no-previous-take", "in-trash")
            assert_sound(desk)
            if desk.library.undo_edit is not before:
                moments.append(unhidden(desk.snapshot()))
            else:
                assert unhidden(desk.snapshot()) == moments[-1]
        for moment in reversed(moments[:-1]):
            desk.library.undo()
            assert unhidden(desk.snapshot()) == moment
            assert_sound(desk)
        for moment in moments[1:]:
            desk.library.redo()
            assert unhidden(desk.snapshot()) == moment
            assert_sound(desk)
        desk.close()


def every_call(connect: FailingCalls, desk: Desk, edit: Callable[[], object], *, for_good: bool) -> None:
    """Let each call of ``edit`` fail in turn: it is not done at all, and says so, until none is left to fail."""
    for number in range(1, 1000):
        before = desk.snapshot()
        edits = desk.library.undo_edit, desk.library.redo_edit
        desk.events.clear()
        connect.arm(number, for_good=for_good)
        try:
            edit()
        except OutsideError:
            connect.arm(None)
            assert desk.snapshot() == before
            assert (desk.library.undo_edit, desk.library.redo_edit) == edits
            assert desk.events == []
            continue
        finally:
            connect.arm(None)
        return
    raise AssertionError("it never came to an end")


@pytest.mark.slow
@pytest.mark.parametrize("for_good", [False, True])
def test_every_call_of_the_database_may_fail(tmp_path: Path, for_good: bool) -> None:
    connect = FailingCalls(sqlite3.SQLITE_IOERR_WRITE)
    desk, twin = Desk(tmp_path / "failing", connect=connect), Desk(tmp_path / "twin")
    for made in (desk, twin):
        project = made.library.add_project("Book")
        chapters = made.library.add_many(project, ["A", "B"])
        sections = made.library.add_many(chapters[0], ["1", "2"])
        takes = [made.add_take(sections[0]), made.add_take(sections[0])]
    steps: list[Callable[[Desk], object]] = [
        lambda made: made.library.add_project("Other"),
        lambda made: made.library.add_many(project, ["C", "D"]),
        lambda made: made.library.rename(chapters[0], "A2"),
        lambda made: made.library.set_fields(project, author="Ann", notes="n"),
        lambda made: made.library.set_cover(project.id, "image/jpeg", b"\xff\xd8\xff"),
        lambda made: made.library.move(sections, chapters[1].id),
        lambda made: made.library.move(takes[1:], sections[1].id),
        lambda made: made.library.undo(),
        lambda made: made.library.redo(),
        lambda made: made.library.move_by([chapters[0]], 1),
        lambda made: made.library.trash([takes[0], chapters[1]]),
        lambda made: made.library.restore([takes[0]]),
        lambda made: made.library.set_current(takes[0].id),
        lambda made: made.library.undo(),
        lambda made: made.library.trash([project]),
    ]
    for step in steps:
        every_call(connect, desk, lambda step=step: step(desk), for_good=for_good)  # type: ignore[misc]  # bound now
        step(twin)
    assert {key: row["deleted_at"] for key, row in desk.snapshot().items() if "cover" not in key}
    assert _without_times(desk.snapshot()) == _without_times(twin.snapshot())
    assert_sound(desk)
    desk.close()
    twin.close()


def test_emptying_may_fail_at_any_call_and_goes_on_from_there(tmp_path: Path) -> None:
    connect = FailingCalls()
    desk = Desk(tmp_path, connect=connect)
    desk.library.trash([desk.library.add_project(title) for title in "ABC"])
    for number in range(1, 1000):
        before = {item.title for item in desk.catalogue.trash()}
        desk.events.clear()
        connect.arm(number)
        code = code_of(desk.library.empty_trash)
        connect.arm(None)
        after = {item.title for item in desk.catalogue.trash()}
        assert bool(desk.events) == (after != before), "what is gone is told, and nothing else"
        if not code:
            break
        if not after:
            desk.library.trash([desk.library.add_project(title) for title in "ABC"])
    assert code == ""
    assert desk.catalogue.trash() == []
    assert desk.library.empty_trash().things == 0
    desk.close()


def _without_times(snapshot: Snapshot) -> list[Any]:
    """Ids and times differ: each failed attempt used some up."""
    return sorted(
        repr(
            sorted(
                (name, value) for name, value in row.items() if name in ("title", "deleted_at", "order_key", "notes")
            )
        )
        for row in snapshot.values()
    )


def test_the_rules_of_the_current_take_do_not_depend_on_who_asks(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    project = desk.library.add_project("Book")
    section = desk.library.add_section(desk.library.add_chapter(project.id, "A").id, "1")
    take = desk.add_take(section)

    def again(connection: sqlite3.Connection) -> list[Any]:
        from audiodesk.local.rows.store.edited_rows import EditedRows

        return take_choice.choose_after_loss(EditedRows(connection, 1), section.id)

    assert desk.database.write(again) == []
    assert desk.catalogue.takes(section.id)[0].take.id == take.id
    desk.close()
