"""The queue of uploads and the journal of each: what was asked of the server last, and what it answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.server.storage_usage import CLOUD_FILE_LIMIT
from audiodesk.domain.uploads.results import UploadResult
from audiodesk.local.rows.store.hidden_rows import WITH_HIDDEN

__all__ = [
    "Intent",
    "Place",
    "Upload",
    "Waiting",
    "Wanted",
    "add",
    "drop",
    "finish",
    "forget_address",
    "is_wanted",
    "needs_user",
    "note_intent",
    "note_reached",
    "read",
    "results",
    "resume",
    "retry",
    "sections",
    "try_refused_again",
    "unwanted",
    "waiting",
    "wanted",
    "without_key",
]

Intent = Literal["begin", "look", "send", "check"]

# Of a take with a repaired file only that one goes up. A take of which a smaller copy is in the cloud is done.
_CAN_GO = """
    t.upload_wanted = 1 and p.upload_wanted = 1 and f.part = 0 and f.deleted_at is null and f.verified_at is null
    and f.role in ('original', 'repaired') and (f.role = 'repaired' or not exists (
        select 1 from take_file r
        where r.take_id = f.take_id and r.role = 'repaired' and r.part = 0 and r.deleted_at is null
    )) and not exists (
        select 1 from take_file k where k.take_id = f.take_id and k.role = 'cloud_copy' and k.verified_at is not null
    )
"""
_ABOVE = """
    cross join section s on s.id = t.section_id cross join chapter c on c.id = s.chapter_id
    cross join project p on p.id = c.project_id
"""
_WANTED = f"""{WITH_HIDDEN}
    select f.id, f.size, u.position from vault_file v cross join take_file f on f.sha256 = v.sha256
    cross join take t on t.id = f.take_id {_ABOVE}
    left join upload u on u.take_file_id = f.id and u.finished_at is null
    where v.kind = f.kind and v.fault is null and {_CAN_GO} and t.id not in (select id from hidden_take)
    order by p.order_key, p.id, c.order_key, c.id, s.order_key, s.id, t.order_key, t.id
"""  # noqa: S608 - our own words
_IS_WANTED = f"""
    select 1 from take_file f cross join take t on t.id = f.take_id {_ABOVE} where f.id = ? and {_CAN_GO}
    and t.deleted_at is null and s.deleted_at is null and c.deleted_at is null and p.deleted_at is null
"""  # noqa: S608 - likewise
_READ = f"""
    select u.*, f.take_id, f.sha256, f.kind, f.size, f.object_key, f.version, t.file_name, t.section_id,
        s.chapter_id, c.project_id,
        exists (select 1 from change x where x.entity = 'take_file' and x.row_id = f.id) as is_edited
    from upload u cross join take_file f on f.id = u.take_file_id cross join take t on t.id = f.take_id {_ABOVE}
    where u.take_file_id = ?
"""  # noqa: S608 - likewise
_WAITING = """
    select u.take_file_id, f.take_id, f.size, u.address is not null as is_begun, u.retry_at, u.paused_by, u.reason,
        f.object_key is not null and f.version > 0
            and not exists (select 1 from change x where x.entity = 'take_file' and x.row_id = f.id) as is_known
    from upload u cross join take_file f on f.id = u.take_file_id
    where u.finished_at is null order by u.address is null, u.position, u.take_file_id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What a take lies in: the ids of its project, chapter and section."""

    project_id: str
    chapter_id: str
    section_id: str


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way: its facts, and the journal. Times are milliseconds since 1970 UTC, sizes bytes."""

    file_id: str
    take_id: str
    place: Place
    file_name: str
    sha256: str
    kind: Kind
    size: int
    object_key: str | None
    is_known: bool
    """Whether the server has the row with its key: only then may its bytes go up."""
    address: str | None
    expires_at: int | None
    offset: int
    attempts: int
    host: str
    sent_key: str
    source_size: int
    source_sha256: str
    intent: Intent | None
    bytes_sent: int


class Wanted(NamedTuple):
    """A file that is wanted in the cloud: its size in bytes, and its place in the queue."""

    file_id: str
    size: int
    position: float
    is_queued: bool


class Waiting(NamedTuple):
    """An upload in the queue."""

    file_id: str
    take_id: str
    size: int
    is_begun: bool
    retry_at: int | None
    paused_by: str | None
    reason: str | None
    is_known: bool


