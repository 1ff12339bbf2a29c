"""Tells what Python's SQLite can do, in a database in memory."""

from __future__ import annotations

import contextlib
import sqlite3

__all__ = ["has_trigram_search"]


def has_trigram_search() -> bool:
    """Tell whether SQLite has the full-text search by trigrams that a library needs."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute("create virtual table found using fts5(text, tokenize = 'trigram')")
        except sqlite3.Error:
            return False
    return True
