"""The seeds are worth something: each of these faults, put into the shipped synchronizer, is found by one of them."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.change import Change
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import refused_change_repo, sync_place_repo
from audiodesk.services.sync.puller import Page, Pulled, Puller
from audiodesk.services.sync.pusher import Pushed, Pusher
from audiodesk.services.sync.recoverer import Recoverer
from tests.services.sync.seed import run_seed
from tests.twin.databases import Databases

_SEEDS = 12
_Patch = pytest.MonkeyPatch


def _forget_the_overlay(patch: _Patch) -> None:
    shown = exchange.overlaid

    def overlaid(known: Mapping[str, Any] | None, changes: Iterable[Change]) -> dict[str, Any]:
        return dict(known) if known is not None else shown(known, changes)

    patch.setattr(exchange, "overlaid", overlaid)


def _drop_what_an_answer_leaves_out(patch: _Patch) -> None:
    take = exchange.take_answers

    def take_answers(batch: Sequence[Change], results: Iterable[Mapping[str, Any]]) -> exchange.Answered:
        answered = take(batch, results)
        return replace(answered, done=(*answered.done, *answered.unanswered), unanswered=())

    patch.setattr(exchange, "take_answers", take_answers)


def _drop_what_was_sent_without_an_answer(patch: _Patch) -> None:
    after = Pusher._after_error

    def after_error(self: Pusher, error: AudioDeskError, batch: Sequence[Change]) -> Pushed:
        if isinstance(error, OutsideError):
            self._room.database.write(lambda connection: change_repo.remove(connection, batch))
        return after(self, error, batch)

    patch.setattr(Pusher, "_after_error", after_error)


def _forget_what_was_sent(patch: _Patch) -> None:
    patch.setattr(change_repo, "mark_sent", lambda *_: None)


def _send_an_unanswered_change_as_a_new_one(patch: _Patch) -> None:
    rng = random.Random(1)
    push = Pusher.push

    def pushing(self: Pusher) -> Pushed | None:
        def rename(connection: sqlite3.Connection) -> None:
            for row in connection.execute("select position from change where sent_at is not null").fetchall():
                connection.execute("update change set change_id = ? where position = ?", (_new_id(rng), row[0]))

        self._room.database.write(rename)
        return push(self)

    patch.setattr(Pusher, "push", pushing)


def _new_id(rng: random.Random) -> str:
    from uuid import UUID

    return str(UUID(int=rng.getrandbits(128), version=4))


def _take_an_answer_again(patch: _Patch) -> None:
    """After each page, once more."""
    answers: dict[Pusher, tuple[Sequence[Change], Mapping[str, Any]]] = {}
    last: dict[object, Pusher] = {}
    take, pull = Pusher._take, Puller.pull

    def taking(self: Pusher, batch: Sequence[Change], answer: Mapping[str, Any]) -> Pushed:
        answers[self], last[self._room] = (batch, answer), self
        return take(self, batch, answer)

    def pulling(self: Puller) -> Pulled:
        pulled = pull(self)
        if self._room in last:
            take(last[self._room], *answers[last[self._room]])
        return pulled

    patch.setattr(Pusher, "_take", taking)
    patch.setattr(Puller, "pull", pulling)


def _take_an_older_row(patch: _Patch) -> None:
    _take_an_answer_again(patch)
    patch.setattr(exchange, "is_newer", lambda _known, _version: True)


def _store_the_place_before_the_rows(patch: _Patch) -> None:
    take = Puller._take

    def take_late(self: Puller, pages: Sequence[Page]) -> bool:
        after, _ = exchange.after_page(pages[-1].answer)
        self._room.database.write(lambda connection: sync_place_repo.keep_place(connection, after))
        return take(self, pages)

    patch.setattr(Puller, "_take", take_late)


def _take_an_answer_without_its_rows(patch: _Patch) -> None:
    """A push's changes leave the queue, then the process may be killed before the rows are there."""
    take = Pusher._take

    def take_apart(self: Pusher, batch: Sequence[Change], answer: Mapping[str, Any]) -> Pushed:
        answered = {str(result["change_id"]) for result in answer["results"] if result["result"] != "refused"}
        gone = [change for change in batch if change.change_id in answered]
        self._room.database.write(lambda connection: change_repo.remove(connection, gone))
        later = exchange.later_head(exchange.Head(), answer)
        self._room.database.write(lambda connection: sync_place_repo.keep_place(connection, exchange.Place(later.seq)))
        return take(self, batch, answer)

    patch.setattr(Pusher, "_take", take_apart)


def _send_in_another_order(patch: _Patch) -> None:
    in_order = change_repo.in_order

    def by_the_clock(connection: sqlite3.Connection) -> Iterator[Change]:
        times = dict(connection.execute("select change_id, made_at from change").fetchall())
        yield from sorted(in_order(connection), key=lambda change: int(times[change.change_id]))

    patch.setattr(change_repo, "in_order", by_the_clock)


def _compare_nothing_after_a_restore(patch: _Patch) -> None:
    def forget(self: Recoverer, recovery: sync_place_repo.Recovery) -> None:
        def end(connection: sqlite3.Connection) -> None:
            connection.execute("delete from recovered_row")
            sync_place_repo.end_recovery(connection, recovery)

        self._room.database.write(end)

    patch.setattr(Recoverer, "compare", forget)


def _drop_a_refused_text(patch: _Patch) -> None:
    patch.setattr(refused_change_repo, "add", lambda *_: None)


_FAULTS: dict[str, tuple[Callable[[_Patch], None], dict[str, bool]]] = {
    "forget the overlay": (_forget_the_overlay, {}),
    "drop what a short answer leaves out": (_drop_what_an_answer_leaves_out, {"pictures": True}),
    "drop what was sent without an answer": (_drop_what_was_sent_without_an_answer, {}),
    "let an edit fold into a sent change": (_forget_what_was_sent, {}),
    "send an unanswered change as a new one": (_send_an_unanswered_change_as_a_new_one, {"kills": False}),
    "take an older row from an answer": (_take_an_older_row, {}),
    "store the place before the rows": (_store_the_place_before_the_rows, {}),
    "take an answer without its rows": (_take_an_answer_without_its_rows, {}),
    "send in the order of the computer's date": (_send_in_another_order, {}),
    "compare nothing after a restore": (_compare_nothing_after_a_restore, {"restores": True}),
    "drop a refused text": (_drop_a_refused_text, {}),
}


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("fault", _FAULTS)
def test_a_fault_is_found(
    postgres_server: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    put_in, how = _FAULTS[fault]
    put_in(monkeypatch)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    for seed in range(4000, 4000 + _SEEDS):
        database = postgres_server.create()
        try:
            run_seed(postgres_server, database, tmp_path, seed, **how)
        except (AssertionError, AudioDeskError, sqlite3.Error) as error:
            print(f"{fault}: found by seed {seed}, {type(error).__name__}: {str(error)[:200]}")
            return
        finally:
            postgres_server.drop(database)
    pytest.fail(f"{_SEEDS} seeds did not notice it")
