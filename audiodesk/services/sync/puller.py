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
from audiodesk.local.database.short_writes import SHORT_SECONDS, in_short_writes
from audiodesk.local.rows.store.many_rows import AT_ONCE
from audiodesk.local.rows.sync import above_repo, activity_repo, recovered_row_repo, sync_place_repo
from audiodesk.local.rows.sync.arrived_rows import Arrived, arrived
from audiodesk.local.rows.sync.new_rows import FirstRows
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.sync.pages_ahead import PagesAhead
from audiodesk.services.sync.sync_room import SyncRoom

__all__ = ["Page", "Pulled", "Puller"]

_FIRST_SECONDS = 0.12
_FIRST_ROWS = AT_ONCE
"""As ``SHORT_SECONDS``, and rows in a step, in a first pull: keys come at random, so more rows in one transaction
change fewer pages of the file, and each changed page is written twice. Where an edit waits, it ends after the step."""
_LONG = 200
"""Rows in a page after which the next ones are read ahead: the pull is long."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one page brought."""

    rows: int = 0
    is_end: bool = False
    is_restored: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """Rows of a page's answer that no transaction divides; of a first pull they are made ready."""

    answer: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    arrived: Sequence[Arrived] = ()

    @property
    def place(self) -> exchange.Place:
        """The place in the pull once these rows are taken."""
        return exchange.Place(self.rows[-1]["seq"], self.rows[-1]["id"], self.answer["upto"])


@dataclass(frozen=True, slots=True)
class Page:
    """An answer of the server, and its rows in the steps in which they are taken."""

    answer: Mapping[str, Any]
    steps: Sequence[_Step]


class Puller:
    """Takes a page at a time, or several. The place is stored with the rows: a crash repeats or skips nothing."""

    def __init__(self, room: SyncRoom) -> None:
        self._room = room
        self._ahead = PagesAhead(self._ask, _page_after)
        self._is_first = False
        self._first_rows = FirstRows()

    def pull(self) -> Pulled:
        """Fetch and take what follows. Raises AudioDeskError; then the rows that were taken are not asked for again."""
        with self._room.database.read() as connection:
            head, place = sync_place_repo.head(connection), sync_place_repo.place(connection)
            recovery = sync_place_repo.recovery(connection)
            self._is_first = recovery is None and not sync_place_repo.has_pulled(connection)
        if recovery is not None:
            return self._collect(self._ask(head, recovery.place).answer, recovery)
        return self._take_all(self._ahead.pages(head, place))

    def end(self) -> None:
        """Read no further ahead: nothing is pulled for now, or it failed."""
        self._ahead.forget()

    def _take_all(self, pages: Sequence[Page]) -> Pulled:
        answer, rows = pages[-1].answer, sum(len(page.answer["rows"]) for page in pages)
        try:
            is_whole = self._take(pages)
        except UnicodeEncodeError:  # half of a surrogate pair: no text to SQLite; looked for only where it is met
            is_whole = self._take([self._ready(_cleaned(page.answer)) for page in pages])
        if not is_whole:
            return Pulled(rows)
        if answer["restored"]:
            self._begin_recovery(answer)
            return Pulled(rows, is_restored=True)
        after, is_end = exchange.after_page(answer)
        if is_end:
            self._end(answer, after)
        self._room.tell(now=is_end)
        return Pulled(rows, is_end)

    def _ask(self, head: exchange.Head, place: exchange.Place) -> Page:
        """Ask for a page and make it ready; may run beside the writing of those before."""
        return self._ready(self._room.server.pull(head, place))

    def _ready(self, answer: Mapping[str, Any]) -> Page:
        if answer["restored"]:
            return Page(answer, ())
        if not self._is_first:
            return Page(answer, [_Step(answer, rows) for rows in _divided(answer["rows"], 1)])
        parts = _divided(answer["rows"], _FIRST_ROWS)
        return Page(answer, [_Step(answer, rows, [ready for row in rows if (ready := arrived(row))]) for rows in parts])

    def _take(self, pages: Sequence[Page]) -> bool:
        """Show the pages' rows; return whether all were taken. The place after each step is that of its last rows."""
        is_first = self._is_first
        steps = [step for page in pages for step in page.steps]

        def take(connection: sqlite3.Connection, some: Sequence[_Step]) -> None:
            if is_first:
                added = self._first_rows.add(connection, [row for step in some for row in step.arrived])
                self._room.took_new(connection, added.parents)
                rows = added.known
            else:
                rows = [row for step in some for row in step.rows]
            if rows:
                server_rows = ServerRows(connection, self._room.database.clock())
                server_rows.keep(rows)
                self._room.took(server_rows, is_first=is_first)

        def keep_place(connection: sqlite3.Connection, last: _Step) -> None:
            self._first_rows.settle(connection)
            sync_place_repo.keep_place(connection, last.place)
            self._keep_head(connection, last.answer)

        try:
            taken = in_short_writes(
                self._room.database,
                steps,
                take,
                at_once=1 if is_first else 25,
                seconds=_FIRST_SECONDS if is_first else SHORT_SECONDS,
                lasting=not is_first,
                at_end=keep_place,
                go_on=self._room.goes_on,
            )
        except BaseException:
            self._first_rows.forget()
            raise
        return taken == len(steps)

    def _end(self, answer: Mapping[str, Any], after: exchange.Place) -> None:
        rows = self._count() if self._is_first else 0

        def end(connection: sqlite3.Connection) -> None:
            sync_place_repo.keep_place(connection, after)
            self._keep_head(connection, answer)
            if self._is_first:
                sync_place_repo.end_first_pull(connection)
            if rows:
                activity_repo.add(connection, self._room.database.clock(), Happened.FIRST_SYNC, rows=rows)

        self._room.database.write(end)
        self._first_rows.forget()

    def _count(self) -> int:
        """Return how many rows the first pull brought; 0 for a library that was only sent: it came from nowhere."""
        device = self._room.device
        with self._room.database.read() as connection:
            return above_repo.count_said(connection) if above_repo.has_come(connection, device) else 0

    def _begin_recovery(self, answer: Mapping[str, Any]) -> None:
        head = exchange.Head(answer["seq"], answer["tag"])
        self._room.database.write(lambda connection: sync_place_repo.begin_recovery(connection, head))

    def _collect(self, answer: Mapping[str, Any], recovery: sync_place_repo.Recovery) -> Pulled:
        """Collect a page of the rows of a restored server."""
        if answer["restored"]:
            self._begin_recovery(answer)
            return Pulled(is_restored=True)
        after, is_end = exchange.after_page(answer)
        done = replace(recovery, place=after, is_pulled=is_end)

        def collect(connection: sqlite3.Connection) -> None:
            recovered_row_repo.collect(connection, answer["rows"])
            sync_place_repo.keep_recovery(connection, done)
            self._keep_head(connection, answer)

        self._room.database.write(collect)
        return Pulled(len(answer["rows"]), is_end)

    @staticmethod
    def _keep_head(connection: sqlite3.Connection, answer: Mapping[str, Any]) -> None:
        known = sync_place_repo.head(connection)
        later = exchange.later_head(known, answer)
        if later != known:
            sync_place_repo.keep_head(connection, later)


def _page_after(page: Page, head: exchange.Head) -> tuple[exchange.Head, exchange.Place] | None:
    """Return which page follows in a long pull; None if none does, or if the pull may be short."""
    answer = page.answer
    if answer["restored"] or len(answer["rows"]) < _LONG:
        return None
    return exchange.later_head(head, answer), exchange.after_page(answer)[0]


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
