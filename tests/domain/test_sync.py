"""The rules by which two computers come to agree, each rule alone."""

from __future__ import annotations

from typing import Any

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.change import Change
from audiodesk.domain.sync.exchange import (
    Head,
    Place,
    ServerRow,
    after_page,
    as_json,
    is_newer,
    later_head,
    lost_fields,
    next_batch,
    overlaid,
    take_answers,
)


def _change(number: int, row: str = "r", **fields: Any) -> Change:
    return Change(f"c{number}", Entity.SECTION, row, fields or {"title": "t"})


def _result(change: Change, outcome: str = "applied", **more: Any) -> dict[str, Any]:
    return {"change_id": change.change_id, "result": outcome, "code": None, "message": None, "row": None, **more}


def _row(version: int, stamps: dict[str, int], **fields: Any) -> ServerRow:
    return ServerRow(Entity.SECTION, "r", version, fields, stamps)


def test_unanswered_changes_lie_over_what_the_server_said() -> None:
    shown = overlaid({"title": "old", "notes": "n"}, [_change(1, title="new"), _change(2, title="newer")])
    assert shown == {"title": "newer", "notes": "n"}


def test_a_row_that_the_server_does_not_know_is_its_changes() -> None:
    assert overlaid(None, [_change(1, title="new")]) == {"title": "new"}


def test_a_batch_is_the_beginning_of_the_queue_marked_as_sent() -> None:
    queue = [_change(number) for number in range(5)]
    batch = next_batch(queue, most_changes=3)
    assert [change.change_id for change in batch] == ["c0", "c1", "c2"]
    assert all(change.sent for change in batch)
    assert not any(change.sent for change in queue)


@pytest.mark.parametrize("text", ["x" * 400, "é" * 200])
def test_a_batch_ends_before_it_is_too_large(text: str) -> None:
    queue = [_change(number, title=text) for number in range(5)]
    assert len(next_batch(queue, most_bytes=1200)) == 2


def test_a_change_that_alone_is_too_large_is_sent_alone() -> None:
    queue = [_change(number, title="x" * 5000) for number in range(2)]
    assert [change.change_id for change in next_batch(queue, most_bytes=1000)] == ["c0"]


def test_what_waits_for_the_server_holds_back_its_own_row_alone() -> None:
    queue = [_change(1, "a"), _change(2, "b"), _change(3, "a"), _change(4, "b")]
    assert [change.change_id for change in next_batch(queue, held={"c1"})] == ["c2", "c4"]


def test_stamps_are_sent_where_there_are_some() -> None:
    assert "stamps" not in as_json(_change(1))
    healing = Change("c", Entity.SECTION, "r", {"title": "t"}, stamps={"title": 7})
    assert as_json(healing)["stamps"] == {"title": 7}


def test_answers_sort_the_batch() -> None:
    batch = [_change(number, f"r{number}") for number in range(6)]
    answered = take_answers(
        batch,
        [
            _result(batch[0], row={"id": "r0"}),
            _result(batch[1], "repeated"),
            _result(batch[2], "refused", code="wrong_kind", message="No.", row={"id": "r2"}),
            _result(batch[3], "refused", code="unknown_entity", message="No."),
            _result(batch[4], "refused", code="unknown_field", message="No."),
            {**_result(batch[0]), "change_id": "somebody else's"},
        ],
    )
    assert answered.done == (batch[0], batch[1])
    assert [(refusal.change, refusal.code) for refusal in answered.refused] == [(batch[2], "wrong_kind")]
    assert [refusal.change for refusal in answered.held] == [batch[3], batch[4]]
    assert answered.unanswered == (batch[5],)
    assert [row["id"] for row in answered.rows] == ["r0", "r2"]


def test_what_came_back_from_the_trash_is_told_once() -> None:
    batch = [_change(1), _change(2)]
    back = [{"entity": "project", "id": "p"}, {"entity": "chapter", "id": "k"}]
    answered = take_answers(batch, [_result(batch[0], revived=back), _result(batch[1], revived=back)])
    assert answered.revived == (Ref(Entity.PROJECT, "p"), Ref(Entity.CHAPTER, "k"))


def test_an_older_row_is_late_news_and_an_equal_one_is_taken() -> None:
    assert is_newer(None, 1)
    assert is_newer(3, 3)
    assert not is_newer(3, 2)


def test_the_highest_head_stays() -> None:
    assert later_head(Head(3, "x"), {"seq": 2, "tag": "y"}) == Head(3, "x")
    assert later_head(Head(3, "x"), {"seq": 4, "tag": "y"}) == Head(4, "y")


def test_a_pull_ends_on_an_empty_page() -> None:
    assert after_page({"rows": [{"seq": 4, "id": "r"}], "upto": 9}) == (Place(4, "r", 9), False)
    assert after_page({"rows": [], "upto": 9}) == (Place(9), True)


def test_a_restored_server_gets_back_what_it_lost_and_nothing_else() -> None:
    kept = _row(9, {"*": 2, "title": 9, "notes": 5}, title="new", notes="n", order_key="a0", verified_at=4)
    now = _row(5, {"*": 2, "notes": 5}, title="old", notes="n", order_key="a0", verified_at=None)
    assert lost_fields(kept, now) == ({"title": "new"}, {"title": 9})
    assert lost_fields(now, kept) is None


def test_a_row_that_a_restored_server_lost_comes_back_whole() -> None:
    kept = _row(9, {"*": 2}, title="t", order_key="a0", deleted_at=1234, verified_at=4)
    fields, stamps = lost_fields(kept, None) or ({}, {})
    assert fields == {"title": "t", "order_key": "a0", "deleted_at": True}, "the server stamps the time itself"
    assert stamps == {"title": 2, "order_key": 2, "deleted_at": 2}
