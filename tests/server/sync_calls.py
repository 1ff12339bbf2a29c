"""One computer's calls of sync_push and sync_pull, directly to the database, with changes that are easy to write."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from tests.twin.database_session import enter, request_settings
from tests.twin.databases import Connection, Database, user_claims

__all__ = ["FILE_FACTS", "Caller", "create", "edit"]

Change = dict[str, Any]
Answer = dict[str, Any]

FILE_FACTS: dict[str, Any] = {
    "sha256": "ab" * 32,
    "size": 1000,
    "kind": "wav",
    "seconds": 2.5,
    "sample_rate": 44100,
    "channels": 1,
}
_NEEDED: dict[str, dict[str, Any]] = {
    "project": {"title": "Book"},
    "chapter": {"title": "Chapter"},
    "section": {"title": "Section"},
    "take": {"file_name": "take.wav", "number": 1},
    "take_file": FILE_FACTS,
    "note": {},
    "cover": {"mime": "image/png", "data": "iVBORw0KGgo="},
    "device": {"title": "Studio PC"},
}


def create(entity: str, row_id: str | None = None, **fields: Any) -> Change:
    """A change that makes a row, with the fields that must be given."""
    made = {"order_key": "a0", **_NEEDED[entity], **fields}
    return _change(entity, row_id or str(uuid4()), made, create=True)


def edit(entity: str, row_id: str, stamps: dict[str, int] | None = None, **fields: Any) -> Change:
    """A change that sets fields of a row; with `stamps` one that brings back what a restored backup had lost."""
    change = _change(entity, row_id, fields, create=False)
    return change if stamps is None else {**change, "stamps": stamps}


def _change(entity: str, row_id: str, fields: dict[str, Any], *, create: bool) -> Change:
    return {
        "change_id": str(uuid4()),
        "entity": entity,
        "id": row_id,
        "create": create,
        "base_version": 0,
        "fields": fields,
    }


class Caller:
    """A signed-in computer that keeps the highest (seq, tag) it saw."""

    def __init__(self, database: Database, line: Connection, user_id: UUID | str | None = None) -> None:
        """Call `database` over `line`, a connection of authenticator, as `user_id`: a new user where none is given."""
        self.database = database
        self.user_id = str(user_id or database.add_user())
        self.device: str | None = str(uuid4())
        self.known: tuple[int, str | None] = (0, None)
        self._line = line
        self._settings = request_settings(user_claims(self.user_id))

    def same(self) -> Caller:
        """Another computer of the same user."""
        return Caller(self.database, self._line, self.user_id)

    def other(self) -> Caller:
        """A computer of another user."""
        return Caller(self.database, self._line)

    def push(self, *changes: Change) -> Answer:
        """Push and return the whole answer."""
        return self._call("select public.sync_push(%s, %s, %s, %s)", [*self.known, Jsonb(list(changes)), self.device])

    def results(self, *changes: Change) -> list[Answer]:
        """Push and return the results."""
        return list(self.push(*changes)["results"])

    def applied(self, *changes: Change) -> list[Answer]:
        """Push, see that all is applied, and return the rows."""
        results = self.results(*changes)
        assert [result["result"] for result in results] == ["applied"] * len(changes), results
        return [result["row"] for result in results]

    def refused(self, change: Change) -> str:
        """Push one change, see that it is refused in words, and return the code."""
        (result,) = self.results(change)
        assert result["result"] == "refused", result
        assert result["message"].endswith(".")
        assert result["revived"] == []
        return str(result["code"])

    def pull_page(
        self, after_seq: int = 0, after_id: str | None = None, upto: int | None = None, limit: int = 1000
    ) -> Answer:
        """Pull one page."""
        return self._call(
            "select public.sync_pull(%s, %s, %s, %s, %s, %s)", [*self.known, after_seq, after_id, upto, limit]
        )

    def pull(self, after_seq: int = 0, limit: int = 1000) -> list[Answer]:
        """Pull to the end and return the rows."""
        rows: list[Answer] = []
        place: tuple[int, str | None] = (after_seq, None)
        upto = None
        while True:
            page = self.pull_page(*place, upto, limit)
            upto = page["upto"]
            if not page["rows"]:
                return rows
            rows += page["rows"]
            place = (rows[-1]["seq"], rows[-1]["id"])

    def row(self, entity: str, row_id: str) -> Answer:
        """The row as a pull gives it."""
        (found,) = [row for row in self.pull() if (row["entity"], row["id"]) == (entity, row_id)]
        return found

    def verify(self, take_file_id: str, how: str = "safe") -> Answer:
        """Call verify_take_file."""
        return self._call("select public.verify_take_file(%s, %s)", [take_file_id, how])

    def verify_many(self, take_file_ids: list[str], how: str = "safe") -> Answer:
        """Call verify_take_files."""
        return self._call("select public.verify_take_files(%s::uuid[], %s)", [take_file_ids, how])

    def call(self, query: str, arguments: list[Any]) -> Any:
        """Return the one value of `query`, asked as this user."""
        with self._line.transaction():
            enter(self._line, "authenticated", self._settings)
            row = self._line.execute(query.encode(), arguments).fetchone()
        assert row is not None
        return row[0]

    def _call(self, query: str, arguments: list[Any]) -> Answer:
        answer: Answer = self.call(query, arguments)
        if answer["seq"] > self.known[0]:
            self.known = (answer["seq"], answer["tag"])
        return answer
