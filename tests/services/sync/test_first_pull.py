"""The first pull of a library: what is written when, what a kill leaves, and that edits come in between."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.exchange import Head, Place
from audiodesk.local.database.database import Database
from audiodesk.local.database.short_writes import in_short_writes
from audiodesk.local.rows.library.find_repo import find
from audiodesk.local.rows.store import find_backlog
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.local.rows.sync.arrived_rows import arrived
from audiodesk.local.rows.sync.new_rows import FirstRows
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.library.find_filler import fill_find
from audiodesk.services.sync import puller
from tests.server.sync_calls import FILE_FACTS
from tests.server.sync_world import Line, World
from tests.services.sync.agreement import check_agreement
from tests.services.sync.computers import Computer, KilledError
from tests.services.sync.person import TOO_LONG
from tests.support import wait_until
from tests.twin.databases import Database as ServerDatabase
from tests.twin.databases import Databases

pytestmark = pytest.mark.slow

Make = Callable[..., Computer]


@pytest.fixture
def make(postgres_server: Databases, server: ServerDatabase, tmp_path: Path) -> Iterator[Make]:
    world = World(postgres_server, server)
    computers: list[Computer] = []

    def make_one(page: int = 1000) -> Computer:
        line = Line(world, random.Random(1))
        line.lossy = False
        computers.append(Computer(tmp_path / str(len(computers)), line, page=page))
        return computers[-1]

    yield make_one
    for computer in computers:
        computer.close()
    world.close()


def fill(computer: Computer) -> Ref:
    """Add a book with three takes; the third has a note, and tags in its file."""
    project = computer.library.add_project("Märchen")
    section = computer.library.add_section(computer.library.add_chapter(project.id, "One").id, "Toll")
    for number in range(3):
        facts = {
            "order_key": f"a{number}",
            "section_id": section.id,
            "number": number + 1,
            "device_id": computer.device,
        }
        take = computer.create(Entity.TAKE, file_name=f"dawn {number}.wav", **facts)
        tags = {"title": "Lantern"} if number == 2 else {}
        computer.create(Entity.TAKE_FILE, order_key="a0", take_id=take.id, **{**FILE_FACTS, "tags": tags})
    computer.create(Entity.NOTE, order_key="a0", take_id=take.id, text="orchard", at_seconds=1.5)
    return project


def found(computer: Computer, *words: str) -> list[str]:
    """Return the titles of what is found by each of ``words``."""
    with computer.database.read() as connection:
        return [hit.title for word in words for hit in find(connection, [word], 9)]


def kept_apart(computer: Computer) -> list[tuple[str, str]]:
    """Return noun and id of the rows of which the library keeps apart what the server said."""
    with computer.database.read() as connection:
        return [tuple(row) for row in connection.execute("select entity, row_id from server_row")]


EVERYTHING = ("marchen", "toll", "dawn 1", "lantern", "orchard")
TITLES = ["Märchen", "Toll", "Take 2", "Take 3", "Take 3"]


def test_rows_are_shown_at_once_and_found_at_the_end(make: Make) -> None:
    one = make()
    project = fill(one)
    one.sync()
    two = make(page=4)
    two.sync()  # its own row of the computer, and a first pull
    check_agreement_of(two, one)
    assert found(two, *EVERYTHING) == TITLES
    assert kept_apart(two) == []  # each row is written once
    for step in range(2, 60, 2):
        three = make(page=4)
        three.kill_after(step)
        with pytest.raises(KilledError):
            three.sync()
        three.restart()
        if three.get(project) is not None:
            break
    assert three.get(project).title == "Märchen"  # long before the pull is at its end
    assert found(three, "marchen") == []


def check_agreement_of(computer: Computer, first: Computer) -> None:
    """``computer`` has what the server has."""
    check_agreement(first.server.line.world, [computer])  # type: ignore[attr-defined]  # a Line


@pytest.mark.parametrize("long", [puller._LONG, 3], ids=["page by page", "read ahead"])
def test_a_first_pull_survives_a_kill_at_each_of_its_steps(
    make: Make, monkeypatch: pytest.MonkeyPatch, long: int
) -> None:
    """Nothing is lost or doubled, and find finds everything."""
    monkeypatch.setattr(puller, "_LONG", long)
    one = make()
    fill(one)
    one.sync()
    kills = 0
    for step in range(0, 90, 2):
        two = make(page=3)
        two.kill_after(step)
        try:
            two.sync()
        except KilledError:
            kills += 1
            two.restart()
            two.sync()
        check_agreement_of(two, one)
        assert found(two, *EVERYTHING) == TITLES
        with two.database.read() as connection:
            assert find_backlog.mark(connection) is None
        if kills <= step // 2:  # it came to its end without a kill
            break
    assert kills > 15


def test_a_pull_that_is_read_ahead_is_not_over_before_all_was_taken(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop in the middle of several pages leaves the place where the taken rows end."""
    monkeypatch.setattr(puller, "_LONG", 2)
    monkeypatch.setattr(puller, "_FIRST_ROWS", 1)
    monkeypatch.setattr(puller, "_FIRST_SECONDS", 0.0)
    one = make()
    fill(one)
    one.sync()
    for steps in range(1, 14):
        two = make(page=2)
        stop, left = two.engine.stop, [steps]

        def went_on(stop: threading.Event = stop, left: list[int] = left) -> bool:
            left[0] -= 1
            if left[0] == 0:
                stop.set()
            return not stop.is_set()

        taken: list[str] = []
        with monkeypatch.context() as patched:
            patched.setattr(two.engine._room, "goes_on", went_on)
            patched.setattr(two.engine._room, "took_new", lambda *_, taken=taken: taken.append("rows"))
            two.engine.pull_all()
        with two.database.read() as connection:
            assert sync_place_repo.has_pulled(connection) != stop.is_set()
            assert sync_place_repo.is_partly_here(connection) == (stop.is_set() and len(taken) > 0)
        stop.clear()
        two.sync()
        check_agreement_of(two, one)
        assert found(two, *EVERYTHING) == TITLES


