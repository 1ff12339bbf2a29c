"""Activity names what another computer put in the place of something here; nothing is replaced in silence."""

from __future__ import annotations

import pytest

from audiodesk.domain.events import BroughtBack
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Activity, Happened
from audiodesk.domain.sync.activity_line import ActivityAct
from audiodesk.domain.words.server.happened_words import activity_lines, news_line
from audiodesk.local.rows.library import cover_repo
from tests.services.sync.computers import Computer
from tests.services.sync.test_conflicts import record
from tests.services.sync.test_engine import Make, activity, book, make, world

__all__ = ["make", "world"]  # fixtures


def entries(computer: Computer, what: Happened) -> list[Activity]:
    return [entry for entry in activity(computer) if entry.what is what]


def sentences(computer: Computer) -> list[str]:
    return [line.sentence for line in activity_lines(activity(computer), [], computer.device)]


@pytest.fixture
def pair(make: Make) -> tuple[Computer, Computer, tuple[Ref, Ref, Ref, Ref]]:
    """Two computers with the same book."""
    one, two = make(), make()
    rows = book(one)
    one.sync()
    two.sync()
    return one, two, rows


Pair = tuple[Computer, Computer, tuple[Ref, Ref, Ref, Ref]]


def test_a_rename_that_lost_to_another_computers_is_told_with_both_titles(pair: Pair) -> None:
    one, two, (_, chapter, *_) = pair
    one.library.rename(chapter, "Salt pans")
    two.library.rename(chapter, "Salt")
    one.sync()
    two.sync()
    one.sync()
    (entry,) = entries(one, Happened.RENAMED)
    assert (entry.ref, entry.device_id) == (chapter, two.device)
    assert "Chapter renamed to “Salt”; here it was “Salt pans”." in sentences(one)
    assert news_line(entry, one.device) == f"{entry.device_title}: Chapter renamed to “Salt”; here it was “Salt pans”."
    assert entries(one, Happened.CAME) == []
    assert entries(two, Happened.RENAMED) == []


def test_two_renames_are_one_line_with_what_was_here_before_the_first(pair: Pair) -> None:
    one, two, (_, chapter, *_) = pair
    for title in ("Two", "Three"):
        two.library.rename(chapter, title)
        two.sync()
        one.sync()
    (entry,) = entries(one, Happened.RENAMED)
    assert entry.params == {"title": "Three", "former": "1"}


def test_the_first_name_of_a_new_row_is_no_rename(pair: Pair) -> None:
    one, two, _ = pair
    project = two.library.add_project("New project")
    two.sync()
    one.sync()
    two.library.rename(project, "Ferry")
    two.sync()
    one.sync()
    assert entries(one, Happened.RENAMED) == []
    assert entries(one, Happened.SAME_TITLE) == []


def test_notes_and_a_status_of_this_computer_that_were_replaced_are_told(pair: Pair) -> None:
    one, two, (_, _, section, take) = pair
    one.edit(take, notes="Less traffic.\nNew window.")
    one.edit(section, status="retake")
    one.sync()
    two.sync()
    two.edit(take, notes="Good.")
    two.edit(section, status="approved")
    two.sync()
    one.sync()
    found = {entry.params["field"]: entry for entry in entries(one, Happened.REPLACED)}
    assert found["notes"].params["former"] == "Less traffic.\nNew window."
    said = sentences(one)
    assert "The notes on “1.1 · Take 1” were changed; here they were “Less traffic. New window.”." in said
    assert "The status of “1.1” was changed; here it was “Retake”." in said
    assert entries(two, Happened.REPLACED) == []


def _picture(name: str) -> tuple[str, bytes]:
    return "image/png", b"\x89PNG\r\n\x1a\n" + name.encode()


def _cover(computer: Computer, project: Ref) -> bytes | None:
    with computer.database.read() as connection:
        found = cover_repo.cover(connection, project.id)
    return None if found is None else found.data


_REPLACED = "The cover of “Book” was replaced by another one."


