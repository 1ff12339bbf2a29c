"""Two computers: what one does, the other shows; what is lost, refused or restored in between."""

from __future__ import annotations

import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.events import ActivityChanged, BroughtBack, TakesChanged, TreeChanged
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Activity, Happened
from audiodesk.local.rows.library import tree_repo
from audiodesk.local.rows.sync import activity_repo, emptied_elsewhere_repo
from audiodesk.local.rows.work import leaving_repo, vault_file_repo
from audiodesk.services.sync.emptied_files import release_emptied
from tests.server.sync_calls import FILE_FACTS
from tests.server.sync_world import Line, World
from tests.services.sync.computers import Computer, KilledError
from tests.twin.databases import Database, Databases

pytestmark = pytest.mark.slow

Make = Callable[..., Computer]


@pytest.fixture
def world(postgres_server: Databases, server: Database) -> Iterator[World]:
    made = World(postgres_server, server)
    yield made
    made.close()


@pytest.fixture
def make(world: World, tmp_path: Path) -> Iterator[Make]:
    computers: list[Computer] = []

    def make_one(page: int = 1000, batch: int = 500) -> Computer:
        line = Line(world, random.Random(1))
        line.lossy = False
        computers.append(Computer(tmp_path / str(len(computers)), line, page=page, batch=batch))
        return computers[-1]

    yield make_one
    for computer in computers:
        computer.close()


def activity(computer: Computer) -> list[Activity]:
    with computer.database.read() as connection:
        return activity_repo.newest(connection)


def book(computer: Computer) -> tuple[Ref, Ref, Ref, Ref]:
    """A project, a chapter, a section and a take with its file."""
    project = computer.library.add_project("Book")
    chapter = computer.library.add_chapter(project.id, "1")
    section = computer.library.add_section(chapter.id, "1.1")
    take = computer.create(
        Entity.TAKE, order_key="a0", section_id=section.id, file_name="a.wav", number=1, device_id=computer.device
    )
    computer.create(Entity.TAKE_FILE, order_key="a0", take_id=take.id, **FILE_FACTS)
    return project, chapter, section, take


def test_a_second_computer_shows_the_same(make: Make) -> None:
    one, two = make(), make(page=2, batch=2)
    project, _, section, take = book(one)
    one.sync()
    assert one.is_done()
    two.sync()
    one.sync()
    assert one.shown() == two.shown()
    assert two.get(take).file_name == "a.wav"
    changed = {parent for event in two.events if isinstance(event, TreeChanged) for parent in event.parents}
    assert {None, project.id} <= changed
    assert any(section.id in event.sections for event in two.events if isinstance(event, TakesChanged))
    assert [entry.what for entry in activity(two)] == [Happened.FIRST_SYNC]


def test_only_what_changed_is_told_and_activity_names_the_computer(make: Make) -> None:
    one, two = make(), make()
    project, _, section, take = book(one)
    one.sync()
    two.sync()
    two.events.clear()
    one.library.rename(take, "Best")
    one.sync()
    two.sync()
    assert [event for event in two.events if isinstance(event, TreeChanged)] == []
    (told,) = [event for event in two.events if isinstance(event, TakesChanged)]
    assert told.sections == {section.id}
    assert any(isinstance(event, ActivityChanged) for event in two.events)
    entry = activity(two)[0]
    assert (entry.what, entry.ref, entry.device_id) == (Happened.CAME, project, one.device)
    assert entry.params == {"title": "Book", "takes": 0, "changes": 1}
    assert entry.device_title


def test_nothing_new_is_one_request(make: Make) -> None:
    one = make()
    book(one)
    one.sync()
    one.sync()
    before = one.server.calls
    one.sync()
    assert one.server.calls == before + 1


