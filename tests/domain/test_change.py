"""When a later edit is merged into a waiting change, and when it must not be."""

from __future__ import annotations

from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.sync.change import Change, fold


def _change(fields: dict[str, Any], *, is_create: bool = False, sent: bool = False) -> Change:
    return Change("c", Entity.SECTION, "s", fields, is_create=is_create, base_version=3, sent=sent)


def test_a_rename_folds_into_the_rename_before_it() -> None:
    folded = fold(_change({"title": "a", "notes": "n"}), _change({"title": "b"}))
    assert folded is not None
    assert folded.fields == {"title": "b", "notes": "n"}
    assert folded.base_version == 3


def test_a_rename_folds_into_the_making_of_the_row() -> None:
    folded = fold(_change({"title": "a", "chapter_id": "k"}, is_create=True), _change({"title": "b"}))
    assert folded is not None
    assert folded.is_create
    assert folded.fields == {"title": "b", "chapter_id": "k"}


def test_nothing_folds_into_what_was_ever_sent() -> None:
    assert fold(_change({"title": "a"}, sent=True), _change({"title": "b"})) is None


def test_trash_and_a_new_parent_go_to_the_end_of_the_queue() -> None:
    assert fold(_change({"title": "a"}), _change({"deleted_at": True})) is None
    assert fold(_change({"title": "a"}), _change({"chapter_id": "other"})) is None
    assert fold(_change({"deleted_at": True}), _change({"title": "b"})) is None


def test_without_a_change_that_waits_there_is_nothing_to_fold_into() -> None:
    assert fold(None, _change({"title": "b"})) is None
