"""A take that an edit here brought back from another computer's trash is current again, unless another one is."""

from __future__ import annotations

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests.services.sync.computers import Computer, KilledError
from tests.services.sync.test_conflicts import record
from tests.services.sync.test_engine import Make, make, world

__all__ = ["make", "world"]  # fixtures

pytestmark = pytest.mark.slow

Pair = tuple[Computer, Computer, Ref, Ref]


@pytest.fixture
def pair(make: Make) -> Pair:
    """Two computers with a section and its current take."""
    one, two = make(), make()
    project = one.library.add_project("Book")
    section = one.library.add_section(one.library.add_chapter(project.id, "1").id, "1.1")
    take = record(one, section, None, 5.0)
    one.sync()
    two.sync()
    return one, two, section, take


def _current(section: Ref, *computers: Computer) -> list[str | None]:
    return [computer.get(section).current_take_id for computer in computers]


def _annotated(computer: Computer, take: Ref) -> None:
    computer.create(Entity.NOTE, order_key="a0", take_id=take.id, text="Too fast", at_seconds=1.0)


@pytest.mark.parametrize("how", ["note", "rename"])
def test_the_only_take_is_current_again_on_both(pair: Pair, how: str) -> None:
    one, two, section, take = pair
    one.library.trash([take])
    one.sync()
    if how == "note":
        _annotated(two, take)
    else:
        two.library.rename(take, "The slow one")
    two.sync()
    assert _current(section, two) == [take.id]
    assert two.is_done(), "the choice was sent, too"
    one.sync()
    assert one.get(take).deleted_at is None
    assert _current(section, one) == [take.id]


def test_another_current_take_stays(pair: Pair) -> None:
    one, two, section, take = pair
    later = record(one, section, take.id, 6.0)
    one.sync()
    two.sync()
    one.library.trash([later])
    one.sync()
    _annotated(two, later)
    two.sync()
    one.sync()
    assert one.get(later).deleted_at is None
    assert _current(section, one, two) == [take.id] * 2


def test_a_kill_between_the_answer_and_the_choice_loses_nothing(pair: Pair) -> None:
    one, two, section, take = pair
    one.library.trash([take])
    one.sync()
    _annotated(two, take)
    for steps in range(40):
        two.kill_after(steps)
        try:
            two.sync()
        except KilledError:
            two.restart()
    two.kill_after(None)
    two.sync()
    one.sync()
    assert _current(section, one, two) == [take.id] * 2
