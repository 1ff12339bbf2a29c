"""What the synchronizer keeps on this computer: places, a recovery, refused changes, Activity, and missing parents."""

from __future__ import annotations

from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import NO_TAKES
from audiodesk.domain.sync.activity import Happened
from audiodesk.domain.sync.change import Change
from audiodesk.domain.sync.exchange import Head, Place, Refused
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import state_repo, totals_repo, trash_repo
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.store.row_store import RowStore
from audiodesk.local.rows.sync import activity_repo, recovered_row_repo, refused_change_repo, sync_place_repo
from audiodesk.local.rows.sync.server_rows import ServerRows

NOW = 1_700_000_000_000
BOOK = Ref(Entity.PROJECT, "p")


def said(entity: str, row_id: str, version: int, stamps: dict[str, int] | None = None, **fields: Any) -> dict[str, Any]:
    made = {"order_key": "a0", "created_at": 5, "deleted_at": None, **fields}
    return {
        "entity": entity,
        "id": row_id,
        "seq": version,
        "version": version,
        "stamps": stamps or {"*": version},
        "fields": made,
    }


def keep(database: Database, *rows: dict[str, Any]) -> None:
    database.write(lambda connection: ServerRows(connection, NOW).keep(rows))


def test_the_places_are_there_after_a_restart(database: Database) -> None:
    with database.read() as connection:
        assert sync_place_repo.head(connection) == Head()
        assert sync_place_repo.place(connection) == Place()
        assert sync_place_repo.recovery(connection) is None
    database.write(lambda connection: sync_place_repo.keep_place(connection, Place(3, "x", 9)))
    database.write(lambda connection: sync_place_repo.begin_recovery(connection, Head(9, "t")))
    database.close()
    again = Database(database.path)
    with again.read() as connection:
        assert sync_place_repo.head(connection) == Head(9, "t")
        assert sync_place_repo.place(connection) == Place(3, "x", 9)
        recovery = sync_place_repo.recovery(connection)
    again.close()
    assert recovery == sync_place_repo.Recovery(1)


def test_what_a_restored_server_lost_stands_before_the_queue(database: Database) -> None:
    keep(database, said("project", "p", 7, {"*": 2, "title": 7}, title="New", author="Ann"))
    keep(database, said("chapter", "c", 8, project_id="p", title="1"))
    database.write(lambda connection: change_repo.add(connection, NOW, Entity.PROJECT, "p", {"title": "Mine"}))
    older = said("project", "p", 9, {"*": 2}, title="Old", author="Ann")
    database.write(
        lambda connection: recovered_row_repo.collect(connection, [older, said("project", "q", 1, title="Q")])
    )

    def compared(connection: Any) -> list[bool]:
        rows, after, found = ServerRows(connection, NOW), ("", ""), []
        while (step := recovered_row_repo.compare_next(rows, NOW, 1, after)) is not None:
            after, is_lost = step
            found.append(is_lost)
        while recovered_row_repo.take_rest(rows):
            pass
        return found

    assert database.write(compared) == [True, True]
    with database.read() as connection:
        queue = change_repo.pending(connection)
        assert RowStore(connection).get(BOOK).title == "Mine"
        assert RowStore(connection).get(Ref(Entity.CHAPTER, "c")).title == "1"
        assert RowStore(connection).get(Ref(Entity.PROJECT, "q")).title == "Q"
        assert connection.execute("select count(*) from recovered_row").fetchone()[0] == 0
    chapter, project, mine = queue
    assert (chapter.row_id, chapter.is_create, chapter.fields["title"]) == ("c", True, "1")
    assert (project.is_create, dict(project.fields), project.stamps) == (False, {"title": "New"}, {"title": 7})
    assert (mine.fields, mine.stamps) == ({"title": "Mine"}, None)


def test_an_edit_folds_into_no_change_that_a_recovery_made(database: Database) -> None:
    lost = Change("c1", Entity.PROJECT, "p", {"title": "Old"}, sent=True, stamps={"title": 3})
    database.write(lambda connection: change_repo.add_ahead(connection, NOW, lost, 1))
    database.write(lambda connection: change_repo.add(connection, NOW, Entity.PROJECT, "p", {"title": "A"}))
    database.write(lambda connection: change_repo.add(connection, NOW, Entity.PROJECT, "p", {"author": "B"}))
    with database.read() as connection:
        ahead, mine = change_repo.of_row(connection, BOOK)
    assert ahead == lost
    assert mine.fields == {"title": "A", "author": "B"}


def test_a_child_is_hidden_until_its_parent_arrives(database: Database) -> None:
    keep(database, said("take", "t", 1, section_id="s", file_name="a.wav", deleted_at=3))
    keep(database, said("take", "u", 1, section_id="s", file_name="b.wav"))
    keep(
        database, said("section", "s", 2, chapter_id="c", title="1"), said("chapter", "c", 3, project_id="p", title="1")
    )
    with database.read() as connection:
        assert state_repo.library_states(connection).takes == 0
        assert totals_repo.totals(connection, NOW, 0, NO_TAKES).sections == 0
        assert trash_repo.items(connection) == []
    keep(database, said("project", "p", 4, title="Book"))
    with database.read() as connection:
        assert state_repo.library_states(connection).takes == 1
        assert totals_repo.totals(connection, NOW, 0, NO_TAKES).sections == 1
        assert [item.ref.id for item in trash_repo.items(connection)] == ["t"]
        assert connection.execute("select count(*) from orphan").fetchone()[0] == 0


def test_a_refused_change_is_kept_until_it_is_removed(database: Database) -> None:
    change = Change("c1", Entity.PROJECT, "p", {"title": "x" * 9000})
    database.write(
        lambda connection: refused_change_repo.add(connection, Refused(change, "too_long", "Too long."), NOW)
    )
    with database.read() as connection:
        (refused,) = refused_change_repo.all_of(connection)
    assert (refused.ref, refused.code, refused.fields) == (BOOK, "too_long", change.fields)
    assert database.write(lambda connection: refused_change_repo.remove(connection, "c1"))
    assert not database.write(lambda connection: refused_change_repo.remove(connection, "c1"))


def test_activity_adds_up_unread_entries_of_one_kind(database: Database) -> None:
    def came(now: int, takes: int) -> None:
        database.write(
            lambda connection: activity_repo.add(
                connection, now, Happened.CAME, BOOK, device_id="d", title="Book", takes=takes
            )
        )

    keep(database, said("device", "d", 1, title="Studio PC"))
    came(NOW, 2)
    came(NOW + 5, 3)
    with database.read() as connection:
        (entry,) = activity_repo.newest(connection)
        assert activity_repo.count_unread(connection) == 1
    assert (entry.device_title, entry.ref, entry.at) == ("Studio PC", BOOK, NOW + 5)
    assert entry.params == {"title": "Book", "takes": 5}
    database.write(lambda connection: activity_repo.mark_read(connection, entry.position))
    came(NOW + 9, 1)
    with database.read() as connection:
        assert [found.params["takes"] for found in activity_repo.newest(connection)] == [1, 5]
        assert activity_repo.count_unread(connection) == 1
