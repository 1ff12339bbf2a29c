"""Takes of a section: which one is current, moves, notes and names."""

from __future__ import annotations

from audiodesk.domain.events import TakesChanged
from audiodesk.domain.library.entities import Purpose
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from audiodesk.local.rows.store.edited_rows import EditedRows
from tests.library_support import Desk
from tests.services.library.book import find, undone_and_redone
from tests.support import code_of


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


def test_a_moved_take_leaves_the_current_one_of_its_new_section(desk: Desk, book: Ref) -> None:
    wrong, right = find(desk, "Book/A/1"), find(desk, "Book/A/2")
    one = desk.add_take(wrong, "1a.wav")
    moved = desk.add_take(wrong, "2b.wav")
    desk.add_take(right, "2a.wav")
    before = desk.tree()
    assert desk.catalogue.take(moved.id).row.take.replaces_take_id == one.id
    desk.events.clear()
    desk.library.move([moved], right.id)
    assert TakesChanged(frozenset({wrong.id, right.id})) in desk.events
    after = [["Book", [["A", [["1", ["1a.wav*"]], ["2", ["2a.wav*", "2b.wav"]]]], ["B", []], ["C", []]]]]
    assert desk.catalogue.take(moved.id).row.take.replaces_take_id is None
    assert "moved" in [entry.what for entry in desk.catalogue.take(moved.id).history]
    undone_and_redone(desk, before, after)


def test_a_moved_take_becomes_current_where_only_a_pickup_was(desk: Desk, book: Ref) -> None:
    wrong, right = find(desk, "Book/A/1"), find(desk, "Book/A/2")
    whole = desk.add_take(wrong, "whole.wav")
    pickup = desk.add_take(right, "pickup.wav")
    desk.database.write(lambda connection: EditedRows(connection, 1).update(pickup, purpose=Purpose.PICKUP))
    desk.library.move([whole], right.id)
    assert [row.take.file_name for row in desk.catalogue.takes(right.id) if row.is_current] == ["whole.wav"]
    assert desk.catalogue.take(whole.id).row.take.replaces_take_id == pickup.id
    desk.library.move([pickup], wrong.id)
    desk.library.move([pickup], right.id)
    assert [row.take.file_name for row in desk.catalogue.takes(right.id) if row.is_current] == ["whole.wav"]


def test_all_takes_of_a_section_can_move_together(desk: Desk, book: Ref) -> None:
    wrong, right = find(desk, "Book/A/1"), find(desk, "Book/A/2")
    takes = [desk.add_take(wrong, f"{number}.wav") for number in (1, 2, 3)]
    before = desk.tree()
    desk.library.move(takes[::-1], right.id)
    after = [["Book", [["A", ["1", ["2", ["1.wav", "2.wav", "3.wav*"]]]], ["B", []], ["C", []]]]]
    undone_and_redone(desk, before, after)


def test_notes_and_names_of_takes(desk: Desk, book: Ref) -> None:
    take = desk.add_take(find(desk, "Book/A/1"))
    desk.library.set_fields(take, notes="Better breath")
    desk.library.rename(take, "The good one")
    assert desk.catalogue.take(take.id).row.take.title == "The good one"
    desk.library.rename(take, "")
    assert desk.catalogue.take(take.id).row.take.title == ""
    assert [hit.ref for hit in desk.catalogue.find("breath")] == [take]
