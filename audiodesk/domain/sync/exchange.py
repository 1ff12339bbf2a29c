"""The rules that keep two computers in agreement: what is shown, what is sent next, and what an answer means.

Pure functions over values. For each row a computer keeps the server's last version, and a queue of its own unanswered
changes. It pushes the queue in order, and pulls the changes of others.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.change import Change

__all__ = [
    "MOST_BYTES",
    "MOST_CHANGES",
    "Answered",
    "Head",
    "Place",
    "Refused",
    "ServerRow",
    "after_page",
    "as_json",
    "is_newer",
    "is_worth_telling",
    "later_head",
    "lost_fields",
    "next_batch",
    "overlaid",
    "take_answers",
]

MOST_CHANGES = 500
"""Changes in one push; the server refuses more."""
MOST_BYTES = 1024 * 1024
"""Bytes of JSON in one push; the server refuses more."""

_KEPT_CODES = frozenset({"unknown_entity", "unknown_field"})
"""Refusals that an update of the server will solve: the change waits for it."""
_ONLY_SERVER = frozenset({"verified_at", "verified_how", "changed_by"})
"""Fields that no computer sends: the server sets them after checking the object."""


@dataclass(frozen=True, slots=True)
class Head:
    """The highest place in any answer: the account's counter, and the random tag of that step.

    If the server does not know the head, a backup was restored.
    """

    seq: int = 0
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The progress of a pull: after the row ``(seq, row_id)``, up to the head that its first page saw.

    ``upto`` is None between two pulls.
    """

    seq: int = 0
    row_id: str | None = None
    upto: int | None = None