def wanted(connection: sqlite3.Connection) -> list[Wanted]:
    """Return the files that are wanted in the cloud and not there yet, in the book's order."""
    rows = connection.execute(_WANTED).fetchall()
    positions = _positions([row["position"] for row in rows])
    return [
        Wanted(row["id"], row["size"], position, row["position"] is not None)
        for row, position in zip(rows, positions, strict=True)
    ]


def unwanted(connection: sqlite3.Connection, some: Iterable[Wanted]) -> list[str]:
    """Return the queued uploads that are not among the wanted ones; one that was begun is left to whoever sends it."""
    known = {each.file_id for each in some}
    query = "select take_file_id from upload where address is null and finished_at is null"
    return [row[0] for row in connection.execute(query) if row[0] not in known]


def add(connection: sqlite3.Connection, some: Iterable[Wanted], now: int) -> None:
    """Queue files. One that is too large for the cloud is queued with that reason."""
    connection.executemany(
        "insert or replace into upload (take_file_id, asked_at, position, reason, reason_params)"
        " values (?, ?, ?, ?, ?)",
        [(each.file_id, now, each.position, *_too_large(each.size)) for each in some],
    )


def is_wanted(connection: sqlite3.Connection, file_id: str) -> bool:
    """Tell whether a file is still wanted in the cloud."""
    return connection.execute(_IS_WANTED, (file_id,)).fetchone() is not None


def waiting(connection: sqlite3.Connection) -> list[Waiting]:
    """Return the unfinished uploads in their order: those that were begun first, because their address expires."""
    return [
        Waiting(
            row["take_file_id"],
            row["take_id"],
            row["size"],
            bool(row["is_begun"]),
            row["retry_at"],
            row["paused_by"],
            row["reason"],
            bool(row["is_known"]),
        )
        for row in connection.execute(_WAITING)
    ]


def read(connection: sqlite3.Connection, file_id: str) -> Upload | None:
    """Return one upload; None if it is not in the queue."""
    row = connection.execute(_READ, (file_id,)).fetchone()
    if row is None or row["finished_at"] is not None:
        return None
    return Upload(
        file_id=file_id,
        take_id=row["take_id"],
        place=Place(row["project_id"], row["chapter_id"], row["section_id"]),
        file_name=row["file_name"],
        sha256=row["sha256"],
        kind=Kind(row["kind"]),
        size=row["size"],
        object_key=row["object_key"],
        is_known=row["object_key"] is not None and row["version"] > 0 and not row["is_edited"],
        address=row["address"],
        expires_at=row["expires_at"],
        offset=row["offset_bytes"],
        attempts=row["attempts"],
        host=row["host"],
        sent_key=row["sent_key"],
        source_size=row["source_size"],
        source_sha256=row["source_sha256"],
        intent=row["intent"],
        bytes_sent=row["bytes_sent"],
    )


def sections(connection: sqlite3.Connection) -> set[str]:
    """Return the ids of the sections that have takes in the queue."""
    query = (
        "select distinct t.section_id from upload u cross join take_file f on f.id = u.take_file_id"
        " cross join take t on t.id = f.take_id where u.finished_at is null"
    )
    return {row[0] for row in connection.execute(query)}


def without_key(connection: sqlite3.Connection, limit: int) -> list[Upload]:
    """Return queued uploads whose file has no key yet, in their order."""
    query = (
        "select u.take_file_id from upload u cross join take_file f on f.id = u.take_file_id"
        " where f.object_key is null and u.finished_at is null order by u.position limit ?"
    )
    found = (read(connection, row[0]) for row in connection.execute(query, (limit,)).fetchall())
    return [upload for upload in found if upload is not None]


def note_intent(connection: sqlite3.Connection, upload: Upload, intent: Intent, host: str, now: int) -> None:
    """Note what is asked of the server next, before it is asked."""
    connection.execute(
        "update upload set intent = ?, host = ?, sent_key = ?, source_size = ?, source_sha256 = ?,"
        " started_at = coalesce(started_at, ?), retry_at = null, reason = null, reason_params = '{}'"
        " where take_file_id = ?",
        (intent, host, upload.object_key, upload.size, upload.sha256, now, upload.file_id),
    )


def note_reached(
    connection: sqlite3.Connection,
    file_id: str,
    *,
    address: str | None,
    offset: int,
    expires_at: int | None,
    sent: int,
) -> None:
    """Note how far the server says the upload is, and how many bytes went over the line for that."""
    connection.execute(
        "update upload set intent = null, address = ?, offset_bytes = ?, expires_at = ?, attempts = 0,"
        " bytes_sent = bytes_sent + ? where take_file_id = ?",
        (address, offset, expires_at, sent, file_id),
    )


