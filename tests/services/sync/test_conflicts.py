"""Two new takes for one from two computers: both stay until a person chooses, on every computer."""

from __future__ import annotations

from audiodesk.domain.library.conflict import Conflict, Keep, chosen_take, computers_of, replacements
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import StateCode
from audiodesk.domain.words.library.act_words import act
from audiodesk.domain.words.library.conflict_words import conflict_line
from audiodesk.services.library.catalogue import Catalogue
from audiodesk.services.library.section_sums import SectionSums
from tests.server.sync_calls import FILE_FACTS
from tests.services.sync.computers import Computer
from tests.services.sync.test_engine import Make, make, world

__all__ = ["make", "world"]  # fixtures


def conflicts(computer: Computer) -> list[Conflict]:
    return Catalogue(computer.database, SectionSums(computer.database, computer.bus, lambda: True)).conflicts()


def record(computer: Computer, section: Ref, replaces: str | None, seconds: float) -> Ref:
    """A take as an import makes it."""
    take = computer.create(
        Entity.TAKE,
        order_key="a1",
        section_id=section.id,
        file_name="a.wav",
        number=2,
        device_id=computer.device,
        replaces_take_id=replaces,
    )
    computer.create(Entity.TAKE_FILE, order_key="a0", take_id=take.id, **{**FILE_FACTS, "seconds": seconds})
    computer.edit(section, current_take_id=take.id)
    return take


def test_both_takes_stay_until_one_is_chosen_in_one_undo_step(make: Make) -> None:
    one, two = make(), make()
    project = one.library.add_project("Book")
    chapter = one.library.add_chapter(project.id, "1")
    sections = [one.library.add_section(chapter.id, title) for title in ("b", "a")]
    firsts = [record(one, section, None, 5.0) for section in sections]
    one.sync()
    two.sync()
    ones = [record(one, section, first.id, 6.0) for section, first in zip(sections, firsts, strict=True)]
    twos = [record(two, section, first.id, 7.0) for section, first in zip(sections, firsts, strict=True)]
    one.sync()
    two.sync()
    one.sync()
    for computer in (one, two):
        found = conflicts(computer)
        assert [conflict.section for conflict in found] == sections
        assert {take.take_id for take in found[0].takes} == {ones[0].id, twos[0].id}
        current = computer.get(sections[0]).current_take_id
        assert [take.take_id for take in found[0].takes if take.is_current] == [current]
        assert [chosen_take(conflict, Keep.LONGER) for conflict in found] == [
            next(take for take in conflict.takes if take.take_id == two_take.id)
            for conflict, two_take in zip(found, twos, strict=True)
        ]
        assert all(
            take.computer and (take.state.code, take.state.reason) == (StateCode.WAITING, "elsewhere")
            for take in found[0].takes
        )
    one.library.choose_takes([take.id for take in twos])
    assert conflicts(one) == []
    assert one.library.undo_edit is not None
    assert act(one.library.undo_edit) == "Choose 2 takes"
    assert [one.get(section).current_take_id for section in sections] == [take.id for take in twos]
    one.sync()
    two.sync()
    assert conflicts(two) == []
    assert [two.get(section).current_take_id for section in sections] == [take.id for take in twos]
    assert all(two.get(take).deleted_at is None for take in (*ones, *twos, *firsts))
    one.library.undo()
    one.sync()
    two.sync()
    assert len(conflicts(one)) == len(conflicts(two)) == 2


def test_computers_whose_names_have_not_come_are_told_apart(make: Make) -> None:
    """Ids of the same minute begin alike."""
    one, two = make(), make()
    chapter = one.library.add_chapter(one.library.add_project("Book").id, "1")
    section = one.library.add_section(chapter.id, "a")
    first = record(one, section, None, 5.0)
    one.sync()
    two.sync()
    for computer in (one, two):
        record(computer, section, first.id, 6.0)
    for computer in (one, two, one):
        computer.sync()
    one.database.write(lambda connection: connection.execute("delete from device"))
    (conflict,) = conflicts(one)
    assert sorted(computers_of([conflict])) == sorted(computer.device[-8:] for computer in (one, two))
    assert all(name in conflict_line(conflict) for name in computers_of([conflict]))


def test_choosing_makes_a_chain() -> None:
    assert replacements("b", ["a", "b", "c"], "x") == {"b": "a", "a": "c", "c": "x"}


def test_two_computers_of_one_name_are_told_apart(make: Make) -> None:
    one, two = make(), make()
    for computer in (one, two):
        computer.edit(Ref(Entity.DEVICE, computer.device), title="Studio PC")
    chapter = one.library.add_chapter(one.library.add_project("Book").id, "1")
    section = one.library.add_section(chapter.id, "a")
    first = record(one, section, None, 5.0)
    one.sync()
    two.sync()
    takes = {record(computer, section, first.id, 6.0).id for computer in (one, two)}
    for computer in (one, two, one):
        computer.sync()
    (here,), (there,) = conflicts(one), conflicts(two)
    names = {take.take_id: take.computer for take in here.takes}
    assert set(names) == takes
    assert sorted(names.values()) == ["Studio PC", "Studio PC (2)"]
    assert names == {take.take_id: take.computer for take in there.takes}, "the same on both"
    assert chosen_take(here, Keep.COMPUTER, "Studio PC") != chosen_take(here, Keep.COMPUTER, "Studio PC (2)")
