"""Pulls the rows that changed on the server, page by page, and shows them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audiodesk.domain.library.titles import without_surrogates
from audiodesk.domain.sync import exchange
from audiodesk.domain.sync.activity import Happened
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync import above_repo, activity_repo, recovered_row_repo, sync_place_repo
from audiodesk.local.rows.sync.arrived_rows import Arrived, arrived
from audiodesk.local.rows.sync.new_rows import FirstRows
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.sync.page_ahead import PageAhead
from audiodesk.services.sync.sync_room import SyncRoom
from audiodesk.services.sync.writes import SHORT_SECONDS, in_short_writes

__all__ = ["Page", "Pulled", "Puller"]

_PULLED_BEFORE = "sync_pulled"
"""The fact that a pull once came to its end, so that what comes now is news."""
_FIRST_SECONDS = 0.05
_FIRST_ROWS = 200
"""As ``SHORT_SECONDS``, and rows in a step, in a first pull: keys come at random, so more rows in one transaction
change fewer pages of the file, and each changed page is written twice. Where an edit waits, it ends after the step."""
_LONG = 200
"""Rows in a page after which the next one is asked for ahead: the pull is long."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one page brought."""

    rows: int = 0
    is_end: bool = False
    is_restored: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """Rows that no transaction divides; of a first pull they are made ready."""

    rows: Sequence[Mapping[str, Any]]
    arrived: Sequence[Arrived] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the server, and its rows in the steps in which they are taken."""

    answer: Mapping[str, Any]
    steps: Sequence[_Step]


class Puller:
    """Takes one page at a time. The place is stored with the rows, so that a crash repeats or skips nothing."""

    def __init__(self, room: SyncRoom) -> None:
        self._room = room
        self._ahead = PageAhead(self._ask)
        self._is_first = False
        self._first_rows = FirstRows()

    def pull(self) -> Pulled:
        """Fetch and take the next page. Raises AudioDeskError; then nothing of this page was taken."""
        with self._room.database.read() as connection:
            head, place = sync_place_repo.head(connection), sync_place_repo.place(connection)
            recovery = sync_place_repo.recovery(connection)
            self._is_first = recovery is None and fact_repo.known(connection, _PULLED_BEFORE) is None
        page = self._ahead.page(head, place if recovery is None else recovery.place)
        answer = page.answer
        if answer["restored"]:
            self._room.database.write(
                lambda connection: sync_place_repo.begin_recovery(
                    connection, exchange.Head(answer["seq"], answer["tag"])
                )
            )
            return Pulled(is_restored=True)
        after, is_end = exchange.after_page(answer)
        if recovery is not None:
            done = replace(recovery, place=after, is_pulled=is_end)
            self._collect(answer, done)
            return Pulled(len(answer["rows"]), is_end)
        if len(answer["rows"]) >= _LONG:
            self._ahead.begin(exchange.later_head(head, answer), after)
        try:
            self._take(page)
        except UnicodeEncodeError:  # half of a surrogate pair: no text to SQLite; looked for only where it is met
            self._take(self._ready(_cleaned(answer)))
        if is_end:
            self._end(answer, after)
        self._room.tell(now=is_end)
        return Pulled(len(answer["rows"]), is_end)

    def _ask(self, head: exchange.Head, place: exchange.Place) -> Page:
        """Ask for a page and make it ready; may run beside the writing of the last one."""
        return self._ready(self._room.server.pull(head, place))

    def _ready(self, answer: Mapping[str, Any]) -> Page:
        if not self._is_first:
            return Page(answer, [_Step(rows) for rows in _divided(answer["rows"], 1)])
        parts = _divided(answer["rows"], _FIRST_ROWS)
        return Page(answer, [_Step(rows, [ready for row in rows if (ready := arrived(row))]) for rows in parts])

    def _take(self, page: Page) -> None:
        """Show a page's rows. The place after each step is that of its last rows."""
        is_first, answer = self._is_first, page.answer

        def take(connection: sqlite3.Connection, steps: Sequence[_Step]) -> None:
            if is_first:
                added = self._first_rows.add(connection, [row for step in steps for row in step.arrived])
                self._room.took_new(connection, added.parents)
                rows = added.known
            else:
                rows = [row for step in steps for row in step.rows]
            if rows:
                server_rows = ServerRows(connection, self._room.database.clock())
                server_rows.keep(rows)
                self._room.took(server_rows, is_first=is_first)
            last = steps[-1].rows[-1]
            sync_place_repo.keep_place(connection, exchange.Place(last["seq"], last["id"], answer["upto"]))
            self._keep_head(connection, answer)

        try:
            in_short_writes(
                self._room.database,
                page.steps,
                take,
                at_once=1 if is_first else 25,
                seconds=_FIRST_SECONDS if is_first else SHORT_SECONDS,
                lasting=not is_first,
                go_on=self._room.goes_on,
            )
        except BaseException:
            self._first_rows.forget()
            raise

    def _end(self, answer: Mapping[str, Any], after: exchange.Place) -> None:
        rows = self._count() if self._is_first else 0

        def end(connection: sqlite3.Connection) -> None:
            sync_place_repo.keep_place(connection, after)
            self._keep_head(connection, answer)
            if self._is_first:
                fact_repo.remember(connection, _PULLED_BEFORE, "1")
            if rows:
                activity_repo.add(connection, self._room.database.clock(), Happened.FIRST_SYNC, rows=rows)

        self._room.database.write(end)
        self._first_rows.forget()

    def _count(self) -> int:
        """Return how many rows the first pull brought; 0 for a library that was only sent: it came from nowhere."""
        device = self._room.device
        with self._room.database.read() as connection:
            return above_repo.count_said(connection) if above_repo.has_come(connection, device) else 0

    def _collect(self, answer: Mapping[str, Any], done: sync_place_repo.Recovery) -> None:
        def collect(connection: sqlite3.Connection) -> None:
            recovered_row_repo.collect(connection, answer["rows"])
            sync_place_repo.keep_recovery(connection, done)
            self._keep_head(connection, answer)

        self._room.database.write(collect)

    @staticmethod
    def _keep_head(connection: sqlite3.Connection, answer: Mapping[str, Any]) -> None:
        known = sync_place_repo.head(connection)
        later = exchange.later_head(known, answer)
        if later != known:
            sync_place_repo.keep_head(connection, later)


def _divided(rows: Sequence[Mapping[str, Any]], least: int) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the rows in parts of at least so many; none ends between rows of the same place ``(seq, id)``."""
    first = 0
    while first < len(rows):
        end = min(first + least, len(rows))
        while end < len(rows) and _place(rows[end]) == _place(rows[end - 1]):
            end += 1
        yield rows[first:end]
        first = end


def _cleaned(answer: Mapping[str, Any]) -> dict[str, Any]:
    return dict(json.loads(without_surrogates(json.dumps(dict(answer), ensure_ascii=False))))


def _place(row: Mapping[str, Any]) -> tuple[int, str]:
    return row["seq"], row["id"]