def drop(connection: sqlite3.Connection, file_id: str) -> None:
    """Take an upload out of the queue; ``fill`` puts it back if it is wanted."""
    connection.execute("delete from upload where take_file_id = ?", (file_id,))


def forget_address(connection: sqlite3.Connection, file_id: str) -> None:
    """Note that the upload has to begin anew."""
    connection.execute(
        "update upload set address = null, expires_at = null, offset_bytes = 0 where take_file_id = ?", (file_id,)
    )


def retry(connection: sqlite3.Connection, file_id: str, reason: str, at: int) -> None:
    """Note a failure after which the upload is tried again at ``at`` without the person."""
    connection.execute(
        "update upload set attempts = attempts + 1, reason = ?, reason_params = '{}', retry_at = ?"
        " where take_file_id = ?",
        (reason, at, file_id),
    )


def needs_user(connection: sqlite3.Connection, file_id: str, reason: str, params: Mapping[str, Any]) -> None:
    """Note that the upload waits for the person."""
    connection.execute(
        "update upload set attempts = attempts + 1, reason = ?, reason_params = ?, retry_at = null"
        " where take_file_id = ?",
        (reason, json.dumps(dict(params)), file_id),
    )


def resume(connection: sqlite3.Connection, file_ids: Sequence[str]) -> None:
    """Let failed uploads go on, and try them again at once; one that is too large stays so."""
    connection.executemany(
        "update upload set paused_by = null, retry_at = null, attempts = 0, reason = null, reason_params = '{}'"
        " where take_file_id = ? and reason is not 'too_large'",
        [(each,) for each in file_ids],
    )


def try_refused_again(connection: sqlite3.Connection) -> None:
    """Let files that the server refused be tried again: the person asked, and perhaps the server was mended."""
    query = "select take_file_id from upload where reason in ('refused', 'refused_type') and finished_at is null"
    resume(connection, [row[0] for row in connection.execute(query).fetchall()])


def finish(connection: sqlite3.Connection, file_ids: Iterable[str], now: int) -> None:
    """Note that these files are in the cloud, read back and verified."""
    connection.executemany(
        "update upload set finished_at = ?, intent = null, address = null, paused_by = null, reason = null,"
        " retry_at = null where take_file_id = ?",
        [(now, file_id) for file_id in file_ids],
    )


def results(connection: sqlite3.Connection, since: int) -> list[UploadResult]:
    """Return the unfinished uploads, and those that ended since ``since`` (milliseconds)."""
    query = (
        "select f.id, f.take_id, f.size, u.bytes_sent, u.offset_bytes, u.finished_at is not null,"
        " coalesce(u.paused_by, (select 'by_user' from fact where name = 'uploads_paused')), u.reason,"
        " u.retry_at is not null from upload u cross join take_file f on f.id = u.take_file_id"
        " where u.finished_at is null or u.finished_at >= ? order by u.position"
    )
    return [
        UploadResult(file_id, take, size, sent, offset, bool(safe), paused_by, reason, bool(retried))
        for file_id, take, size, sent, offset, safe, paused_by, reason, retried in connection.execute(query, (since,))
    ]


def _too_large(size: int) -> tuple[str | None, str]:
    over = size - CLOUD_FILE_LIMIT
    return ("too_large", json.dumps({"over": over})) if over > 0 else (None, "{}")


def _positions(known: Sequence[float | None]) -> list[float]:
    """Return a position for each; new ones (None) lie between the known ones before and after them."""
    places = [number for number, position in enumerate(known) if position is not None]
    found = [0.0 if position is None else position for position in known]
    for start, end in pairwise([-1, *places, len(known)]):
        lower = found[start] if start >= 0 else None
        upper = found[end] if end < len(known) else None
        count = end - start - 1
        if lower is None and upper is None:
            low, step = 0.0, 1.0
        elif lower is None:
            low, step = float(upper or 0.0) - count - 1, 1.0
        elif upper is None or upper <= lower:  # at the end, or moved apart by a person
            low, step = lower, 1.0 if upper is None else 1e-6
        else:
            low, step = lower, (upper - lower) / (count + 1)
        for number in range(count):
            found[start + 1 + number] = low + step * (number + 1)
    return found