@dataclass(frozen=True, slots=True)
class ServerRow:
    """The server's last version of a row.

    ``stamps`` gives the version that set each field; ``*`` stands for all others.
    """

    entity: Entity
    id: str
    version: int
    fields: Mapping[str, Any]
    stamps: Mapping[str, int]

    @property
    def ref(self) -> Ref:
        """The row's noun and id."""
        return Ref(self.entity, self.id)

    def stamp(self, name: str) -> int:
        """Return the version that set the field ``name``."""
        return int(self.stamps.get(name, self.stamps["*"]))

    def as_json(self) -> dict[str, Any]:
        """Return the row in the form of an answer."""
        return {
            "entity": self.entity.value,
            "id": self.id,
            "version": self.version,
            "fields": self.fields,
            "stamps": self.stamps,
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> ServerRow:
        """Return the row of an answer. Raises ValueError for a noun that this version does not know."""
        return ServerRow(Entity(row["entity"]), row["id"], row["version"], row["fields"], row.get("stamps") or {"*": 0})


@dataclass(frozen=True, slots=True)
class Refused:
    """A change that the server refused: ``code`` for the program, ``message`` for Details."""

    change: Change
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The meaning of a push's answer for the queue."""

    done: tuple[Change, ...] = ()
    """Changes that leave the queue: applied now or earlier."""
    refused: tuple[Refused, ...] = ()
    """Changes that leave the queue too; the person's text is kept and shown."""
    held: tuple[Refused, ...] = ()
    """Changes that stay until the server is updated."""
    unanswered: tuple[Change, ...] = ()
    """Changes that were not applied and are sent again: the server stops after about 4 MB of answers."""
    rows: tuple[Mapping[str, Any], ...] = ()
    """The rows of the answer, unchanged and in order."""
    revived: tuple[Ref, ...] = field(default=())
    """Rows that the changes restored from the trash, topmost first."""


def overlaid(known: Mapping[str, Any] | None, changes: Iterable[Change]) -> dict[str, Any]:
    """Return the fields as a person sees them: the server's last version with all unanswered ``changes`` applied."""
    shown = dict(known or {})
    for change in changes:
        shown.update(change.fields)
    return shown


def next_batch(
    queue: Iterable[Change],
    *,
    held: Collection[str] = (),
    most_changes: int = MOST_CHANGES,
    most_bytes: int = MOST_BYTES,
) -> list[Change]:
    """Return the first changes of ``queue`` that fit into one push, in order, marked as sent.

    ``held`` are the ids of changes that wait for an update of the server; later changes of the same rows wait too,
    because their order matters. If any change can be sent, at least one is returned, whatever its size.
    """
    batch: list[Change] = []
    waiting: set[Ref] = set()
    size = 2
    for change in queue:
        if len(batch) == most_changes:
            break
        ref = Ref(change.entity, change.row_id)
        if change.change_id in held or ref in waiting:
            waiting.add(ref)
            continue
        size += _size(change) + 1
        if batch and size > most_bytes:
            break
        batch.append(replace(change, sent=True))
    return batch


def as_json(change: Change) -> dict[str, Any]:
    """Return the change in the form for ``sync_push``."""
    sent: dict[str, Any] = {
        "change_id": change.change_id,
        "entity": change.entity.value,
        "id": change.row_id,
        "create": change.is_create,
        "base_version": change.base_version,
        "fields": dict(change.fields),
    }
    if change.stamps is not None:
        sent["stamps"] = dict(change.stamps)
    return sent


def take_answers(batch: Sequence[Change], results: Iterable[Mapping[str, Any]]) -> Answered:
    """Sort the changes of a push by the server's results.

    A change without a result was not applied. A result for a change outside the batch is ignored.
    """
    by_id = {str(result["change_id"]): result for result in results}
    done: list[Change] = []
    refused: list[Refused] = []
    held: list[Refused] = []
    unanswered: list[Change] = []
    rows: list[Mapping[str, Any]] = []
    revived: dict[Ref, None] = {}
    for change in batch:
        result = by_id.get(change.change_id)
        if result is None:
            unanswered.append(change)
            continue
        if result["row"] is not None:
            rows.append(result["row"])
        for back in result.get("revived") or ():
            revived[Ref(Entity(back["entity"]), back["id"])] = None
        if result["result"] != "refused":
            done.append(change)
            continue
        refusal = Refused(change, str(result["code"]), str(result.get("message") or ""))
        (held if refusal.code in _KEPT_CODES else refused).append(refusal)
    return Answered(tuple(done), tuple(refused), tuple(held), tuple(unanswered), tuple(rows), tuple(revived))


def is_newer(known_version: int | None, version: int) -> bool:
    """Tell whether a row with ``version`` replaces the kept one.

    A lower version is outdated. An equal one is taken: it is the same row, or one that a restored server made anew.
    """
    return known_version is None or version >= known_version


def is_worth_telling(refused: Refused) -> bool:
    """Tell whether a person should see a refused change: not where the server has the row from another change already.

    That happens after a restored backup, when another computer brought back a row whose ``create`` is still on its way.
    """
    return not (refused.change.is_create and refused.code == "already_there")


def later_head(known: Head, answer: Mapping[str, Any]) -> Head:
    """Return the higher of the kept head and the answer's head."""
    return Head(answer["seq"], answer["tag"]) if answer["seq"] > known.seq else known


def after_page(answer: Mapping[str, Any]) -> tuple[Place, bool]:
    """Return the place after a page of a pull, and whether the pull has ended; an empty page ends it."""
    rows = answer["rows"]
    if not rows:
        return Place(answer["upto"]), True
    return Place(rows[-1]["seq"], rows[-1]["id"], answer["upto"]), False


def lost_fields(kept: ServerRow, now: ServerRow | None) -> tuple[dict[str, Any], dict[str, int]] | None:
    """Return the fields of ``kept`` that a restored server lost, and their stamps; None if it lost none.

    ``now`` is the row on the restored server, None if it is missing. A field is lost if its stamp is higher than the
    server's. The change that restores the field carries the stamps, and the server keeps the higher ones.
    """
    stamps = {
        name: kept.stamp(name)
        for name in kept.fields
        if name not in _ONLY_SERVER and kept.stamp(name) > (-1 if now is None else now.stamp(name))
    }
    if not stamps:
        return None
    fields = {name: kept.fields[name] for name in stamps}
    for name in ("deleted_at", "purged_at"):
        if fields.get(name) is not None:
            fields[name] = True
    return fields, stamps


def _size(change: Change) -> int:
    return len(json.dumps(as_json(change), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
