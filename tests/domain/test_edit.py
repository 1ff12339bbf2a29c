"""The rule by which an edit is undone."""

from __future__ import annotations

from audiodesk.domain.library.edit import Edit, FieldChange
from audiodesk.domain.library.entity import Entity


def _change(field: str, before: object, after: object) -> FieldChange:
    return FieldChange(Entity.CHAPTER, "c", field, before, after)


def test_reversing_takes_the_last_change_back_first() -> None:
    edit = Edit("move", (_change("project_id", "p", "q"), _change("order_key", "a0", "a1")))
    assert edit.reversed().changes == (_change("order_key", "a1", "a0"), _change("project_id", "q", "p"))
    assert edit.reversed().reversed() == edit


def test_a_change_stands_while_the_field_has_what_it_made_of_it() -> None:
    assert _change("title", "a", "b").still_stands("b")
    assert not _change("title", "a", "b").still_stands("c")


def test_the_time_of_trashing_does_not_matter_for_undo() -> None:
    assert _change("deleted_at", None, 5).still_stands(99)
    assert not _change("deleted_at", None, 5).still_stands(None)
    assert _change("deleted_at", 5, None).still_stands(None)


def test_a_row_leaves_its_place_when_it_is_trashed_or_goes_below_another_parent() -> None:
    trash, move = _change("deleted_at", None, 5), _change("project_id", "p", "q")
    for change in (trash, move, move.reversed()):
        assert Edit("act", (change,)).leaving_rows() == {"c"}
    for change in (trash.reversed(), _change("title", "a", "b"), _change("order_key", "a0", "a1")):
        assert not Edit("act", (change,)).leaving_rows()
