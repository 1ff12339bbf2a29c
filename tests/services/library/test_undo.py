"""Undo and redo: their order, when they end, and what another process did meanwhile."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk
from tests.services.library.book import find
from tests.support import code_of


def test_edits_of_two_threads_are_undone_in_the_reverse_order_of_their_commits(
    desk: Desk, book: Ref, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = desk.database.write
    committed, second_done = threading.Event(), threading.Event()

    def slow(work: Any) -> Any:
        answer = write(work)
        if threading.current_thread().name == "first":
            committed.set()
            second_done.wait(0.3)  # long enough for the other one to overtake
        return answer

    monkeypatch.setattr(desk.database, "write", slow)
    first = threading.Thread(target=desk.library.rename, args=(book, "First"), name="first")
    first.start()
    committed.wait()
    desk.library.rename(book, "Second")
    second_done.set()
    first.join()
    desk.library.undo()
    assert desk.catalogue.project(book.id).project.title == "First"
    desk.library.undo()
    assert desk.catalogue.project(book.id).project.title == "Book"


def test_undo_is_refused_after_another_process_changed_the_row(desk: Desk, book: Ref) -> None:
    a = find(desk, "Book/A")
    desk.library.rename(a, "A1")
    elsewhere = Desk(desk.database.path.parent)
    elsewhere.library.rename(a, "A2")
    elsewhere.close()
    before = desk.snapshot()
    assert code_of(desk.library.undo) == "undo-stale"
    assert desk.snapshot() == before
    desk.library.undo()  # the earlier edit can still be undone
    assert desk.tree() == [["Book", [["A2", []], ["B", []], ["C", []]]]]


@pytest.mark.parametrize("noun", [Entity.PROJECT, Entity.CHAPTER, Entity.SECTION])
def test_undo_of_an_added_row_keeps_what_another_process_put_into_it(desk: Desk, book: Ref, noun: Entity) -> None:
    elsewhere = Desk(desk.database.path.parent, first_id=1_000_000)
    if noun is Entity.PROJECT:
        made = desk.library.add_project("New")
        elsewhere.library.add_chapter(made.id, "Theirs")
    elif noun is Entity.CHAPTER:
        made = desk.library.add_chapter(book.id, "New")
        elsewhere.library.add_section(made.id, "Theirs")
    else:
        made = desk.library.add_section(find(desk, "Book/A").id, "New")
        elsewhere.add_take(made)
    elsewhere.close()
    before = desk.snapshot()
    assert code_of(desk.library.undo) == "undo-stale"
    assert desk.snapshot() == before


def test_undo_of_an_added_row_ignores_trashed_children(desk: Desk, book: Ref) -> None:
    made = desk.library.add_chapter(book.id, "New")
    elsewhere = Desk(desk.database.path.parent, first_id=1_000_000)
    elsewhere.library.trash([elsewhere.library.add_section(made.id, "Theirs")])
    elsewhere.close()
    desk.library.undo()
    assert "New" not in str(desk.tree())


def test_nothing_to_undo(desk: Desk) -> None:
    assert desk.library.undo_edit is None
    assert desk.library.redo_edit is None
    with pytest.raises(UserError):
        desk.library.undo()
    with pytest.raises(UserError):
        desk.library.redo()


def test_a_new_edit_ends_redo(desk: Desk, book: Ref) -> None:
    desk.library.rename(book, "B1")
    desk.library.undo()
    assert desk.library.redo_edit is not None
    desk.library.rename(book, "B2")
    assert desk.library.redo_edit is None
