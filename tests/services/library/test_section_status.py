"""The status of a section: the first take sets it to recorded, the person sets everything else."""

from __future__ import annotations

import pytest

from audiodesk.domain.errors import BugError
from audiodesk.domain.events import TreeChanged
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.words.library.act_words import act
from tests.library_support import Desk


def status(desk: Desk, section: Ref) -> SectionStatus | None:
    node = desk.catalogue.node(section)
    assert node is not None
    return node.status


def test_the_first_take_makes_a_section_recorded_and_undo_takes_it_back(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    assert status(desk, dawn) is SectionStatus.TO_RECORD
    desk.add_take(dawn)
    assert status(desk, dawn) is SectionStatus.RECORDED
    desk.library.undo()
    assert status(desk, dawn) is SectionStatus.TO_RECORD
    desk.library.redo()
    assert status(desk, dawn) is SectionStatus.RECORDED


def test_trashing_the_last_take_changes_nothing(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    desk.library.trash([desk.add_take(dawn)])
    assert status(desk, dawn) is SectionStatus.RECORDED


def test_a_take_that_is_moved_or_comes_back_is_a_first_take_too(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    take = desk.add_take(dawn)
    desk.library.move([take], toll.id)
    assert status(desk, toll) is SectionStatus.RECORDED
    desk.library.trash([take])
    desk.library.set_status([toll], SectionStatus.TO_RECORD)
    desk.library.restore([take])
    assert status(desk, toll) is SectionStatus.RECORDED
    desk.library.undo()
    assert status(desk, toll) is SectionStatus.TO_RECORD


def test_a_section_whose_takes_were_moved_away_is_to_record_again(desk: Desk, sections: list[Ref]) -> None:
    dawn, toll = sections
    takes = [desk.add_take(dawn), desk.add_take(dawn)]
    desk.library.move(takes[:1], toll.id)
    assert status(desk, dawn) is SectionStatus.RECORDED, "one take is still there"
    desk.library.move(takes[1:], toll.id)
    assert status(desk, dawn) is SectionStatus.TO_RECORD
    desk.library.undo()
    assert status(desk, dawn) is SectionStatus.RECORDED
    desk.library.redo()
    assert status(desk, dawn) is SectionStatus.TO_RECORD


@pytest.mark.parametrize("chosen", [SectionStatus.RETAKE, SectionStatus.APPROVED])
def test_what_the_person_says_stays(desk: Desk, sections: list[Ref], chosen: SectionStatus) -> None:
    dawn, toll = sections
    desk.library.set_status([dawn], chosen)
    desk.library.trash([desk.add_take(dawn)])
    last = desk.add_take(dawn)
    assert status(desk, dawn) is chosen
    desk.library.move([last], toll.id)
    assert status(desk, dawn) is chosen


def test_several_sections_are_one_undo(desk: Desk, sections: list[Ref]) -> None:
    desk.events.clear()
    desk.library.set_status(sections, SectionStatus.APPROVED)
    assert any(isinstance(event, TreeChanged) for event in desk.events)
    assert [status(desk, section) for section in sections] == [SectionStatus.APPROVED] * 2
    assert act(desk.library.undo()) == "Change status of 2 sections"
    assert [status(desk, section) for section in sections] == [SectionStatus.TO_RECORD] * 2


def test_only_sections_have_one(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0])
    with pytest.raises(BugError):
        desk.library.set_status([take], SectionStatus.APPROVED)
