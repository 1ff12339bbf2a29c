"""Sends the first changes of the queue to the server, and takes its answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audiodesk.domain.errors import AudioDeskError, OutsideError, UserError
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.change import Change
from audiodesk.local.database.short_writes import in_short_writes
from audiodesk.local.rows.store import change_repo
from audiodesk.local.rows.sync import refused_change_repo, sync_place_repo
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.sync.sync_room import SyncRoom

__all__ = ["Pushed", "Pusher"]

_TOO_HEAVY = frozenset({"server-busy", "server-silent", "connection-lost", "server-answer-odd", "server-failed"})
"""Errors after which a smaller push is sent: perhaps the server had too much to do for one answer."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What one push did."""

    applied: int = 0
    refused: int = 0
    held: int = 0
    is_restored: bool = False
    """Whether the server was restored from a backup, so that it applied nothing."""


class Pusher:
    """Pushes one batch at a time. Changes that the server must be updated for wait until ``release``."""

    def __init__(self, room: SyncRoom, *, most: int = exchange.MOST_CHANGES) -> None:
        self._room = room
        self._most = most
        self._now_most = most
        self._held: set[str] = set()

    def release(self) -> None:
        """Send again what waited for an update of the server."""
        self._held.clear()

    @property
    def held(self) -> int:
        """How many changes wait for an update of the server."""
        return len(self._held)

    def has_work(self) -> bool:
        """Tell whether a push would send anything."""
        with self._room.database.read() as connection:
            return bool(exchange.next_batch(change_repo.in_order(connection), held=self._held, most_changes=1))

    def push(self) -> Pushed | None:
        """Push the first changes; None if there is nothing to send.

        The changes are marked as sent before they are: from then on nothing folds into them, whatever happens. An
        error leaves the queue as it is. If the server refuses a push as a whole, half of it is tried the next time, and
        a single change that it refuses so waits for an update of the server. Raises AudioDeskError.
        """
        head, batch = self._room.database.write(self._mark)
        if not batch:
            return None
        try:
            answer = self._room.server.push(head, [exchange.as_json(change) for change in batch], self._room.device)
        except AudioDeskError as error:
            return self._after_error(error, batch)
        self._now_most = min(self._most, max(self._now_most, len(batch)) * 2)
        if answer["restored"]:
            self._room.database.write(lambda connection: sync_place_repo.begin_recovery(connection, _head(answer)))
            return Pushed(is_restored=True)
        return self._take(batch, answer)

    def _mark(self, connection: sqlite3.Connection) -> tuple[exchange.Head, list[Change]]:
        queue = change_repo.in_order(connection)
        batch = exchange.next_batch(queue, held=self._held, most_changes=self._now_most)
        change_repo.mark_sent(connection, batch, self._room.database.clock())
        return sync_place_repo.head(connection), batch

    def _after_error(self, error: AudioDeskError, batch: Sequence[Change]) -> Pushed:
        is_refused = isinstance(error, UserError) and error.code == "server-refused"
        if is_refused and len(batch) == 1:
            self._hold(batch[0], error.code)
            return Pushed(held=1)
        if is_refused or (isinstance(error, OutsideError) and error.code in _TOO_HEAVY):
            self._now_most = max(1, len(batch) // 2)
        if is_refused:
            return Pushed()
        raise error

    def _hold(self, change: Change, code: str) -> None:
        self._held.add(change.change_id)
        self._room.database.write(lambda connection: change_repo.hold(connection, change, code))

    def _take(self, batch: Sequence[Change], answer: Mapping[str, Any]) -> Pushed:
        """Take the answer's results, each change with its row; a crash in between leaves the rest to be sent again."""
        results = {str(result["change_id"]): result for result in answer["results"]}
        done = exchange.take_answers(batch, answer["results"])
        back: list[str] = []

        def take(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
            found = [results[change.change_id] for change in changes if change.change_id in results]
            back.extend(self._take_some(connection, exchange.take_answers(changes, found)))

        def keep_head(connection: sqlite3.Connection) -> None:
            later = exchange.later_head(sync_place_repo.head(connection), answer)
            sync_place_repo.keep_head(connection, later)

        self._room.database.write(keep_head)
        in_short_writes(self._room.database, batch, take, at_once=1)
        self._held.update(refusal.change.change_id for refusal in done.held)
        self._room.tell(back)
        return Pushed(len(done.done), len(done.refused), len(done.held))

    def _take_some(self, connection: sqlite3.Connection, answered: exchange.Answered) -> list[str]:
        now = self._room.database.clock()
        rows = ServerRows(connection, now)
        change_repo.remove(connection, [*answered.done, *(refusal.change for refusal in answered.refused)])
        rows.keep(answered.rows)
        for refusal in answered.refused:
            rows.show(Ref(refusal.change.entity, refusal.change.row_id))
            if exchange.is_worth_telling(refusal):
                refused_change_repo.add(connection, refusal, now)
        for change in answered.done:
            rows.show(Ref(change.entity, change.row_id))  # even if its row was older than the kept one
        for refusal in answered.held:
            change_repo.hold(connection, refusal.change, refusal.code)
        self._room.took(rows)
        return self._room.brought_back(connection, answered.revived) if answered.revived else []


def _head(answer: Mapping[str, Any]) -> exchange.Head:
    return exchange.Head(answer["seq"], answer["tag"])
