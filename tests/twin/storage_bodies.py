"""JSON bodies: read within the server's limit, and checked with the messages of its validator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.twin.storage_calls import Call
from tests.twin.storage_errors import StorageError

__all__ = ["Member", "read_body"]

_LONGEST: Final = 1024 * 1024


@dataclass(frozen=True)
class Member:
    """The rules for one member of the object."""

    name: str
    kind: str = "string"
    """string, integer, boolean, array (of strings) or object."""
    required: bool = False
    minimum: int | None = None
    """The limits of a number, or of an array's length."""
    maximum: int | None = None
    choices: Sequence[str] = ()
    members: Sequence[Member] = ()


def read_body(call: Call, *members: Member) -> dict[str, Any]:
    """Return the body, an object whose members follow the rules. Raises StorageError."""
    if call.length is not None and call.length > _LONGEST:
        raise _too_large()
    raw = call.request.read(_LONGEST + 1)
    if len(raw) > _LONGEST:
        raise _too_large()
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        raise StorageError.invalid("Unexpected token in JSON", error="SyntaxError") from None
    return _object("body", body, members)


def _object(where: str, value: Any, members: Sequence[Member]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StorageError.invalid(f"{where} must be object")
    checked = dict(value)
    for member in members:
        if member.name not in checked:
            if member.required:
                raise StorageError.invalid(f"{where} must have required property '{member.name}'")
            continue
        checked[member.name] = _value(f"{where}/{member.name}", checked[member.name], member)
    return checked


def _value(where: str, value: Any, member: Member) -> Any:
    if member.kind == "object":
        return _object(where, value, member.members)
    if member.kind == "array":
        return _array(where, value, member)
    if member.kind == "integer":
        return _integer(where, value, member)
    if member.kind == "boolean":
        known = {True: True, False: False, "true": True, "false": False}
        if not isinstance(value, bool | str) or value not in known:
            raise StorageError.invalid(f"{where} must be boolean")
        return known[value]
    if value is None:  # the validator converts null to an empty text
        value = ""
    if isinstance(value, dict | list):
        raise StorageError.invalid(f"{where} must be string")
    text = str(value)
    if member.choices and text not in member.choices:
        raise StorageError.invalid(f"{where} must be equal to one of the allowed values")
    return text


def _array(where: str, value: Any, member: Member) -> list[str]:
    if not isinstance(value, list):
        raise StorageError.invalid(f"{where} must be array")
    if member.minimum is not None and len(value) < member.minimum:
        raise StorageError.invalid(f"{where} must NOT have fewer than {member.minimum} items")
    if member.maximum is not None and len(value) > member.maximum:
        raise StorageError.invalid(f"{where} must NOT have more than {member.maximum} items")
    return [str(_value(f"{where}/{at}", entry, Member(str(at)))) for at, entry in enumerate(value)]


def _integer(where: str, value: Any, member: Member) -> int:
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise StorageError.invalid(f"{where} must be integer")
    if member.minimum is not None and value < member.minimum:
        raise StorageError.invalid(f"{where} must be >= {member.minimum}")
    return value


def _too_large() -> StorageError:
    return StorageError(413, "InvalidRequest", "Request body is too large", error="FastifyError", http=413)
