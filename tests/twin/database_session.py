"""What PostgREST and the storage server set in a transaction before they act for a caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg

__all__ = ["LOGIN_ROLES", "Claims", "enter", "request_settings"]

Claims = Mapping[str, Any]

# All others are roles to switch to.
LOGIN_ROLES = frozenset(
    {"supabase_admin", "postgres", "authenticator", "supabase_auth_admin", "supabase_storage_admin"}
)

_SET_ALL = "select set_config(name, value, true) from unnest(%s::text[], %s::text[]) as setting(name, value)"


def request_settings(
    claims: Claims | None,
    *,
    headers: Mapping[str, str] | None = None,
    method: str | None = None,
    path: str | None = None,
    operation: str | None = None,
) -> dict[str, str]:
    """The settings that tell policies and triggers who asks for what."""
    settings: dict[str, str] = {}
    if claims is not None:
        settings["request.jwt.claims"] = json.dumps(dict(claims))
    if headers is not None:
        settings["request.headers"] = json.dumps(dict(headers))
    if method is not None:
        settings["request.method"] = method
    if path is not None:
        settings["request.path"] = path
    if operation is not None:
        settings["storage.operation"] = operation
    return settings


def enter(connection: psycopg.Connection[Any], role: str | None, settings: Mapping[str, str]) -> None:
    """Set `settings` and then become `role`, both until the transaction ends.

    Raises psycopg's InvalidParameterValue (22023) for a role that is not there, InsufficientPrivilege for one that
    the login may not become.
    """
    all_settings = dict(settings)
    if role is not None:
        all_settings["role"] = role
    connection.execute(_SET_ALL, [list(all_settings), list(all_settings.values())])