def test_an_answer_that_is_lost_is_asked_for_again(make: Make, world: World) -> None:
    one = make()
    project, *_ = book(one)

    def lose() -> None:
        raise OutsideError("connection-lost")

    one.server.before_answer = lose
    with pytest.raises(OutsideError):
        one.sync()
    assert all(change.sent for change in one.waiting())
    one.library.rename(project, "Other")
    assert one.waiting()[-1].fields == {"title": "Other"}
    one.restart()
    one.sync()
    with world.database.open() as connection:
        assert connection.execute("select title from audiodesk.project").fetchall() == [("Other",)]


def test_a_refused_edit_shows_the_servers_value_and_is_kept(make: Make) -> None:
    one = make()
    project, *_ = book(one)
    one.sync()
    one.edit(project, title="x" * 100_000)
    one.sync()
    assert one.is_done()
    assert one.get(project).title == "Book"
    (refused,) = one.refused()
    assert (refused.ref, refused.code, refused.fields["title"]) == (project, "too_long", "x" * 100_000)


def test_a_trashed_branch_that_is_edited_here_comes_back_and_says_so(make: Make) -> None:
    one, two = make(), make()
    project, chapter, *_ = book(one)
    one.sync()
    two.sync()
    two.library.rename(chapter, "Mine")
    one.library.trash([project])
    one.sync()
    two.sync()
    assert two.get(project).deleted_at is None
    assert [event.titles for event in two.events if isinstance(event, BroughtBack)] == [("Book",)]
    one.sync()
    assert one.get(project).deleted_at is None
    assert Happened.BROUGHT_BACK in [entry.what for entry in activity(one)]


def test_what_is_emptied_elsewhere_leaves_this_computer_once_no_edit_waits(make: Make) -> None:
    one, two = make(), make()
    project, _, _, take = book(one)
    one.sync()
    two.sync()
    two.database.write(lambda connection: vault_file_repo.entered(connection, "ab" * 32, Kind.WAV, 1000, 1))
    one.library.trash([project])
    one.library.empty_trash()
    one.sync()
    two.edit(take, notes="mine")  # arrives later, and brings the branch back
    two.sync()
    one.sync()
    for computer in (one, two):
        assert computer.get(project).purged_at is None
        assert computer.get(take).notes == "mine"
    with two.database.read() as connection:
        assert leaving_repo.count(connection) == 0
    one.library.trash([project])
    one.library.empty_trash()
    one.sync()
    two.sync()
    assert two.get(take).purged_at is not None
    with two.database.read() as connection:
        assert [file.sha256 for file in leaving_repo.waiting(connection)] == ["ab" * 32]
    entry = activity(two)[0]
    assert (entry.what, entry.ref, entry.params) == (Happened.EMPTIED, project, {"title": "Book", "files": 1})
    assert Happened.EMPTIED not in [found.what for found in activity(one)]


@pytest.mark.parametrize("back", ["restore", "rename", "add"])
def test_audio_stays_where_its_section_came_back_although_it_was_emptied_elsewhere(make: Make, back: str) -> None:
    one, two = make(), make()
    _, chapter, section, take = book(one)
    one.sync()
    two.sync()
    one.database.write(lambda connection: vault_file_repo.entered(connection, "ab" * 32, Kind.WAV, 1000, 1))
    two.library.trash([chapter])
    two.sync()
    one.sync()
    two.library.empty_trash()
    two.sync()
    match back:
        case "restore":
            one.library.restore([chapter])
        case "rename":
            one.edit(section, title="Still wanted")
        case _:
            one.library.add_section(chapter.id, "New")
    for computer in (one, two, one):
        computer.sync()
    for computer in (one, two):
        with computer.database.read() as connection:
            assert tree_repo.is_live(connection, take)
        assert computer.get(take).purged_at is None
    with one.database.read() as connection:
        assert leaving_repo.count(connection) == 0
        assert vault_file_repo.is_used(connection, "ab" * 32)
    assert Happened.EMPTIED not in [entry.what for entry in activity(one)]