def test_what_was_read_ahead_is_forgotten_where_a_stop_comes_between_two_pulls(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(puller, "_LONG", 2)
    one = make()
    fill(one)
    one.sync()
    two = make(page=2)
    two.engine.pull_all(progress=lambda _progress: two.engine.stop.set())
    wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "pages ahead"])
    two.engine.stop.clear()
    two.sync()
    check_agreement_of(two, one)


def test_an_edit_of_a_row_that_just_came_lies_over_it_and_is_sent(make: Make) -> None:
    one = make()
    project = fill(one)
    one.sync()
    two = make(page=3)
    edited: list[str] = []

    def edit() -> None:
        if not edited and two.get(project) is not None:
            edited.append(project.id)
            two.library.rename(project, "Mine")

    two.server.before_answer = edit
    two.sync()
    assert edited
    assert two.get(project).title == "Mine"
    assert not two.waiting()
    one.sync()
    assert one.get(project).title == "Mine"
    check_agreement_of(two, one)
    assert found(two, "mine") == ["Mine"]


def test_half_a_surrogate_pair_from_an_odd_server_stops_no_first_pull(make: Make) -> None:
    one = make()
    project = fill(one)
    one.sync()
    two = make(page=3)
    pull = two.server.pull

    def odd(known: Head, place: Place) -> dict[str, Any]:
        answer = pull(known, place)
        for row in answer["rows"]:
            if row["id"] == project.id:
                row["fields"]["title"] = "M\ud800"
        return answer

    two.server.pull = odd  # type: ignore[method-assign]
    two.sync()
    assert two.get(project).title == "M\ufffd"
    assert found(two, *EVERYTHING[1:]) == TITLES[1:]


def test_a_row_that_was_moved_here_stays_where_it_was_moved_to(make: Make) -> None:
    """It comes with new rows of its noun; its parent on the server is another, and one that is missing hides no row."""
    one = make()
    project = fill(one)
    two = make()
    section = two.library.add_section(two.library.add_chapter(two.library.add_project("Mine").id, "A").id, "S")
    sent = {"entity": "section", "id": section.id, "seq": 1, "version": 9, "stamps": {"*": 9}}
    fields = {"order_key": "a0", "created_at": 1, "deleted_at": None, "title": "S", "chapter_id": "not-here"}
    new = {**sent, "id": "new", "fields": {**fields, "title": "N"}}

    def pull(connection: sqlite3.Connection) -> list[str]:
        ready = [row for given in ({**sent, "fields": fields}, new) if (row := arrived(given))]
        known = FirstRows().add(connection, ready).known
        ServerRows(connection, 1).keep(known)
        return [row[0] for row in connection.execute("select row_id from orphan")]

    assert two.database.write(pull) == ["new"]
    assert two.get(Ref(Entity.SECTION, section.id)).chapter_id != "not-here"
    assert one.get(project) is not None


def test_a_refused_edit_of_a_row_that_just_came_gives_way_to_the_row(make: Make) -> None:
    """What the server said of the row is kept when the edit is made, while the first pull is unfinished."""
    one = make()
    project = fill(one)
    one.sync()
    for step in range(2, 60, 2):
        two = make(page=4)
        two.kill_after(step)
        with pytest.raises(KilledError):
            two.sync()
        two.restart()
        if two.get(project) is not None:
            break
    two.edit(project, title=TOO_LONG)
    two.restart()
    assert kept_apart(two) == [(project.entity, project.id)]
    two.sync()
    assert [change.code for change in two.refused()] == ["too_long"]
    assert two.get(project).title == "Märchen"
    check_agreement_of(two, one)


def test_the_texts_for_find_go_on_where_a_killed_program_left_them(make: Make) -> None:
    one = make()
    fill(one)
    one.sync()
    for step in range(200):
        two = make()
        two.kill_after(step)
        with pytest.raises(KilledError):
            two.sync()
        two.restart()
        if found(two, "marchen") and find_behind(two):  # killed between the first text and the last
            break
    assert found(two, "orchard") == []
    two.library.add_project("Later")  # an edit is found at once, whatever waits
    assert found(two, "later") == ["Later"]
    assert fill_find(two.database)
    assert found(two, *EVERYTHING) == TITLES
    assert not fill_find(two.database)


def find_behind(computer: Computer) -> bool:
    with computer.database.read() as connection:
        return find_backlog.mark(connection) is not None


def test_a_write_that_waits_comes_in_between(database: Database) -> None:
    """However long a transaction might last, it ends after the step at hand where a person's edit waits."""
    begun, editor = threading.Event(), threading.Event()
    done: list[int] = []
    seen: list[int] = []

    def edit() -> None:
        begun.wait()
        editor.set()
        database.write(lambda _connection: seen.append(len(done)))

    def step(_connection: sqlite3.Connection, some: Sequence[int]) -> None:
        done.extend(some)
        if not begun.is_set():
            begun.set()
            editor.wait()
            while not database.is_wanted:  # the other thread is on its way
                threading.Event().wait(0.001)

    ends: list[int] = []
    thread = threading.Thread(target=edit)
    thread.start()
    went = in_short_writes(
        database, range(1000), step, at_once=10, seconds=60.0, at_end=lambda _connection, last: ends.append(last)
    )
    thread.join()
    assert went == 1000
    assert seen == [10]
    assert done == list(range(1000))
    assert ends == [9, 999]  # once for each transaction
