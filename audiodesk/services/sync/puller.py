"""Pulls the rows that changed on the server, page by page, and shows them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from audiodesk.domain.library import sync
from audiodesk.domain.library.sync_activity import Happened
from audiodesk.local.rows.store import fact_repo
from audiodesk.local.rows.sync import above_repo, activity_repo, recovered_row_repo, sync_place_repo
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.sync.sync_room import SyncRoom
from audiodesk.services.sync.writes import in_short_writes

__all__ = ["Pulled", "Puller"]

_PULLED_BEFORE = "sync_pulled"
"""The fact that a pull once came to its end, so that what comes now is news."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one page brought."""

    rows: int = 0
    is_end: bool = False
    is_restored: bool = False


class Puller:
    """Takes one page at a time. The place is stored with the rows, so that a crash repeats or skips nothing."""

    def __init__(self, room: SyncRoom) -> None:
        self._room = room

    def pull(self) -> Pulled:
        """Fetch and take the next page. Raises AudioDeskError; then nothing of this page was taken."""
        with self._room.database.read() as connection:
            head, place = sync_place_repo.head(connection), sync_place_repo.place(connection)
            recovery = sync_place_repo.recovery(connection)
            is_first = fact_repo.known(connection, _PULLED_BEFORE) is None
        answer = self._room.server.pull(head, place if recovery is None else recovery.place)
        if answer["restored"]:
            self._room.database.write(
                lambda connection: sync_place_repo.begin_recovery(connection, sync.Head(answer["seq"], answer["tag"]))
            )
            return Pulled(is_restored=True)
        after, is_end = sync.after_page(answer)
        if recovery is not None:
            done = replace(recovery, place=after, is_pulled=is_end)
            self._collect(answer, done)
            return Pulled(len(answer["rows"]), is_end)
        self._take(answer, is_first=is_first)
        if is_end:
            self._room.database.write(lambda connection: self._end(connection, answer, after, is_first=is_first))
        self._room.tell(now=is_end)
        return Pulled(len(answer["rows"]), is_end)

    def _take(self, answer: Mapping[str, Any], *, is_first: bool) -> None:
        """Show a page's rows. The place after each step is that of its last rows."""

        def take(connection: sqlite3.Connection, groups: Sequence[Sequence[Mapping[str, Any]]]) -> None:
            rows = ServerRows(connection, self._room.database.clock())
            rows.keep(row for group in groups for row in group)
            self._room.took(rows, is_first=is_first)
            last = groups[-1][-1]
            sync_place_repo.keep_place(connection, sync.Place(last["seq"], last["id"], answer["upto"]))
            self._keep_head(connection, answer)

        in_short_writes(self._room.database, _groups(answer["rows"]), take, at_once=25, go_on=self._room.goes_on)

    def _end(
        self, connection: sqlite3.Connection, answer: Mapping[str, Any], after: sync.Place, *, is_first: bool
    ) -> None:
        sync_place_repo.keep_place(connection, after)
        self._keep_head(connection, answer)
        if not is_first:
            return
        fact_repo.remember(connection, _PULLED_BEFORE, "1")
        rows = above_repo.count_kept(connection)
        if rows:
            activity_repo.add(connection, self._room.database.clock(), Happened.FIRST_SYNC, rows=rows)

    def _collect(self, answer: Mapping[str, Any], done: sync_place_repo.Recovery) -> None:
        def collect(connection: sqlite3.Connection) -> None:
            recovered_row_repo.collect(connection, answer["rows"])
            sync_place_repo.keep_recovery(connection, done)
            self._keep_head(connection, answer)

        self._room.database.write(collect)

    @staticmethod
    def _keep_head(connection: sqlite3.Connection, answer: Mapping[str, Any]) -> None:
        known = sync_place_repo.head(connection)
        later = sync.later_head(known, answer)
        if later != known:
            sync_place_repo.keep_head(connection, later)


def _groups(rows: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """Return the rows in groups of one place each: no step may end between rows of the same ``(seq, id)``."""
    cuts = [0]
    cuts += [n for n, (one, two) in enumerate(pairwise(rows), 1) if (one["seq"], one["id"]) != (two["seq"], two["id"])]
    cuts.append(len(rows))
    return [rows[low:high] for low, high in pairwise(cuts) if high > low]
