"""An account, its computers and what happened, for tests and pictures."""

from __future__ import annotations

from audiodesk.domain.server.account import AccountFacts, ComputerLine
from audiodesk.domain.server.connection import Connection
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind, ActivityLine

__all__ = ["FACTS", "SIGNED_OUT", "activity", "computers"]

_MB = 1024 * 1024
FACTS = AccountFacts(
    "jo.lindqvist@example.org",
    "audio.saltroad.example",
    Connection.ONLINE,
    "Jo Lindqvist",
    "free",
    356 * _MB,
    500 * _MB,
    "GNOME Keyring",
    1_772_500_000_000,
)
SIGNED_OUT = AccountFacts("jo.lindqvist@example.org", "audio.saltroad.example", Connection.SIGNED_OUT)


def computers(now: int) -> list[ComputerLine]:
    return [
        ComputerLine("d1", "Studio PC", "linux", now, is_this=True),
        ComputerLine("d2", "Jo's laptop", "darwin", now - 900_000),
        ComputerLine("d4", "Reading room", "windows", now - 30 * 3_600_000),
        ComputerLine("d3", "Edit room", "windows", None),
    ]


def activity(now: int) -> list[ActivityLine]:
    kinds, acts = ActivityKind, ActivityAct
    laptop = "Jo's laptop"
    return [
        ActivityLine("1", now, "Studio PC", kinds.ADDED, "2.3 The Ferry: take 3 added"),
        ActivityLine("2", now, laptop, kinds.CONFLICT, "4 sections have 2 new takes", (acts.CHOOSE,), True),
        ActivityLine(
            "3", now, laptop, kinds.CHANGED, "Chapter 3 renamed to “Salt”; here it was “Salt pans”", (acts.SHOW,), True
        ),
        ActivityLine(
            "4",
            now,
            "Studio PC",
            kinds.REFUSED,
            "Not taken over: your note on 2.2 Reeds was too long for the server",
            (acts.RETRY, acts.COPY),
        ),
        ActivityLine(
            "5", now, laptop, kinds.BROUGHT_BACK, "“1.2 Bucket” came back from the trash: it was edited here", (), True
        ),
        ActivityLine("6", now - 86_400_000, laptop, kinds.EMPTIED, "Trash emptied there: 2 takes, 18 MB", (), True),
        ActivityLine("7", now - 9 * 86_400_000, "Support", kinds.LOOKED, "Looked at your names and sizes"),
        ActivityLine("8", now - 9 * 86_400_000, laptop, kinds.CHANGED, "Renamed to «كتاب الملح والطريق»", (), True),
    ]
