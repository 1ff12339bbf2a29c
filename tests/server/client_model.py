"""A simulated computer that follows the shipped rules of sync (``audiodesk.domain.sync.exchange``)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync import exchange as rules
from audiodesk.domain.sync.change import Change, fold

__all__ = ["Call", "ClientModel", "LostError", "Ref"]

Row = dict[str, Any]
Call = Callable[[str, list[Any]], dict[str, Any]]
"""Calls the function of that name; raises LostError where no answer came back."""


class LostError(Exception):
    """No answer came, so it is unknown whether the server applied the changes."""


@dataclass
class Recovery:
    """The pull after a restore, kept apart until it is whole."""

    fresh: dict[Ref, Row] = field(default_factory=dict)
    place: rules.Place = field(default_factory=rules.Place)


@dataclass
class Disk:
    """What a crash leaves. The model changes it at once, after the last thing that can fail."""

    queue: list[Change] = field(default_factory=list)
    rows: dict[Ref, Row] = field(default_factory=dict)
    head: rules.Head = field(default_factory=rules.Head)
    place: rules.Place = field(default_factory=rules.Place)
    recovery: Recovery | None = None

    @property
    def known(self) -> tuple[int, str | None]:
        """The head as the server's functions take it."""
        return (self.head.seq, self.head.tag)


class ClientModel:
    """Nothing is kept outside `disk`, so a crash is an exception and going on is a restart."""

    def __init__(self, call: Call, *, page: int = 1000, batch: int = rules.MOST_CHANGES) -> None:
        """Sync through `call`, pulling at most `page` rows and pushing at most `batch` changes at once."""
        self.disk = Disk()
        self.device = str(uuid4())
        self.page = page
        self.batch = batch
        self.refused: list[str] = []
        self.unanswered = 0
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
        """What a person sees."""
        changes: dict[Ref, list[Change]] = {ref: [] for ref in self.disk.rows}
        for change in self.disk.queue:
            changes.setdefault(Ref(change.entity, change.row_id), []).append(change)
        rows = self.disk.rows
        return {ref: rules.overlaid(rows[ref]["fields"] if ref in rows else None, of) for ref, of in changes.items()}

    def is_done(self) -> bool:
        """Whether nothing waits to be pushed or healed."""
        return not self.disk.queue and self.disk.recovery is None

    def push(self) -> None:
        """Send the first changes of the queue, one request."""
        if self.disk.recovery is not None or not self.disk.queue:
            return
        batch = rules.next_batch(self.disk.queue, most_changes=self.batch)
        self.disk.queue[: len(batch)] = batch
        sent = [rules.as_json(change) for change in batch]
        self.sent.update({change["change_id"]: change for change in sent})
        answer = self._call("sync_push", [*self.disk.known, sent, self.device])
        if answer["restored"]:
            self._begin_recovery(answer)
            return
        answered = rules.take_answers(batch, answer["results"])
        assert not answered.held
        self.refused += [refusal.code for refusal in answered.refused]
        self.unanswered += len(answered.unanswered)
        for row in answered.rows:
            self._keep(dict(row))
        self.disk.queue[: len(batch)] = answered.unanswered
        self.disk.head = rules.later_head(self.disk.head, answer)

    def pull(self) -> bool:
        """Fetch one page; True where it was the last one."""
        disk = self.disk
        place = disk.place if disk.recovery is None else disk.recovery.place
        answer = self._page(place)
        if answer["restored"]:
            self._begin_recovery(answer)
            return False
        place, is_end = rules.after_page(answer)
        disk.head = rules.later_head(disk.head, answer)
        if disk.recovery is None:
            for row in answer["rows"]:
                self._keep(row)
            disk.place = place
            return is_end
        disk.recovery.fresh.update({_ref(row): row for row in answer["rows"]})
        disk.recovery.place = place
        if is_end:
            self._recover(disk.recovery.fresh, place)
        return is_end

    def sync(self) -> None:
        """Push and pull until there is nothing left."""
        for _ in itertools.count():
            self.push()
            if self.pull() and self.is_done():
                return

    def _recover(self, fresh: dict[Ref, Row], place: rules.Place) -> None:
        lost = []
        for ref, row in self.disk.rows.items():
            now = rules.ServerRow.from_json(fresh[ref]) if ref in fresh else None
            found = rules.lost_fields(rules.ServerRow.from_json(row), now)
            if found is not None:
                fields, stamps = found
                lost.append(Change(str(uuid4()), *ref, fields, is_create=now is None, sent=True, stamps=stamps))
        self.disk.queue[:0] = lost
        self.disk.rows = fresh
        self.disk.place = place
        self.disk.recovery = None

    def _begin_recovery(self, answer: dict[str, Any]) -> None:
        assert not answer.get("rows")
        assert not answer.get("results")
        self.disk.recovery = Recovery()
        self.disk.head = rules.Head(answer["seq"], answer["tag"])

    def _page(self, place: rules.Place) -> dict[str, Any]:
        answer = self._call("sync_pull", [*self.disk.known, place.seq, place.row_id, place.upto, self.page])
        places = [(row["seq"], row["id"]) for row in answer["rows"]]
        assert places == sorted(places)
        assert len(places) <= self.page
        assert all(at[0] <= answer["upto"] for at in places)
        return answer

    def _keep(self, row: Row) -> None:
        known = self.disk.rows.get(_ref(row))
        if known is not None and known["version"] == row["version"]:
            assert known["fields"] == row["fields"], "one version, two contents"
        if rules.is_newer(None if known is None else known["version"], row["version"]):
            self.disk.rows[_ref(row)] = row


def _ref(row: Row) -> Ref:
    return Ref(Entity(row["entity"]), row["id"])
