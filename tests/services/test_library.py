"""Each edit of a library, with its event, its undo and its redo."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.events import BroughtBack, TakesChanged, TreeChanged, UndoChanged
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from audiodesk.local.rows.work.leaving_repo import Leaving
from audiodesk.services.library.library import COVER_BYTES
from tests.library_support import Desk
from tests.support import code_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@pytest.fixture
def book(desk: Desk) -> Ref:
    """A project with chapters A, B, C; A has sections 1 and 2."""
    project = desk.library.add_project("Book")
    a, _, _ = desk.library.add_many(project, ["A", "B", "C"])
    desk.library.add_many(a, ["1", "2"])
    desk.events.clear()
    return project


def find(desk: Desk, path: str) -> Ref:
    return desk.catalogue.resolve(path)


def undone_and_redone(desk: Desk, before: object, after: object) -> None:
    assert desk.tree() == after
    desk.library.undo()
    assert desk.tree() == before
    desk.library.redo()
    assert desk.tree() == after


def test_adding(desk: Desk) -> None:
    project = desk.library.add_project("Book", author="Ann", narrator="Nils", language="de", notes="two\nlines")
    assert desk.events == [TreeChanged(frozenset({None})), UndoChanged()]
    row = desk.catalogue.project(project.id).project
    assert (row.author, row.narrator, row.language, row.notes) == ("Ann", "Nils", "de", "two\nlines")
    last = desk.library.add_chapter(project.id, "Last")
    first = desk.library.add_chapter(project.id, "First", before=last.id)
    desk.library.add_section(first.id, "2")
    assert desk.tree() == [["Book", [["First", ["2"]], ["Last", []]]]]
    before = desk.tree()
    desk.library.add_section(first.id, "3")
    undone_and_redone(desk, before, [["Book", [["First", ["2", "3"]], ["Last", []]]]])


def test_adding_many_is_one_undo(desk: Desk) -> None:
    project = desk.library.add_project("Book")
    refs = desk.library.add_many(project, ["One", "  ", "Two\t", "Three"])
    assert len(refs) == 3
    assert desk.tree() == [["Book", [["One", []], ["Two", []], ["Three", []]]]]
    edit = desk.library.undo()
    assert act(edit) == "Add 3 chapters"
    assert desk.tree() == [["Book", []]]


@pytest.mark.parametrize(
    ("title", "code"),
    [("", "title-empty"), (" \n\x07", "title-empty"), ("x" * 501, "title-too-long"), ("a\0b", "text-nul")],
)
def test_titles_that_are_none(desk: Desk, book: Ref, title: str, code: str) -> None:
    before = desk.snapshot()
    for refused in (
        lambda: desk.library.add_project(title),
        lambda: desk.library.add_chapter(book.id, title),
        lambda: desk.library.rename(book, title),
        lambda: desk.library.set_fields(book, title=title),
    ):
        assert code_of(refused) == code
    assert desk.snapshot() == before
    assert desk.events == []


def test_titles_of_any_kind(desk: Desk) -> None:
    for title in ("الملح", "塩 🎙", "x" * 500, "a'b\"c;--", "\u200fمرحبا", "e\u0301"):
        ref = desk.library.add_project(title)
        assert desk.catalogue.project(ref.id).project.title == title
    ref = desk.library.add_project("bad \udcff byte\r\nline\x1b[1m")
    assert desk.catalogue.project(ref.id).project.title == "bad \ufffd byte line[1m"


def test_renaming(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    chapter = find(desk, "Book/B")
    desk.library.rename(chapter, " B2 ")
    assert desk.events == [TreeChanged(frozenset({book.id})), UndoChanged()]
    undone_and_redone(desk, before, [["Book", [["A", ["1", "2"]], ["B2", []], ["C", []]]]])
    assert desk.library.undo_edit is not None
    assert act(desk.library.undo_edit) == "Rename chapter “B2”"


def test_renaming_to_the_same_is_no_edit(desk: Desk, book: Ref) -> None:
    edit = desk.library.undo_edit
    desk.library.rename(book, "Book")
    assert desk.library.undo_edit is edit
    assert desk.events == []


def test_properties_are_one_undo(desk: Desk, book: Ref) -> None:
    before = desk.catalogue.project(book.id)
    desk.library.set_fields(book, author="Ann", narrator="Nils", notes="n\x07otes\r\nmore")
    after = desk.catalogue.project(book.id)
    assert (after.project.author, after.project.notes) == ("Ann", "notes\nmore")
    assert act(desk.library.undo()) == "Edit properties of “Book”"
    assert desk.catalogue.project(book.id) == before
    desk.library.redo()
    assert desk.catalogue.project(book.id) == after


def test_only_fields_that_are_a_persons_can_be_set(desk: Desk, book: Ref) -> None:
    for fields in ({"id": "x"}, {"order_key": "a"}, {"version": 3}, {"no_such": "x"}):
        with pytest.raises(BugError):
            desk.library.set_fields(book, **fields)
    assert code_of(lambda: desk.library.set_fields(book, notes="x" * 100_001)) == "notes-too-long"


def test_a_cover_comes_changes_and_goes(desk: Desk, book: Ref) -> None:
    desk.library.set_cover(book.id, "image/png", PNG)
    desk.library.set_cover(book.id, "image/jpeg", b"\xff\xd8\xff\xe0")
    cover = desk.catalogue.project(book.id).cover
    assert cover is not None
    assert (cover.mime, cover.data) == ("image/jpeg", b"\xff\xd8\xff\xe0")
    desk.library.undo()
    cover = desk.catalogue.project(book.id).cover
    assert cover is not None
    assert cover.data == PNG
    desk.library.set_cover(book.id, None, None)
    assert desk.catalogue.project(book.id).cover is None
    desk.library.undo()
    assert desk.catalogue.project(book.id).cover == cover


def test_covers_that_are_none(desk: Desk, book: Ref) -> None:
    refused = [("image/png", b"GIF89a"), ("image/gif", b"GIF89a"), (None, PNG)]
    for mime, data in refused:
        assert code_of(desk.library.set_cover, book.id, mime, data) == "cover-not-an-image"
    large = PNG + b"\0" * COVER_BYTES
    assert code_of(lambda: desk.library.set_cover(book.id, "image/png", large)) == "cover-too-large"
    desk.library.set_cover(book.id, "image/png", large[:COVER_BYTES])


def test_moving_among_siblings(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    a, b, c = (find(desk, f"Book/{title}") for title in "ABC")
    desk.library.move([c], book.id, before=a.id)
    undone_and_redone(desk, before, [["Book", [["C", []], ["A", ["1", "2"]], ["B", []]]]])
    desk.library.undo()
    desk.library.move([c, a], book.id)  # in their order in the tree, not in the order of choosing
    undone_and_redone(desk, before, [["Book", [["B", []], ["A", ["1", "2"]], ["C", []]]]])
    desk.library.undo()
    edit = desk.library.undo_edit
    desk.library.move([a, b], book.id, before=a.id)
    desk.library.move([b], book.id, before=c.id)
    desk.library.move([c], book.id)
    assert desk.library.undo_edit is edit, "what stands already is no edit"


def test_what_stands_already_is_no_edit_also_over_what_is_in_the_trash(desk: Desk, book: Ref) -> None:
    a, b, c = (find(desk, f"Book/{title}") for title in "ABC")
    desk.library.trash([b])
    edit = desk.library.undo_edit
    desk.library.move([a], book.id, before=c.id)
    assert desk.library.undo_edit is edit


def test_equal_keys_of_two_computers_make_room(desk: Desk, book: Ref) -> None:
    desk.database.write(lambda connection: connection.execute("update chapter set order_key = 'a0'"))
    first, second, third = desk.catalogue.children(book)
    made = desk.library.add_chapter(book.id, "New", before=second.ref.id)
    order = [node.ref.id for node in desk.catalogue.children(book)]
    assert order == [first.ref.id, made.id, second.ref.id, third.ref.id]
    desk.library.move([third.ref], book.id, before=first.ref.id)
    assert desk.catalogue.children(book)[0].ref == third.ref
    desk.library.undo()
    desk.library.undo()
    assert [node.ref.id for node in desk.catalogue.children(book)] == [first.ref.id, second.ref.id, third.ref.id]


def test_edits_of_two_threads_stand_for_undo_in_the_order_of_their_commits(
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


def test_what_was_restored_meanwhile_is_not_emptied(desk: Desk, book: Ref, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.library, "_read_trash", lambda: [book])
    assert desk.library.empty_trash().things == 0
    desk.library.rename(book, "Still here")


def test_moving_to_another_parent(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    section, chapter = find(desk, "Book/A/1"), find(desk, "Book/C")
    desk.library.move([section], chapter.id)
    assert desk.events[0] == TreeChanged(frozenset({find(desk, "Book/A").id, chapter.id}))
    undone_and_redone(desk, before, [["Book", [["A", ["2"]], ["B", []], ["C", ["1"]]]]])


def test_moving_projects(desk: Desk, book: Ref) -> None:
    other = desk.library.add_project("Other")
    desk.library.move([other], None, before=book.id)
    assert [node.title for node in desk.catalogue.children(None)] == ["Other", "Book"]
    desk.library.move_by([other], 1)
    assert [node.title for node in desk.catalogue.children(None)] == ["Book", "Other"]


def test_moves_that_make_no_sense(desk: Desk, book: Ref) -> None:
    a, section = find(desk, "Book/A"), find(desk, "Book/A/1")
    before = desk.snapshot()
    assert code_of(lambda: desk.library.move([a, section], book.id)) == "move-mixed"
    assert code_of(lambda: desk.library.move([section], None)) == "move-wrong-place"
    assert code_of(lambda: desk.library.move([section], book.id)) == "not-found"
    assert code_of(lambda: desk.library.move([a], book.id, before=section.id)) == "not-found"
    assert code_of(lambda: desk.library.move_by([a, find(desk, "Book")], 1)) == "move-mixed"
    assert desk.snapshot() == before
    trashed = find(desk, "Book/C")
    desk.library.trash([trashed])
    assert code_of(lambda: desk.library.move([section], trashed.id)) == "target-trashed"
    desk.library.move([], book.id)
    desk.library.move_by([], 1)


def test_moving_up_and_down_goes_as_far_as_it_goes(desk: Desk, book: Ref) -> None:
    def order() -> str:
        return "".join(node.title for node in desk.catalogue.children(book))

    a, b, c = (find(desk, f"Book/{title}") for title in "ABC")
    desk.library.trash([b])
    desk.library.move_by([a], 1)  # past the trashed one in one step
    assert order() == "CA"
    desk.library.restore([b])
    desk.library.move_by([c], -1)
    assert order()[0] == "C"
    desk.library.move_by([c], 99)
    assert order()[-1] == "C"
    desk.library.move_by([a, c], -99)
    assert set(order()[:2]) == {"A", "C"}


def test_trash_and_restore(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    a, section = find(desk, "Book/A"), find(desk, "Book/A/1")
    desk.library.trash([section, a])
    undone_and_redone(desk, before, [["Book", [["B", []], ["C", []]]]])
    items = desk.catalogue.trash()
    assert [item.ref for item in items] == [a], "only the top of a branch is marked"
    assert items[0].until - items[0].deleted_at == 30 * 86_400_000
    desk.events.clear()
    desk.library.restore([section])
    assert desk.tree() == before, "a child brings its branch back"
    assert not [event for event in desk.events if isinstance(event, BroughtBack)], "that was asked for"
    desk.library.undo()
    assert desk.tree() == [["Book", [["B", []], ["C", []]]]]


def test_an_edit_in_the_trash_brings_the_branch_back(desk: Desk, book: Ref) -> None:
    a, section = find(desk, "Book/A"), find(desk, "Book/A/1")
    desk.library.trash([section])
    desk.library.trash([a])
    desk.events.clear()
    desk.library.rename(section, "One")
    assert desk.events[-1] == BroughtBack(("A", "One"))
    assert desk.tree() == [["Book", [["A", ["One", "2"]], ["B", []], ["C", []]]]]
    desk.library.undo()
    assert desk.tree() == [["Book", [["B", []], ["C", []]]]]


def test_what_was_emptied_is_gone_for_good(desk: Desk, book: Ref) -> None:
    a = find(desk, "Book/A")
    section = find(desk, "Book/A/1")
    c = find(desk, "Book/C")
    desk.library.trash([a])
    desk.library.trash([c])
    assert desk.library.empty_trash([a]).things == 1
    assert [item.ref for item in desk.catalogue.trash()] == [c]
    for gone in (a, section):
        assert code_of(desk.library.restore, [gone]) == "not-found"
        assert code_of(desk.library.rename, gone, "x") == "not-found"
        assert code_of(desk.catalogue.resolve, gone.id) == "not-found"
    assert desk.library.empty_trash().things == 1
    assert desk.library.empty_trash().things == 0
    assert code_of(desk.library.undo) == "undo-stale"
    assert f"chapter {a.id}" in desk.snapshot(), "the tombstone stays"


def test_takes_come_and_go(desk: Desk, book: Ref) -> None:
    section = find(desk, "Book/A/1")
    one, two, three = (desk.add_take(section, f"{number}.wav") for number in (1, 2, 3))

    def takes() -> str:
        return " ".join(f"{row.number}{'*' if row.is_current else ''}" for row in desk.catalogue.takes(section.id))

    assert takes() == "1 2 3*"
    assert desk.catalogue.take(three.id).row.take.replaces_take_id == two.id
    desk.events.clear()
    desk.library.set_current(one.id)
    assert TakesChanged(frozenset({section.id})) in desk.events
    assert takes() == "1* 2 3"
    desk.library.trash([one])
    assert takes() == "2 3*", "the newest takes the place of the current one"
    desk.library.trash([two, three])
    assert takes() == ""
    desk.library.restore([two])
    assert takes() == "2*"
    desk.library.restore([one])
    assert takes() == "1 2*", "what comes back takes nobody's place"
    for _ in range(4):
        desk.library.undo()
    assert takes() == "1* 2 3"
    history = [(entry.what, entry.params) for entry in desk.catalogue.take(one.id).history]
    assert history[-1] == ("added", {"file": "1.wav", "number": "1"})
    assert {"trashed", "restored", "chosen"} <= {what for what, _ in history}


def test_the_previous_take(desk: Desk, book: Ref) -> None:
    section = find(desk, "Book/A/1")
    one, two, three = (desk.add_take(section) for _ in range(3))

    def current() -> Ref:
        return next(Ref(Entity.TAKE, row.take.id) for row in desk.catalogue.takes(section.id) if row.is_current)

    desk.library.trash([two])
    desk.library.previous_take(section.id)
    assert current() == one, "the one it replaced is in the trash: then the one before it"
    assert code_of(lambda: desk.library.previous_take(section.id)) == "no-previous-take"
    desk.library.restore([two])
    desk.library.set_current(three.id)
    desk.library.previous_take(section.id)
    assert current() == two
    assert act(desk.library.undo()) == "Choose take “Take 2”"
    assert current() == three
    assert code_of(lambda: desk.library.previous_take(find(desk, "Book/A/2").id)) == "no-previous-take"


def test_a_take_moved_to_the_right_section_is_its_current_one(desk: Desk, book: Ref) -> None:
    wrong, right = find(desk, "Book/A/1"), find(desk, "Book/A/2")
    desk.add_take(wrong, "1a.wav")
    moved = desk.add_take(wrong, "2b.wav")
    former = desk.add_take(right, "2a.wav")
    before = desk.tree()
    desk.events.clear()
    desk.library.move([moved], right.id)
    assert TakesChanged(frozenset({wrong.id, right.id})) in desk.events
    after = [["Book", [["A", [["1", ["1a.wav*"]], ["2", ["2a.wav", "2b.wav*"]]]], ["B", []], ["C", []]]]]
    assert desk.catalogue.take(moved.id).row.take.replaces_take_id == former.id
    assert "moved" in [entry.what for entry in desk.catalogue.take(moved.id).history]
    undone_and_redone(desk, before, after)


def test_all_takes_of_a_section_can_move_together(desk: Desk, book: Ref) -> None:
    wrong, right = find(desk, "Book/A/1"), find(desk, "Book/A/2")
    takes = [desk.add_take(wrong, f"{number}.wav") for number in (1, 2, 3)]
    before = desk.tree()
    desk.library.move(takes[::-1], right.id)
    after = [["Book", [["A", ["1", ["2", ["1.wav", "2.wav", "3.wav*"]]]], ["B", []], ["C", []]]]]
    undone_and_redone(desk, before, after)


def test_undo_of_a_move_out_of_the_trash(desk: Desk, book: Ref) -> None:
    a, c, section = find(desk, "Book/A"), find(desk, "Book/C"), find(desk, "Book/A/1")
    desk.library.trash([a])
    before = desk.tree()
    desk.library.move([section], c.id)
    undone_and_redone(desk, before, [["Book", [["A", ["2"]], ["B", []], ["C", ["1"]]]]])


def test_notes_and_names_of_takes(desk: Desk, book: Ref) -> None:
    take = desk.add_take(find(desk, "Book/A/1"))
    desk.library.set_fields(take, notes="Better breath")
    desk.library.rename(take, "The good one")
    assert desk.catalogue.take(take.id).row.take.title == "The good one"
    desk.library.rename(take, "")
    assert desk.catalogue.take(take.id).row.take.title == ""
    assert [hit.ref for hit in desk.catalogue.find("breath")] == [take]


def test_undo_says_so_when_it_no_longer_stands(desk: Desk, book: Ref) -> None:
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
def test_undo_of_a_making_leaves_what_another_process_put_there(desk: Desk, book: Ref, noun: Entity) -> None:
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


def test_undo_of_a_making_takes_no_notice_of_what_is_in_the_trash(desk: Desk, book: Ref) -> None:
    made = desk.library.add_chapter(book.id, "New")
    elsewhere = Desk(desk.database.path.parent, first_id=1_000_000)
    elsewhere.library.trash([elsewhere.library.add_section(made.id, "Theirs")])
    elsewhere.close()
    desk.library.undo()
    assert "New" not in str(desk.tree())


def test_undo_of_a_move_whose_former_place_is_in_the_trash(desk: Desk, book: Ref) -> None:
    a, c, section = find(desk, "Book/A"), find(desk, "Book/C"), find(desk, "Book/A/1")
    desk.library.move([section], c.id)
    elsewhere = Desk(desk.database.path.parent)
    elsewhere.library.trash([a])
    elsewhere.close()
    assert code_of(desk.library.undo) == "undo-stale"
    assert desk.tree() == [["Book", [["B", []], ["C", ["1"]]]]]


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


def test_what_is_not_there(desk: Desk, book: Ref) -> None:
    nobody = Ref(Entity.CHAPTER, "00000000-0000-4000-8000-ffffffffffff")
    for refused in (
        lambda: desk.library.rename(nobody, "x"),
        lambda: desk.library.trash([nobody]),
        lambda: desk.library.restore([nobody]),
        lambda: desk.library.move([nobody], book.id),
        lambda: desk.library.add_section(nobody.id, "x"),
        lambda: desk.library.add_chapter(book.id, "x", before=nobody.id),
        lambda: desk.library.set_current(nobody.id),
        lambda: desk.library.previous_take(nobody.id),
    ):
        assert code_of(refused) == "not-found"


def test_emptying_takes_files_away_only_after_it_is_committed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    removed: list[str] = []
    settled: list[str] = []

    class Vault:
        def remove_leaving(self, connection: object, file: Leaving) -> bool:
            other = Desk(tmp_path)  # it sees only what is committed
            assert other.catalogue.trash() == []
            other.close()
            removed.append(file.sha256)
            return True

        def settle(self, shas: Iterable[str]) -> None:
            settled.extend(shas)

    library = type(desk.library)(desk.database, desk.bus, vault=Vault(), make_id=desk.ids)
    project = library.add_project("Book")
    chapter = library.add_chapter(project.id, "A")
    section = library.add_section(chapter.id, "1")
    desk.add_take(section, repaired=True)
    library.trash([project])
    assert library.empty_trash().things == 1
    assert len(removed) == 2
    assert settled == removed
    desk.close()