def test_no_file_of_what_is_shown_ever_leaves_whatever_was_said_of_it(make: Make) -> None:
    """Servers were seen that brought back a section and left its take emptied."""
    one = make()
    _, _, _, take = book(one)
    one.sync()

    def said(connection: sqlite3.Connection) -> None:
        vault_file_repo.entered(connection, "ab" * 32, Kind.WAV, 1000, 1)
        connection.execute("update take set purged_at = 1")
        emptied_elsewhere_repo.add(connection, take)

    one.database.write(said)
    assert release_emptied(one.database, None, threading.Event()) == 0
    with one.database.read() as connection:
        assert leaving_repo.count(connection) == 0
        assert vault_file_repo.is_used(connection, "ab" * 32)
        (change,) = connection.execute("select fields from change").fetchall()
    assert json.loads(change["fields"]) == {"purged_at": None}, "the other computers are told"


def test_what_was_emptied_elsewhere_is_told_after_it_was_written(make: Make) -> None:
    """A page that reads Activity when it is told must not have read before the last entry was there."""
    one, two = make(), make()
    project, *_ = book(one)
    one.sync()
    two.sync()
    one.library.trash([project])
    one.library.empty_trash()
    one.sync()
    read: list[Happened] = []
    two.bus.subscribe(ActivityChanged, lambda _event: read.append(activity(two)[0].what))
    two.sync()
    assert read[-1] is Happened.EMPTIED


def test_undo_applies_only_if_what_it_would_undo_still_stands(make: Make) -> None:
    one, two = make(), make()
    project, *_ = book(one)
    one.sync()
    two.sync()
    one.library.rename(project, "Mine")
    one.sync()
    two.sync()
    two.library.set_fields(project, author="Ann")
    two.sync()
    one.sync()
    one.library.undo()  # another field was set elsewhere
    assert (one.get(project).title, one.get(project).author) == ("Book", "Ann")
    one.library.redo()
    one.sync()
    two.sync()
    two.library.rename(project, "Theirs")
    two.sync()
    one.sync()
    with pytest.raises(UserError, match="undo-stale"):
        one.library.undo()
    assert one.get(project).title == "Theirs"


def test_what_a_restored_server_lost_comes_back(make: Make, world: World) -> None:
    one, two = make(), make(page=3)
    project, *_ = book(one)
    one.sync()
    two.sync()
    world.back_up()
    two.library.rename(project, "Newer")
    added = two.library.add_chapter(project.id, "2")
    two.sync()
    one.sync()
    world.restore(random.Random(1))
    one.library.set_fields(project, author="Ann")
    one.sync()
    two.sync()
    one.sync()
    assert one.shown().keys() == two.shown().keys()
    for computer in (one, two):
        assert computer.is_done()
        assert (computer.get(project).title, computer.get(project).author) == ("Newer", "Ann")
        assert computer.get(added).title == "2"
    assert Happened.RECOVERED in [entry.what for entry in activity(one)]


@pytest.mark.slow
def test_a_recovery_survives_a_kill_at_each_of_its_steps(make: Make, world: World) -> None:
    one = make(page=2)
    project, *_ = book(one)
    one.sync()
    world.back_up()
    for number in range(8):
        one.library.add_chapter(project.id, f"new {number}")
    one.library.rename(project, "Newer")
    one.sync()
    expected = {ref: row.title for ref, row in one.shown().items() if ref.entity is Entity.CHAPTER}
    for step in range(0, 48, 4):
        world.restore(random.Random(1))
        one.kill_after(step)
        try:
            one.sync()
        except KilledError:
            one.restart()
            one.sync()
        else:
            one.kill_after(None)
        assert one.is_done()
        with world.database.open() as connection:
            rows = connection.execute("select id::text, title from audiodesk.chapter").fetchall()
        assert {Ref(Entity.CHAPTER, row[0]): row[1] for row in rows} == expected
        assert one.get(project).title == "Newer"
    assert one.kills > 5
