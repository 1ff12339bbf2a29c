"""Lists of objects: by folder with an offset (v1), and by cursor, flat or by folder (v2)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.twin.storage_bodies import Member, read_body
from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError
from tests.twin.storage_pool import Row
from tests.twin.storage_rows import CURRENT, present
from tests.twin.wire_messages import Response

__all__ = ["list_flat", "list_folder"]

_MOST_IN_FOLDER: Final = 1500
_MOST_FLAT: Final = 1000
_FACTS: Final = "id, updated_at, created_at, last_accessed_at, metadata"
_NO_FACTS: Final = "null::uuid, null::timestamptz, null::timestamptz, null::timestamptz, null::jsonb"

# Names are compared regardless of case, and a folder is sorted where its first object would be.
_IN_FOLDER: Final = f"""
with seen as (
  select name, {_FACTS}, strpos(substr(name, length(%(whole)s) + 1), '/') as slash
  from storage.objects
  where bucket_id = %(bucket)s and starts_with(lower(name), lower(%(whole)s)) and {CURRENT}
), entries as (
  select substr(name, length(%(prefix)s) + 1) as name, lower(name) collate "C" as place, {_FACTS}
  from seen where slash = 0
  union all
  select min(substr(name, length(%(prefix)s) + 1, length(%(whole)s) - length(%(prefix)s) + slash - 1)),
    place, {_NO_FACTS}
  from (select *, lower(left(name, length(%(whole)s) + slash)) collate "C" as place from seen where slash > 0) folders
  group by place
)
select name, {_FACTS} from entries order by {{order}} limit %(limit)s offset %(offset)s
"""
_FLAT: Final = f"""
with entries as (
  select name collate "C" as name, {_FACTS} from storage.objects
  where bucket_id = %(bucket)s and name collate "C" >= %(prefix)s and {{below}} and {CURRENT}
)
select name, {_FACTS} from entries where {{after}} order by {{order}} limit %(limit)s
"""
_BY_FOLDER: Final = f"""
with seen as (
  select name, {_FACTS}, strpos(substr(name, length(%(prefix)s) + 1), '/') as slash
  from storage.objects where bucket_id = %(bucket)s and name collate "C" >= %(prefix)s and {{below}} and {CURRENT}
), entries as (
  select name collate "C" as name, {_FACTS} from seen where slash = 0
  union all
  select distinct left(name, length(%(prefix)s) + slash) collate "C", {_NO_FACTS} from seen where slash > 0
)
select name, {_FACTS} from entries where {{after}} order by {{order}} limit %(limit)s
"""


def list_folder(call: Call) -> Response:
    """v1: list what is directly in a folder, at most 1500 entries."""
    body = read_body(
        call,
        Member("prefix", required=True),
        Member("limit", "integer", minimum=1),
        Member("offset", "integer", minimum=0),
        Member("search"),
        _sort_by("name", "updated_at", "created_at", "last_accessed_at"),
    )
    prefix = body["prefix"]
    if prefix and not prefix.endswith("/"):
        prefix += "/"
    values = {
        "bucket": call.bucket,
        "prefix": prefix,
        "whole": prefix + body.get("search", ""),
        "limit": min(body.get("limit", 100), _MOST_IN_FOLDER),
        "offset": body.get("offset", 0),
    }
    column, direction = _sorting(body)
    if column == "name":
        order = f"place {direction}"
    else:  # folders first
        order = f"(id is not null), (case when id is null then place end) {direction}, {column} {direction}"
    with call.parts.pool.transaction(call.user) as transaction:
        rows = transaction.rows(_IN_FOLDER.format(order=order), values)
    return Response.json(200, [present(row) for row in rows])


def list_flat(call: Call) -> Response:
    """v2: list full names after a cursor, with a delimiter by folder; at most 1000 entries."""
    body = read_body(
        call,
        Member("prefix"),
        Member("limit", "integer", minimum=1),
        Member("cursor"),
        Member("with_delimiter", "boolean"),
        _sort_by("name", "updated_at", "created_at"),
    )
    limit = min(body.get("limit", _MOST_FLAT), _MOST_FLAT)
    place = _Place.read(body["cursor"]) if body.get("cursor") else None
    column, direction = (place.column, place.direction) if place else _sorting(body)
    sign = ">" if direction == "asc" else "<"
    prefix = body.get("prefix", "")
    # The end of the range of names with this prefix: an index can be used for it.
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix else ""
    below = 'name collate "C" < %(end)s' if prefix else "true"
    values: dict[str, Any] = {"bucket": call.bucket, "prefix": prefix, "end": end, "limit": limit + 1}
    moment = f"coalesce(date_trunc('milliseconds', {column}), 'epoch'::timestamptz)"
    after, order = "true", f"name {direction}" if column == "name" else f"{moment} {direction}, name {direction}"
    if place is not None:
        values |= {"name": place.name, "moment": place.moment}
        after = f"name {sign} %(name)s"
        if column != "name":
            after = f"({moment}, name) {sign} (coalesce(%(moment)s::timestamptz, 'epoch'::timestamptz), %(name)s)"
    statement = (_BY_FOLDER if body.get("with_delimiter") else _FLAT).format(below=below, after=after, order=order)
    with call.parts.pool.transaction(call.user) as transaction:
        rows = transaction.rows(statement, values)
    return Response.json(200, _page(rows, limit, column, direction))


@dataclass(frozen=True)
class _Place:
    """The place where a page ended."""

    name: str
    column: str
    direction: str
    moment: str | None

    @classmethod
    def read(cls, cursor: str) -> _Place:
        try:
            fields = json.loads(base64.b64decode(cursor, validate=True))
            place = cls(**fields)
        except (ValueError, TypeError):
            raise StorageError.parameter("continuation token") from None
        if place.column not in ("name", "updated_at", "created_at") or place.direction not in ("asc", "desc"):
            raise StorageError.parameter("continuation token")
        return place

    @property
    def cursor(self) -> str:
        return base64.b64encode(json.dumps(vars(self)).encode()).decode()


def _page(rows: Sequence[Row], limit: int, column: str, direction: str) -> dict[str, Any]:
    shown = [present(row) for row in rows[:limit]]
    answer: dict[str, Any] = {"hasNext": len(rows) > limit}
    if len(rows) > limit:
        last = shown[-1]
        moment = None if column == "name" else last[column]
        answer["nextCursor"] = _Place(last["name"], column, direction, moment).cursor
        answer["nextCursorKey"] = last["name"]
    answer["folders"] = [{"key": _own_name(row), **row} for row in shown if row["id"] is None]
    answer["objects"] = [row for row in shown if row["id"] is not None]
    return answer


def _own_name(folder: Mapping[str, Any]) -> str:
    """Return the last part of a folder's name; the name ends in a slash."""
    return str(folder["name"]).removesuffix("/").rpartition("/")[2]


def _sort_by(*columns: str) -> Member:
    members = (Member("column", required=True, choices=columns), Member("order", choices=("asc", "desc")))
    return Member("sortBy", "object", members=members)


def _sorting(body: Mapping[str, Any]) -> tuple[str, str]:
    chosen = body.get("sortBy") or {}
    return chosen.get("column", "name"), chosen.get("order", "asc")
