"""What this computer knows of the vault's files: which of them takes use, and their known faults."""

from __future__ import annotations

import sqlite3
from typing import Literal

from audiodesk.domain.audio.contents import Kind

__all__ = ["Fault", "entered", "faults", "files_of_takes", "is_used", "known", "lost_repaired", "noted", "removed"]

Fault = Literal["missing", "damaged"]

_TAKEN = "not exists (select 1 from take t where t.id = f.take_id and t.purged_at is not null)"
_USED = f"select 1 from take_file f where f.sha256 = ? and {_TAKEN}"  # noqa: S608 - our own words
_LOST_REPAIRED = """
    select 1 from take_file o join take_file r on r.take_id = o.take_id and r.role = 'repaired'
    join vault_file v on v.sha256 = r.sha256 and v.fault is not null
    where o.sha256 = ? and o.role = 'original'
"""
_KNOWN = f"select sha256 from take_file f where {_TAKEN} union select sha256 from leaving"  # noqa: S608 - likewise
_OF_TAKES = """
    select f.sha256, f.kind, f.size, f.role, f.take_id, t.title, t.file_name,
        exists (select 1 from vault_file v where v.sha256 = f.sha256 and v.kind = f.kind) as came
    from take_file f join take t on t.id = f.take_id
    join section s on s.id = t.section_id join chapter c on c.id = s.chapter_id
    where f.role <> 'cloud_copy' and (:project is null or c.project_id = :project)
    and t.purged_at is null
    order by c.project_id, c.order_key, s.order_key, t.order_key, f.role
"""


def files_of_takes(connection: sqlite3.Connection, project_id: str | None) -> list[sqlite3.Row]:
    """Return the files of all takes of one project or of all (None), the trashed ones included, in the tree's order.

    A row for each file of each take: ``sha256``, ``kind``, ``size`` in bytes, ``role``, ``take_id``, ``title`` and
    ``file_name`` of the take, and ``came``: whether this computer has or had the file. Purged takes and copies that lie
    only in the cloud are left out.
    """
    return connection.execute(_OF_TAKES, {"project": project_id}).fetchall()


def is_used(connection: sqlite3.Connection, sha256: str) -> bool:
    """Tell whether a take has these bytes, live or trashed; takes emptied out of the trash do not count."""
    return connection.execute(_USED, (sha256,)).fetchone() is not None


def known(connection: sqlite3.Connection) -> set[str]:
    """Return the hashes of all files that takes use, also trashed ones, or that are to be removed."""
    return {row[0] for row in connection.execute(_KNOWN)}


def entered(connection: sqlite3.Connection, sha256: str, kind: Kind, size: int, now: int) -> bool:
    """Record that the file with these bytes is in the vault and whole; return whether this healed a fault.

    ``size`` in bytes, ``now`` in milliseconds since 1970.
    """
    healed = noted(connection, sha256, kind, None, now)
    connection.execute(
        "insert or ignore into vault_file (sha256, kind, size, since) values (?, ?, ?, ?)",
        (sha256, kind.value, size, now),
    )
    return healed


def removed(connection: sqlite3.Connection, sha256: str, kind: Kind) -> None:
    """Record that the file left the vault, unless a take uses it by now."""
    if not is_used(connection, sha256):
        connection.execute("delete from vault_file where sha256 = ? and kind = ?", (sha256, kind.value))


def faults(connection: sqlite3.Connection) -> dict[str, Fault]:
    """Return the known faults by hash; usually empty."""
    return dict(connection.execute("select sha256, fault from vault_file where fault is not null").fetchall())


def lost_repaired(connection: sqlite3.Connection, sha256: str) -> bool:
    """Tell whether the repaired file made from these bytes was found missing or damaged."""
    return connection.execute(_LOST_REPAIRED, (sha256,)).fetchone() is not None


def noted(connection: sqlite3.Connection, sha256: str, kind: Kind, fault: Fault | None, now: int) -> bool:
    """Record the file's state (None: whole); return whether it is new. Files that no take uses are ignored."""
    done = connection.execute(
        "update vault_file set fault = ?, fault_at = ? where sha256 = ? and kind = ? and fault is not ?",
        (fault, None if fault is None else now, sha256, kind.value, fault),
    )
    return done.rowcount > 0
