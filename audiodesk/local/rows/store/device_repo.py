"""The account's computers as this library knows them, with names by which people tell them apart."""

from __future__ import annotations

import sqlite3

from audiodesk.domain.server.computers import Computer, distinct_names

__all__ = ["device_names", "devices", "titles"]


def device_names(connection: sqlite3.Connection) -> dict[str, str]:
    """Return a name for each computer, by its id; no two are equal."""
    rows = connection.execute("select id, title, created_at from device")
    return distinct_names((row["id"], row["title"], row["created_at"]) for row in rows)


def titles(connection: sqlite3.Connection) -> dict[str, str]:
    """Return each computer's title as it was given, by its id."""
    return {row["id"]: row["title"] for row in connection.execute("select id, title from device")}


def devices(connection: sqlite3.Connection) -> list[Computer]:
    """Return the computers, the oldest first; only the server knows when each was last here."""
    names = device_names(connection)
    rows = connection.execute("select id, platform, created_at from device where deleted_at is null")
    found = [Computer(row["id"], names[row["id"]], row["platform"], row["created_at"], None) for row in rows]
    return sorted(found, key=lambda one: (one.created_at, one.id))
