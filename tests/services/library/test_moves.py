"""Moves among siblings and to other parents, and their undo."""

from __future__ import annotations

from audiodesk.domain.events import TreeChanged
from audiodesk.domain.library.read_model import Ref
from tests.library_support import Desk
from tests.services.library.book import find, undone_and_redone
from tests.support import code_of


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


def test_a_move_to_the_same_place_is_no_edit_although_a_trashed_row_lies_between(desk: Desk, book: Ref) -> None:
    a, b, c = (find(desk, f"Book/{title}") for title in "ABC")
    desk.library.trash([b])
    edit = desk.library.undo_edit
    desk.library.move([a], book.id, before=c.id)
    assert desk.library.undo_edit is edit


def test_rows_with_equal_order_keys_get_new_keys_when_one_is_put_between_them(desk: Desk, book: Ref) -> None:
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


def test_impossible_moves_are_refused(desk: Desk, book: Ref) -> None:
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


def test_moving_up_and_down_stops_at_the_ends(desk: Desk, book: Ref) -> None:
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


def test_undo_of_a_move_out_of_the_trash(desk: Desk, book: Ref) -> None:
    a, c, section = find(desk, "Book/A"), find(desk, "Book/C"), find(desk, "Book/A/1")
    desk.library.trash([a])
    before = desk.tree()
    desk.library.move([section], c.id)
    undone_and_redone(desk, before, [["Book", [["A", ["2"]], ["B", []], ["C", ["1"]]]]])


def test_undo_of_a_move_whose_former_place_is_in_the_trash(desk: Desk, book: Ref) -> None:
    a, c, section = find(desk, "Book/A"), find(desk, "Book/C"), find(desk, "Book/A/1")
    desk.library.move([section], c.id)
    elsewhere = Desk(desk.database.path.parent)
    elsewhere.library.trash([a])
    elsewhere.close()
    assert code_of(desk.library.undo) == "undo-stale"
    assert desk.tree() == [["Book", [["B", []], ["C", ["1"]]]]]