def test_of_two_covers_chosen_at_once_the_one_that_lost_is_told(pair: Pair) -> None:
    one, two, (project, *_) = pair
    one.library.set_cover(project.id, *_picture("one"))
    two.library.set_cover(project.id, *_picture("two"))
    one.sync()
    two.sync()
    one.sync()
    two.sync()
    shown = _cover(one, project)
    assert shown == _cover(two, project)
    loser, winner = (one, two) if shown == _picture("two")[1] else (two, one)
    (entry,) = entries(loser, Happened.REPLACED)
    assert (entry.ref, entry.device_id) == (project, winner.device)
    assert _REPLACED in sentences(loser)
    assert news_line(entry, loser.device).endswith(f": {_REPLACED}")
    (line,) = [line for line in activity_lines(activity(loser), [], loser.device) if line.sentence == _REPLACED]
    assert line.acts == (ActivityAct.SHOW,), "there is no text to copy"
    assert entries(winner, Happened.REPLACED) == []
    loser.library.set_cover(project.id, *_picture("three"))
    assert _cover(loser, project) == _picture("three")[1], "the one that shows is the one that is changed"
    loser.sync()
    winner.sync()
    assert _cover(winner, project) == _picture("three")[1]
    assert _REPLACED in sentences(winner)


def test_of_two_changes_of_one_cover_the_one_that_lost_is_told_and_so_is_a_removal(pair: Pair) -> None:
    one, two, (project, *_) = pair
    one.library.set_cover(project.id, *_picture("first"))
    one.sync()
    two.sync()
    assert entries(two, Happened.REPLACED) == [], "a first cover replaces nothing"
    one.library.set_cover(project.id, *_picture("one"))
    two.library.set_cover(project.id, *_picture("two"))
    one.sync()
    two.sync()
    one.sync()
    assert _cover(one, project) == _picture("two")[1]
    assert _REPLACED in sentences(one)
    assert entries(two, Happened.REPLACED) == []
    two.library.set_cover(project.id, None, None)
    two.sync()
    one.sync()
    assert _cover(one, project) is None
    assert "The cover of “Book” was removed." in sentences(one)


def test_removing_a_cover_shows_no_other_one(pair: Pair) -> None:
    one, two, (project, *_) = pair
    one.library.set_cover(project.id, *_picture("one"))
    two.library.set_cover(project.id, *_picture("two"))
    for computer in (one, two, one, two):
        computer.sync()
    one.library.set_cover(project.id, None, None)
    assert _cover(one, project) is None
    one.sync()
    two.sync()
    assert _cover(two, project) is None


def test_what_the_other_computer_made_itself_is_only_counted(pair: Pair) -> None:
    one, two, (project, _, section, _) = pair
    two.edit(project, narrator="Jo")
    two.edit(section, status="approved")
    two.sync()
    one.sync()
    two.edit(project, narrator="Jo Lindqvist")
    two.edit(section, status="retake")
    two.sync()
    one.sync()
    assert entries(one, Happened.REPLACED) == []
    assert entries(one, Happened.CAME)


def test_notes_are_told_also_if_another_field_of_the_row_came_between(pair: Pair) -> None:
    one, two, (_, _, _, take) = pair
    one.edit(take, notes="Less traffic.")
    one.sync()
    two.sync()
    two.library.rename(take, "Pickup")
    two.sync()
    one.sync()
    two.edit(take, notes="Good.")
    two.sync()
    one.sync()
    (entry,) = entries(one, Happened.REPLACED)
    assert entry.params["former"] == "Less traffic."


def test_another_choice_of_the_current_take_is_told_and_a_new_take_is_not(pair: Pair) -> None:
    one, two, (_, _, section, take) = pair
    one.edit(section, current_take_id=take.id)
    one.sync()
    two.sync()
    record(two, section, take.id, 3.0)
    two.sync()
    one.sync()
    assert entries(one, Happened.CHOSEN) == []
    two.library.choose_takes([take.id])
    two.sync()
    one.sync()
    (entry,) = entries(one, Happened.CHOSEN)
    assert entry.ref == section
    assert "Take 1 of “1.1” is the current take now; here it was take 2." in sentences(one)


