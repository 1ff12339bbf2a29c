"""A take's number is given once in its section and stays, whatever is moved, trashed or undone."""

from __future__ import annotations

from audiodesk.domain.library.entities import Purpose, Take
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from audiodesk.domain.words.library.history_words import history_sentence
from audiodesk.domain.words.library.take_words import number_label, take_label, take_title
from audiodesk.local.rows.store.edited_rows import EditedRows
from tests.library_support import Desk
from tests.support import code_of


def numbers(desk: Desk, section: Ref) -> list[int]:
    return [row.number for row in desk.catalogue.takes(section.id)]


def test_moving_takes_away_renames_none_of_the_others(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    takes = [desk.add_take(dawn) for _ in range(12)]
    desk.library.move([takes[6], takes[7]], toll.id)
    assert numbers(desk, dawn) == [1, 2, 3, 4, 5, 6, 9, 10, 11, 12]
    assert numbers(desk, toll) == [1, 2]
    desk.add_take(dawn)
    assert numbers(desk, dawn)[-1] == 13


def test_the_number_of_a_take_that_left_or_was_emptied_is_not_given_again(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    takes = [desk.add_take(dawn) for _ in range(3)]
    desk.library.move([takes[2]], toll.id)
    assert desk.catalogue.next_take_number(dawn.id) == 4
    desk.add_take(dawn)
    desk.library.trash([takes[0]])
    desk.library.empty_trash()
    desk.add_take(dawn)
    assert numbers(desk, dawn) == [2, 4, 5]


def test_undo_gives_the_old_number_back_and_redo_the_new_one(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    desk.add_take(toll)
    takes = [desk.add_take(dawn) for _ in range(3)]
    desk.library.move([takes[1]], toll.id)
    assert (numbers(desk, dawn), numbers(desk, toll)) == ([1, 3], [1, 2])
    desk.library.undo()
    assert (numbers(desk, dawn), numbers(desk, toll)) == ([1, 2, 3], [1])
    desk.add_take(toll)
    assert numbers(desk, toll) == [1, 3], "the number was given once"
    desk.library.undo()
    desk.library.move([takes[1]], toll.id)
    assert numbers(desk, toll) == [1, 4]
    said = [history_sentence(entry) for entry in desk.catalogue.take(takes[1].id).history]
    assert "Is take 4 now; was take 2" in said


def test_a_number_that_is_undone_with_an_import_stays_that_take_s(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    desk.add_take(dawn)
    second = desk.add_take(dawn)
    desk.library.undo()
    desk.add_take(dawn)
    assert numbers(desk, dawn) == [1, 3]
    desk.library.restore([second])
    assert numbers(desk, dawn) == [1, 2, 3]


def test_the_same_number_from_two_computers_is_told_apart(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    desk.add_take(dawn)
    first = desk.add_take(dawn)

    def arrive(ids: list[str]) -> None:
        def work(connection: object) -> None:
            rows = EditedRows(connection, 1)  # type: ignore[arg-type]  # a connection
            for place, take_id in enumerate(ids):
                rows.create(
                    Take(id=take_id, order_key=f"b{place}", section_id=dawn.id, file_name=f"{place}.wav", number=2)
                )

        desk.database.write(work)

    later = ["ffffffff-0000-4000-8000-000000000002", "ffffffff-0000-4000-8000-000000000001"]
    arrive(later)
    labels = {row.take.id: take_label(row) for row in desk.catalogue.takes(dawn.id)}
    assert [labels[take_id] for take_id in (first.id, later[1], later[0])] == ["2", "2b", "2c"]
    assert desk.catalogue.crumbs(Ref(Entity.TAKE, later[0]))[-1].title == "Take 2c"
    assert desk.catalogue.resolve("Book/A/Dawn/Take 2b") == Ref(Entity.TAKE, later[1])
    desk.library.trash([first])
    assert take_title(desk.catalogue.take(later[1]).row) == "Take 2b", "stays, whatever is trashed"
    desk.library.set_current(later[0])
    assert act(desk.library.undo()) == "Choose take “Take 2c”"
    desk.library.set_number(later[0], 9)
    assert take_label(desk.catalogue.take(later[0]).row) == "9"
    assert act(desk.library.undo()) == "Change number of “Take 9”"
    assert take_label(desk.catalogue.take(later[0]).row) == "2c"


def test_letters_come_to_an_end() -> None:
    assert [number_label(7, count) for count in (0, 1, 25, 26)] == ["7", "7b", "7z", "7-27"]


def test_a_number_is_given_by_hand_where_no_other_take_has_it(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    one, two = desk.add_take(dawn), desk.add_take(dawn)
    assert code_of(lambda: desk.library.set_number(one.id, 2)) == "number-taken"
    desk.library.trash([two])
    assert code_of(lambda: desk.library.set_number(one.id, 2)) == "number-taken", "it may come back"
    for wrong in (0, -1, 10_000):
        assert code_of(lambda number=wrong: desk.library.set_number(one.id, number)) == "number-out-of-range"
    desk.library.set_number(one.id, 7)
    assert numbers(desk, dawn) == [7]
    assert desk.catalogue.next_take_number(dawn.id) == 8
    desk.library.undo()
    assert numbers(desk, dawn) == [1]


def test_a_number_that_was_given_by_mistake_burns_none(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    take = desk.add_take(dawn)
    desk.library.set_number(take.id, 700)
    desk.library.set_number(take.id, 7)
    assert desk.catalogue.next_take_number(dawn.id) == 8
    desk.library.move([take], toll.id)
    assert desk.catalogue.next_take_number(dawn.id) == 8, "that one is known as take 7 of this section"
    desk.library.undo()
    assert numbers(desk, dawn) == [7]


def test_a_pickup_takes_the_place_of_no_take(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    whole, other = desk.add_take(dawn), desk.add_take(dawn)
    pickup = desk.add_take(toll)
    desk.database.write(
        lambda connection: EditedRows(connection, 1).update(
            Ref(Entity.TAKE, pickup.id), purpose=Purpose.PICKUP, created_at=desk.clock() + 1000
        )
    )
    desk.library.move([pickup], dawn.id)
    current = {row.take.id for row in desk.catalogue.takes(dawn.id) if row.is_current}
    assert current == {other.id}
    desk.library.trash([other])
    current = {row.take.id for row in desk.catalogue.takes(dawn.id) if row.is_current}
    assert current == {whole.id}, "although the pickup is newer"


def test_a_take_that_came_without_a_number_has_a_name(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0])
    desk.database.write(lambda connection: connection.execute("update take set number = 0 where id = ?", (take.id,)))
    details = desk.catalogue.take(take.id)
    assert take_label(details.row) == "–"
    assert take_title(details.row) == "Take without a number"
    assert desk.catalogue.crumbs(take)[-1].title == "Take without a number"
    other = desk.add_take(sections[0])
    desk.library.set_current(other.id)
    desk.library.set_current(take.id)
    chosen = history_sentence(desk.catalogue.take(take.id).history[0])
    assert chosen == "A take without a number became the current take"
    desk.library.trash([take])
    assert [item.title for item in desk.catalogue.trash()] == ["Take without a number"]
    desk.library.restore([take])
    desk.library.set_number(take.id, 7)
    said = [history_sentence(entry) for entry in desk.catalogue.take(take.id).history]
    assert "Is take 7 now; had no number" in said
