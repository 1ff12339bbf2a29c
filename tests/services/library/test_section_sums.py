"""Counts and states of sections: summed upwards, kept, and dropped by events."""

from __future__ import annotations

import sqlite3

import pytest

from audiodesk.domain.events import LibraryChangedElsewhere, TakesChanged
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import ParentState, StateCode
from audiodesk.domain.sync.exchange import Place
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync import sync_place_repo
from audiodesk.services.library import section_sums
from audiodesk.services.library.catalogue import Catalogue
from audiodesk.services.library.section_sums import SectionSums
from tests.library_support import Desk


class Book:
    """Two sections with a take each, in two chapters of one project, in a library with an account and a cloud."""

    def __init__(self, desk: Desk) -> None:
        self.database = desk.database
        self.sums = SectionSums(desk.database, desk.bus, lambda: self.has_cloud)
        self.has_cloud = True
        self.catalogue = Catalogue(desk.database, self.sums)
        self.project = desk.library.add_project("The Salt Road")
        chapters = desk.library.add_many(self.project, ["1", "2"])
        self.sections = [desk.library.add_section(chapter.id, "Dawn") for chapter in chapters]
        self.takes = [desk.add_take(section) for section in self.sections]

    def write(self, sql: str, *values: object) -> None:
        self.database.write(lambda connection: connection.execute(sql, values))

    def code(self, ref: Ref) -> StateCode | None:
        return self.catalogue.counts([ref])[ref.id].states.code


@pytest.fixture
def book(desk: Desk) -> Book:
    return Book(desk)


def test_sums_are_added_upwards(book: Book) -> None:
    book.write("update take_file set verified_at = 1, verified_how = 'full' where take_id = ?", book.takes[0].id)
    counts = book.catalogue.counts([book.project, *book.sections])
    waiting, remote = (StateCode.WAITING, "elsewhere"), (StateCode.REMOTE, "")
    assert counts[book.sections[0].id].states == ParentState({remote: 1}, cloud=True)
    assert counts[book.sections[1].id].states == ParentState({waiting: 1}, cloud=True)
    assert counts[book.project.id].states == ParentState({remote: 1, waiting: 1}, cloud=True)
    assert book.catalogue.totals().states == counts[book.project.id].states


def test_numbers_are_kept_until_an_event_drops_them(desk: Desk, book: Book) -> None:
    first, second = book.sections
    assert book.code(book.project) is StateCode.WAITING
    book.write("update take_file set verified_at = 1, verified_how = 'full'")
    assert (book.code(first), book.code(second)) == (StateCode.WAITING, StateCode.WAITING)
    desk.bus.publish(TakesChanged(frozenset({first.id})))
    assert (book.code(first), book.code(second)) == (StateCode.REMOTE, StateCode.WAITING)
    desk.bus.publish(LibraryChangedElsewhere())
    assert (book.code(first), book.code(second)) == (StateCode.REMOTE, StateCode.REMOTE)


def test_what_was_read_before_a_drop_is_not_kept(desk: Desk, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from audiodesk.local.rows.library import section_counts_repo

    read = section_counts_repo.counts

    def overtaken(connection: sqlite3.Connection, ids: list[str], *, cloud: bool) -> object:
        found = read(connection, ids, cloud=cloud)
        book.write("update take_file set verified_at = 1, verified_how = 'full'")
        desk.bus.publish(TakesChanged(frozenset(ids)))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(section_counts_repo, "counts", overtaken)
        assert book.code(book.sections[0]) is StateCode.WAITING
    assert book.code(book.sections[0]) is StateCode.REMOTE


def test_what_others_were_dropped_meanwhile_is_kept(desk: Desk, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """During a first sync, some section changes all the time; the others are not read again and again."""
    from audiodesk.local.rows.library import section_counts_repo

    first, second = book.sections
    read = section_counts_repo.counts
    asked: list[set[str]] = []

    def overtaken(connection: sqlite3.Connection, ids: list[str], *, cloud: bool) -> object:
        asked.append(set(ids))
        desk.bus.publish(TakesChanged(frozenset({first.id})))
        return read(connection, ids, cloud=cloud)

    monkeypatch.setattr(section_counts_repo, "counts", overtaken)
    for _ in range(2):
        book.code(book.project)
    assert asked == [{first.id, second.id}, {first.id}]
    desk.bus.publish(LibraryChangedElsewhere())
    book.code(book.project)
    assert asked[2:] == [{first.id, second.id}]


def test_the_states_of_the_cloud_need_an_account_and_a_back_end(book: Book) -> None:
    def code_of_take() -> StateCode:
        return book.catalogue.state_of(book.catalogue.takes(book.sections[0].id)[0]).code

    assert (book.code(book.project), code_of_take()) == (StateCode.WAITING, StateCode.WAITING)
    book.has_cloud = False
    assert (book.code(book.project), code_of_take()) == (StateCode.LOCAL, StateCode.LOCAL)
    book.has_cloud = True
    assert (book.code(book.project), code_of_take()) == (StateCode.WAITING, StateCode.WAITING)
    book.database.write(lambda connection: fact_repo.forget(connection, fact_repo.ACCOUNT))
    assert (book.code(book.project), code_of_take()) == (StateCode.LOCAL, StateCode.LOCAL)


def test_a_large_library_is_counted_in_several_short_snapshots(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lasts for seconds keeps the log from beginning anew; a person's edit then waits until it is copied."""
    from audiodesk.local.rows.library import section_counts_repo

    read = section_counts_repo.counts
    asked: list[int] = []

    def counted(connection: sqlite3.Connection, ids: list[str], *, cloud: bool) -> object:
        asked.append(len(ids))
        return read(connection, ids, cloud=cloud)

    monkeypatch.setattr(section_sums, "_AT_ONCE", 1)
    monkeypatch.setattr(section_counts_repo, "counts", counted)
    assert book.catalogue.totals().states.takes == 2
    assert asked == [1, 1]
    assert book.catalogue.counts([book.project])[book.project.id].takes == 2
    assert asked == [1, 1], "they are kept"


def test_while_the_first_sync_brings_the_library_a_rough_count_knows_no_states(book: Book) -> None:
    book.database.write(lambda connection: sync_place_repo.keep_place(connection, Place(1, "", 9)))
    rough = book.catalogue.totals(roughly=True)
    assert (rough.takes, rough.is_coming, rough.states.takes) == (2, True, 0)
    assert book.catalogue.totals().states.takes == 2
    book.database.write(sync_place_repo.end_first_pull)
    whole = book.catalogue.totals(roughly=True)
    assert (whole.is_coming, whole.states.takes) == (False, 2)
