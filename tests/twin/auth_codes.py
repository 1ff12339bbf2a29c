"""The codes that the stand-in's Auth service sends by mail."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_users import AuthUser
from tests.twin.databases import Connection

__all__ = ["KINDS", "make_code", "use_code"]

KINDS = {
    "email": ("confirmation_token", "recovery_token"),
    "signup": ("confirmation_token",),
    "invite": ("confirmation_token",),
    "magiclink": ("recovery_token",),
    "recovery": ("recovery_token",),
}
"""Which codes each type of POST /verify takes."""


def make_code(connection: Connection, user: AuthUser, kind: str, now: datetime, pause: timedelta) -> str:
    """Make a code of six digits that can be used once. Raises AuthProblem if the last one is younger than `pause`."""
    row = connection.execute(
        "select created_at from auth.one_time_tokens where user_id = %s and token_type = %s", [user.id, kind]
    ).fetchone()
    if row is not None and now < row[0] + pause:
        left = int((row[0] + pause - now).total_seconds())
        message = f"For security purposes, you can only request this after {left} seconds."
        raise AuthProblem.of("over_email_send_rate_limit", message)
    code = f"{secrets.randbelow(1_000_000):06d}"
    connection.execute(
        "insert into auth.one_time_tokens (user_id, token_type, token_hash, created_at) values (%s, %s, %s, %s)"
        " on conflict (user_id, token_type) do update"
        " set token_hash = excluded.token_hash, created_at = excluded.created_at",
        [user.id, kind, _hash(user, code), now],
    )
    return code


def use_code(connection: Connection, user: AuthUser, kind: str, code: str, now: datetime, good_for: timedelta) -> None:
    """Use up a code. Raises AuthProblem otp_expired if it is wrong, too old, used, or of another type."""
    used = connection.execute(
        "delete from auth.one_time_tokens"
        " where user_id = %s and token_type = any(%s) and token_hash = %s and created_at >= %s",
        [user.id, list(KINDS.get(kind, ())), _hash(user, code), now - good_for],
    )
    if used.rowcount == 0:
        raise AuthProblem.of("otp_expired")


def _hash(user: AuthUser, code: str) -> str:
    return hashlib.sha224(f"{user.email}{code}".encode()).hexdigest()
