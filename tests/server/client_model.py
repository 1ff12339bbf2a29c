"""A computer, small: a queue that folds, what the server last said, and how a restored server is healed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from uuid import uuid4

from audiodesk.domain.change import Change, fold
from audiodesk.domain.entity import Entity

__all__ = ["Call", "ClientModel", "LostError", "Ref"]

Row = dict[str, Any]
Call = Callable[[str, list[Any]], dict[str, Any]]
"""Calls the function of that name; raises LostError where no answer came back."""

_ONLY_SERVER = frozenset({"verified_at", "verified_how"})


class LostError(Exception):
    """No answer came: nobody knows whether the server did it."""


class Ref(NamedTuple):
    """A row, by its noun and its id."""

    entity: Entity
    id: str


@dataclass
class Recovery:
    """The pull after a restore, kept apart until it is whole."""

    fresh: dict[Ref, Row] = field(default_factory=dict)
    seq: int = 0
    id: str | None = None
    upto: int | None = None


@dataclass
class Disk:
    """What a crash leaves. The model changes it at once, after the last thing that can fail."""

    queue: list[Change] = field(default_factory=list)
    stamps: dict[str, dict[str, int]] = field(default_factory=dict)
    rows: dict[Ref, Row] = field(default_factory=dict)
    known: tuple[int, str | None] = (0, None)
    seq: int = 0
    id: str | None = None
    upto: int | None = None
    recovery: Recovery | None = None


class ClientModel:
    """Nothing is kept outside `disk`, so a crash is an exception and going on is a restart."""

    def __init__(self, call: Call, *, page: int = 1000, batch: int = 500) -> None:
        """Sync through `call`, pulling at most `page` rows and pushing at most `batch` changes at once."""
        self.disk = Disk()
        self.page = page
        self.batch = batch
        self.refused: list[str] = []
        self.sent: dict[str, dict[str, Any]] = {}
        self._call = call

    def edit(self, ref: Ref, *, create: bool = False, **fields: Any) -> None:
        """Set fields of a row, as a person does: at once, and into the queue."""
        known = self.disk.rows.get(ref)
        new = Change(str(uuid4()), ref.entity, ref.id, fields, create, 0 if known is None else known["version"])
        places = [i for i, change in enumerate(self.disk.queue) if Ref(change.entity, change.row_id) == ref]
        folded = fold(self.disk.queue[places[-1]], new) if places else None
        if folded is None:
            self.disk.queue.append(new)
        else:
            self.disk.queue[places[-1]] = folded

    def shown(self) -> dict[Ref, dict[str, Any]]:
        """What a person sees: what the server last said, overlaid with all unanswered changes."""
        shown = {ref: dict(row["fields"]) for ref, row in self.disk.rows.items()}
        for change in self.disk.queue:
            shown.setdefault(Ref(change.entity, change.row_id), {}).update(change.fields)
        return shown

    def is_done(self) -> bool:
        """Whether nothing waits to be pushed or healed."""
        return not self.disk.queue and self.disk.recovery is None

    def push(self) -> None:
        """Send the first changes of the queue, one request."""
        if self.disk.recovery is not None or not self.disk.queue:
            return
        batch = [replace(change, sent=True) for change in self.disk.queue[: self.batch]]
        self.disk.queue[: len(batch)] = batch
        sent = [self._as_json(change) for change in batch]
        self.sent.update({change["change_id"]: change for change in sent})
        answer = self._call("sync_push", [*self.disk.known, sent])
        if answer["restored"]:
            self._begin_recovery(answer)
            return
        assert [result["change_id"] for result in answer["results"]] == [change.change_id for change in batch]
        for result in answer["results"]:
            if result["result"] == "refused":
                self.refused.append(result["code"])
            if result["row"] is not None:
                self._keep(result["row"])
        del self.disk.queue[: len(batch)]
        for change in batch:
            self.disk.stamps.pop(change.change_id, None)
        self._note(answer)

    def pull(self) -> bool:
        """Fetch one page; True where it was the last one."""
        if self.disk.recovery is not None:
            return self._pull_after_restore(self.disk.recovery)
        disk = self.disk
        answer = self._page(disk.seq, disk.id, disk.upto)
        if answer["restored"]:
            self._begin_recovery(answer)
            return False
        rows = answer["rows"]
        for row in rows:
            self._keep(row)
        if rows:
            disk.seq, disk.id, disk.upto = rows[-1]["seq"], rows[-1]["id"], answer["upto"]
        else:
            disk.seq, disk.id, disk.upto = answer["upto"], None, None
        self._note(answer)
        return not rows

    def sync(self) -> None:
        """Push and pull until there is nothing left."""
        for _ in itertools.count():
            self.push()
            if self.pull() and self.is_done():
                return

    def _pull_after_restore(self, recovery: Recovery) -> bool:
        answer = self._page(recovery.seq, recovery.id, recovery.upto)
        if answer["restored"]:
            self._begin_recovery(answer)
            return False
        for row in answer["rows"]:
            recovery.fresh[_ref(row)] = row
        self._note(answer)
        if answer["rows"]:
            last = answer["rows"][-1]
            recovery.seq, recovery.id, recovery.upto = last["seq"], last["id"], answer["upto"]
            return False
        lost = [one for row in self.disk.rows.values() if (one := _what_was_lost(row, recovery.fresh)) is not None]
        for change, stamps in lost:
            self.disk.stamps[change.change_id] = stamps
        self.disk.queue[:0] = [change for change, _ in lost]
        self.disk.rows = recovery.fresh
        self.disk.seq, self.disk.id, self.disk.upto = answer["upto"], None, None
        self.disk.recovery = None
        return True

    def _begin_recovery(self, answer: dict[str, Any]) -> None:
        assert not answer.get("rows")
        assert not answer.get("results")
        self.disk.recovery = Recovery()
        self.disk.known = (answer["seq"], answer["tag"])

    def _page(self, seq: int, row_id: str | None, upto: int | None) -> dict[str, Any]:
        answer = self._call("sync_pull", [*self.disk.known, seq, row_id, upto, self.page])
        places = [(row["seq"], row["id"]) for row in answer["rows"]]
        assert places == sorted(places)
        assert len(places) <= self.page
        assert all(place[0] <= answer["upto"] for place in places)
        return answer

    def _note(self, answer: dict[str, Any]) -> None:
        if answer["seq"] > self.disk.known[0]:
            self.disk.known = (answer["seq"], answer["tag"])

    def _keep(self, row: Row) -> None:
        known = self.disk.rows.get(_ref(row))
        if known is not None and known["version"] == row["version"]:
            assert known["fields"] == row["fields"], "one version, two contents"
        if known is None or row["version"] >= known["version"]:
            self.disk.rows[_ref(row)] = row

    def _as_json(self, change: Change) -> dict[str, Any]:
        sent = {
            "change_id": change.change_id,
            "entity": change.entity.value,
            "id": change.row_id,
            "create": change.is_create,
            "base_version": change.base_version,
            "fields": dict(change.fields),
        }
        stamps = self.disk.stamps.get(change.change_id)
        return sent if stamps is None else {**sent, "stamps": stamps}


def _ref(row: Row) -> Ref:
    return Ref(Entity(row["entity"]), row["id"])


def _stamp(row: Row | None, name: str) -> int:
    if row is None:
        return -1
    return int(row["stamps"].get(name, row["stamps"]["*"]))


def _what_was_lost(row: Row, fresh: Mapping[Ref, Row]) -> tuple[Change, dict[str, int]] | None:
    """The change that brings back those fields of `row` whose stamps are above the restored server's."""
    now = fresh.get(_ref(row))
    stamps = {name: _stamp(row, name) for name in row["fields"] if _stamp(row, name) > _stamp(now, name)}
    stamps = {name: stamp for name, stamp in stamps.items() if name not in _ONLY_SERVER}
    if not stamps:
        return None
    fields = {name: row["fields"][name] for name in stamps}
    if fields.get("deleted_at") is not None:
        fields["deleted_at"] = True
    ref = _ref(row)
    return Change(str(uuid4()), ref.entity, ref.id, fields, now is None, sent=True), stamps
