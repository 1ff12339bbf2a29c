"""Properties of the order among siblings."""

from __future__ import annotations

import string
from collections.abc import Collection

import pytest
from fractional_indexing import generate_key_between
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.library.order import Placed, Sibling, can_move, place

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
keys = st.builds(
    lambda head, tail: generate_key_between(f"a{head}", f"a{_DIGITS[_DIGITS.index(head) + 1]}") + tail,
    st.sampled_from(_DIGITS[:-1]),
    st.text(_DIGITS[1:], max_size=3),
)


@st.composite
def families(draw: st.DrawFn) -> list[Sibling]:
    chosen = draw(st.lists(keys, min_size=1, max_size=4, unique=True))
    drawn = draw(st.lists(st.sampled_from(chosen), max_size=9))
    return sorted(Sibling(key, f"id{number}") for number, key in enumerate(drawn))


def arranged(siblings: list[Sibling], placed: Placed) -> list[str]:
    rows = [Sibling(placed.rekeyed.get(sibling.id, sibling.key), sibling.id) for sibling in siblings]
    rows += [Sibling(key, f"new{number:02}") for number, key in enumerate(placed.keys)]
    return [row.id for row in sorted(rows)]


@given(families(), st.integers(min_value=0, max_value=9), st.integers(min_value=1, max_value=5))
def test_newcomers_stand_where_they_were_put_and_the_others_keep_their_order(
    siblings: list[Sibling], index: int, count: int
) -> None:
    ids = [sibling.id for sibling in siblings]
    index = min(index, len(ids))
    placed = place(siblings, ids[index] if index < len(ids) else None, count)
    expected = ids[:index] + [f"new{number:02}" for number in range(count)] + ids[index:]
    assert arranged(siblings, placed) == expected
    assert len(set(placed.keys)) == count


@given(families(), st.integers(min_value=0, max_value=9))
def test_only_later_equals_are_keyed_anew_and_only_upward(siblings: list[Sibling], index: int) -> None:
    index = min(index, len(siblings))
    placed = place(siblings, siblings[index].id if index < len(siblings) else None, 1)
    by_id = {sibling.id: sibling.key for sibling in siblings}
    for row_id, key in placed.rekeyed.items():
        assert key > by_id[row_id]
        assert by_id[row_id] == siblings[index - 1].key
    if index == 0 or index == len(siblings) or siblings[index - 1].key != siblings[index].key:
        assert placed.rekeyed == {}


def test_a_key_that_is_none_makes_all_be_keyed_anew() -> None:
    siblings = [Sibling("", "a"), Sibling("zz not a key", "b")]
    placed = place(siblings, "b", 1)
    assert arranged(siblings, placed) == ["a", "new00", "b"]
    assert set(placed.rekeyed) == {"a", "b"}


def test_an_empty_family() -> None:
    assert place([], None, 2) == Placed(["a0", "a1"], {})


def test_keys_stay_short_when_put_at_the_end() -> None:
    siblings: list[Sibling] = []
    for number in range(1000):
        siblings.append(Sibling(place(siblings, None, 1).keys[0], f"{number:04}"))
    assert [sibling.id for sibling in sorted(siblings)] == [sibling.id for sibling in siblings]
    assert max(len(sibling.key) for sibling in siblings) <= 4


@pytest.mark.parametrize(
    ("moving", "can"),
    [
        ("", (False, False)),
        ("a", (False, True)),
        ("b", (True, True)),
        ("d", (True, False)),
        ("ab", (False, True)),
        ("dc", (True, False)),
        ("ac", (True, True)),
        ("ad", (True, True)),
        ("abcd", (False, False)),
        ("ax", (False, False)),
    ],
)
def test_a_move_by_one_place_that_would_change_nothing_is_known(
    moving: Collection[str], can: tuple[bool, bool]
) -> None:
    assert can_move("abcd", moving) == can
