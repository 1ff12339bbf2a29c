"""The history of rows on this computer, newest first; it is never sent to the server."""

from __future__ import annotations

import json
import sqlite3

from audiodesk.domain.library.listings import HistoryEntry
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates

__all__ = ["add", "of_take"]

_SHOWN = 200


def add(connection: sqlite3.Connection, at: int, ref: Ref, what: str, **params: str | float) -> None:
    """Record that ``what`` happened to ``ref``; ``history_words`` makes the sentence from ``params``."""
    connection.execute(
        "insert into history (at, entity, row_id, what, params) values (?, ?, ?, ?, ?)",
        (at, ref.entity, ref.id, what, without_surrogates(json.dumps(params, ensure_ascii=False))),
    )


def of_take(connection: sqlite3.Connection, take_id: str, section_id: str) -> tuple[HistoryEntry, ...]:
    """Return the history of a take and of its section's choices of the current take: newest first, at most 200."""
    rows = connection.execute(
        "select at, what, params from history where row_id = ? or (row_id = ? and what = 'chosen')"
        " order by position desc limit ?",
        (take_id, section_id, _SHOWN),
    )
    return tuple(HistoryEntry(row["at"], row["what"], json.loads(row["params"])) for row in rows)
