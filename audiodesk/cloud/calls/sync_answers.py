"""Models of the answers of the functions of sync; imported only where such an answer is read, because of pydantic."""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from audiodesk.cloud.calls.answers import Answer, judged
from audiodesk.cloud.calls.procedures import Procedures
from audiodesk.domain.server.computers import Computer, Computers

__all__ = ["DevicesAnswer", "PullAnswer", "PushAnswer", "SeenAnswer", "VerifyAnswer", "checked"]


class _Row(Answer):
    entity: str
    id: str
    seq: int
    version: int
    fields: dict[str, Any]
    stamps: dict[str, int] | None = None


class _Revived(Answer):
    entity: str
    id: str


class _Result(Answer):
    change_id: str
    result: Literal["applied", "repeated", "refused"]
    code: str | None
    message: str | None
    row: _Row | None
    revived: list[_Revived] | None = None


class _Head(Answer):
    seq: int
    tag: str | None
    restored: bool


class PushAnswer(_Head):
    """A push: a result for each change that the server looked at."""

    results: list[_Result]


class PullAnswer(_Head):
    """A page of a pull."""

    rows: list[_Row]
    upto: int


class _Verified(Answer):
    result: Literal["applied", "refused"]
    code: str | None
    message: str | None
    row: _Row | None


class VerifyAnswer(Answer):
    """What was noted of files that were read back, in the order in which they were named."""

    seq: int
    tag: str | None
    results: list[_Verified]


class SeenAnswer(Answer):
    """Whether the server noted that a computer is here."""

    seen_at: int | None


class _Device(Answer):
    id: str
    title: str
    platform: str
    created_at: int
    seen_at: int | None


class DevicesAnswer(Answer):
    """The computers of the account."""

    now: int
    devices: list[_Device]

    def all(self) -> Computers:
        """Return the computers as values."""
        found = (Computer(d.id, d.title, d.platform, d.created_at, d.seen_at) for d in self.devices)
        return Computers(self.now, tuple(found))


_Kind = TypeVar("_Kind", bound=Answer)


def checked(kind: type[_Kind], procedures: Procedures, name: str, **arguments: Any) -> dict[str, Any]:
    """Call the function ``name``; return its answer unchanged if it is of that kind, else raise "server-answer-odd"."""
    document = procedures.document(name, **arguments)
    judged(kind, document, procedures.host, name)
    return document
