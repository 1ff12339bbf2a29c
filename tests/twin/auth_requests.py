"""Reads requests to the stand-in's Auth service: fields of a JSON body, addresses, passwords, ids."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from tests.twin.auth_errors import AuthProblem, bad_json
from tests.twin.wire_messages import Request

__all__ = ["check_password", "read_address", "read_fields", "read_uuid"]

_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORTEST_PASSWORD: Final = 6


def read_fields(request: Request, *texts: str, **others: type) -> dict[str, Any]:
    """The body's fields: texts, "" where one is missing; others by their type, None where one is missing.

    Raises AuthProblem bad_json.
    """
    try:
        body = json.loads(request.read())
    except ValueError as error:
        raise bad_json(str(error)) from None
    if not isinstance(body, Mapping):
        raise bad_json("json: cannot unmarshal into an object")
    fields: dict[str, Any] = {}
    for name, kind in {**dict.fromkeys(texts, str), **others}.items():
        value = body.get(name)
        if value is not None and not isinstance(value, kind):
            raise bad_json(f"json: cannot unmarshal field {name}")
        fields[name] = "" if value is None and kind is str else value
    return fields


def read_address(email: str) -> str:
    """Return the address in lower case. Raises AuthProblem if it is no address."""
    if not _ADDRESS.fullmatch(email):
        raise AuthProblem.of("validation_failed", "Unable to validate email address: invalid format")
    return email.lower()


def check_password(password: str) -> None:
    """Raise AuthProblem weak_password if the password is too short."""
    if len(password) < _SHORTEST_PASSWORD:
        raise AuthProblem.of("weak_password", weak_password={"reasons": ["length"]})


def read_uuid(value: Any, otherwise: AuthProblem) -> uuid.UUID:
    """Return the id as a UUID. Raises `otherwise` if it is none."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise otherwise from None