@pytest.mark.parametrize("entity", [Entity.PROJECT, Entity.CHAPTER, Entity.SECTION])
def test_a_second_row_of_the_same_title_is_told_on_both_computers(pair: Pair, entity: Entity) -> None:
    one, two, (project, chapter, *_) = pair
    for computer, title in ((one, "Ferry"), (two, "ferry ")):
        if entity is Entity.PROJECT:
            computer.library.add_project(title)
        elif entity is Entity.CHAPTER:
            computer.library.add_chapter(project.id, title)
        else:
            computer.library.add_section(chapter.id, title)
    one.sync()
    two.sync()
    one.sync()
    for computer, other, title in ((one, two, "ferry"), (two, one, "Ferry")):
        (entry,) = entries(computer, Happened.SAME_TITLE)
        assert entry.device_id == other.device
        assert f"A second {entity.value} called “{title}” came. Both are kept." in sentences(computer)


def test_what_came_back_is_named_without_the_rows_above_it(pair: Pair) -> None:
    one, two, (_, chapter, section, _) = pair
    two.library.rename(section, "Mine")
    one.library.trash([chapter])
    one.sync()
    two.sync()
    assert [event.titles for event in two.events if isinstance(event, BroughtBack)] == [("1",)]
    assert "“1” came back from the trash, because it was edited here." in sentences(two)


def test_an_edit_between_two_renames_from_elsewhere_is_told(pair: Pair) -> None:
    """Two changes that follow each other are one entry; a title that was typed here between them is not lost in it."""
    one, two, (_, _, section, _) = pair
    for title in ("Captain", "Skip"):
        two.library.rename(section, title)
        two.sync()
        one.sync()
    one.library.rename(section, "Master")
    one.sync()
    two.library.rename(section, "Skipper")
    two.sync()
    one.sync()
    told = [(entry.params["former"], entry.params["title"]) for entry in entries(one, Happened.RENAMED)]
    assert sorted(told) == [("1.1", "Skip"), ("Master", "Skipper")]


def test_a_note_that_came_back_stops_no_sync(pair: Pair) -> None:
    """It has no title that could be told."""
    one, two, (_, _, _, take) = pair
    note = one.create(Entity.NOTE, order_key="a0", take_id=take.id, text="click", at_seconds=1.0)
    one.sync()
    two.sync()
    two.edit(note, text="a click")
    one.edit(note, deleted_at=1)
    one.sync()
    two.sync()
    one.sync()
    for computer in (one, two):
        assert (computer.get(note).text, computer.get(note).deleted_at) == ("a click", None)
    assert not [event for event in two.events if isinstance(event, BroughtBack)]


def test_a_library_that_was_only_sent_did_not_come(make: Make) -> None:
    one, two = make(), make()
    book(one)
    one.sync()
    assert entries(one, Happened.FIRST_SYNC) == []
    two.sync()
    assert entries(two, Happened.FIRST_SYNC)


def test_what_another_computer_trashed_and_brought_back_is_told(pair: Pair) -> None:
    one, two, (_, _, section, take) = pair
    two.library.trash([take])
    two.sync()
    one.sync()
    (entry,) = entries(one, Happened.TRASHED)
    assert (entry.ref, entry.device_id) == (take, two.device)
    assert "“1.1 · Take 1” was moved to the trash." in sentences(one)
    two.library.trash([section])
    two.sync()
    one.sync()
    two.library.rename(section, "Mine")
    two.sync()
    one.sync()
    said = sentences(one)
    assert "“1.1” was moved to the trash." in said
    assert any(line.startswith("“Mine” was brought back from the trash on ") for line in said)


def test_what_another_computer_restored_is_not_called_edited(pair: Pair) -> None:
    one, two, (_, _, section, _) = pair
    two.library.trash([section])
    two.sync()
    one.sync()
    two.library.restore([section])
    two.sync()
    one.sync()
    (entry,) = entries(one, Happened.BROUGHT_BACK)
    assert entry.device_id == two.device
    (said,) = [line for line in sentences(one) if "from the trash" in line]
    assert said == f"“1.1” was brought back from the trash on {entry.device_title}."
