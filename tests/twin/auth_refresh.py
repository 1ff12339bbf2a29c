"""Refresh tokens of the stand-in's Auth service: their form, and what happens when one is used twice."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import string
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_settings import AuthSettings
from tests.twin.databases import Connection

__all__ = ["RefreshToken", "exchange_token", "find_session_id", "issue_token", "sign_token"]

_ALPHABET: Final = string.ascii_lowercase + string.digits
_SHORT: Final = 12
_SHORTEST_LONG: Final = 1 + 16 + 1 + 16 + 4
"""Bytes: version, session, counter, signature, checksum."""


@dataclass(frozen=True)
class RefreshToken:
    """A token of either kind; `counter` is None for a short one."""

    text: str
    counter: int | None = None


def issue_token(connection: Connection, session_id: uuid.UUID, now: datetime, settings: AuthSettings) -> RefreshToken:
    """Store and return the first token of a session."""
    if settings.refresh_token_algorithm == 1:
        return RefreshToken(_new_short_token(connection, session_id, None, now))
    key = secrets.token_bytes(32)
    connection.execute(
        "update auth.sessions set refresh_token_hmac_key = %s, refresh_token_counter = 0 where id = %s",
        [key, session_id],
    )
    return RefreshToken(sign_token(session_id, 0, key), 0)


def find_session_id(connection: Connection, token: str) -> tuple[uuid.UUID, datetime | None]:
    """The session that a token belongs to, and when a short token was made or used.

    Raises AuthProblem: validation_failed where it can be no token, refresh_token_not_found where it is unknown.
    """
    if len(token) < _SHORT:
        raise AuthProblem.of("validation_failed", "Refresh token is not valid")
    row = connection.execute(
        "select session_id, updated_at from auth.refresh_tokens where token = %s", [token]
    ).fetchone()
    if row is not None:
        return row[0], row[1]
    parsed = _parse(token)
    if parsed is None:
        raise AuthProblem.of("refresh_token_not_found")
    return parsed[0], None


def exchange_token(
    connection: Connection, session_id: uuid.UUID, token: str, now: datetime, settings: AuthSettings
) -> RefreshToken:
    """The token that is to be used next, for one of a session that is locked.

    Raises AuthProblem; what was revoked with refresh_token_already_used is to be committed.
    """
    if len(token) == _SHORT:
        return RefreshToken(_exchange_short(connection, session_id, token, now, settings.reuse_window))
    return _exchange_long(connection, session_id, token, now, settings)


def sign_token(session_id: uuid.UUID, counter: int, key: bytes) -> str:
    """Return a token of the longer kind (51 characters while the counter fits into one byte)."""
    content = b"\0" + session_id.bytes + _varint(counter)
    content += hmac.digest(key, content, "sha256")[:16]
    content += hashlib.sha256(content).digest()[:4]
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _exchange_short(connection: Connection, session_id: uuid.UUID, token: str, now: datetime, window: timedelta) -> str:
    # Read only after locking the session: another request may have exchanged the token meanwhile.
    row = connection.execute("select revoked, updated_at from auth.refresh_tokens where token = %s", [token]).fetchone()
    assert row is not None
    revoked, used_at = row
    if revoked:
        newest = connection.execute(
            "select token, parent from auth.refresh_tokens where session_id = %s and not revoked"
            " order by id desc limit 1",
            [session_id],
        ).fetchone()
        if newest is not None and newest[1] == token:
            return str(newest[0])  # the client did not receive it or could not store it
        if now > used_at + window:
            connection.execute(
                "update auth.refresh_tokens set revoked = true, updated_at = %s where session_id = %s and not revoked",
                [now, session_id],
            )
            raise AuthProblem.of("refresh_token_already_used")
    connection.execute("update auth.refresh_tokens set revoked = true, updated_at = %s where token = %s", [now, token])
    return _new_short_token(connection, session_id, token, now)


def _exchange_long(
    connection: Connection, session_id: uuid.UUID, token: str, now: datetime, settings: AuthSettings
) -> RefreshToken:
    row = connection.execute(
        "select refresh_token_hmac_key, refresh_token_counter, coalesce(refreshed_at, created_at)"
        " from auth.sessions where id = %s",
        [session_id],
    ).fetchone()
    parsed = _parse(token)
    assert row is not None, "the session was locked"
    assert parsed is not None, "the token named the session"
    key, newest, refreshed_at = row
    counter = parsed[1]
    if key is None or not hmac.compare_digest(sign_token(session_id, counter, key), token):
        raise AuthProblem.of("refresh_token_not_found")
    if counter > newest:
        raise AuthProblem.of("validation_failed", "Invalid Refresh Token: Not Issued By This Server")
    if counter < newest - 1 and settings.end_session_on_old_token and now - refreshed_at >= settings.reuse_window:
        connection.execute("delete from auth.sessions where id = %s", [session_id])
        raise AuthProblem.of("refresh_token_already_used")
    if counter == newest:
        newest += 1
        connection.execute("update auth.sessions set refresh_token_counter = %s where id = %s", [newest, session_id])
    return RefreshToken(sign_token(session_id, newest, key), newest)


def _new_short_token(connection: Connection, session_id: uuid.UUID, parent: str | None, now: datetime) -> str:
    token = "".join(secrets.choice(_ALPHABET) for _ in range(_SHORT))
    connection.execute(
        "insert into auth.refresh_tokens (token, session_id, parent, created_at, updated_at)"
        " values (%s, %s, %s, %s, %s)",
        [token, session_id, parent, now, now],
    )
    return token


def _parse(token: str) -> tuple[uuid.UUID, int] | None:
    """Return session and counter of a longer token, without checking its signature; None for any other text."""
    try:
        content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(content) < _SHORTEST_LONG or content[0] != 0:
        return None
    if hashlib.sha256(content[:-4]).digest()[:4] != content[-4:]:
        return None
    counter = 0
    for place, byte in enumerate(content[17:-20]):
        counter |= (byte & 0x7F) << (7 * place)
    return uuid.UUID(bytes=content[1:17]), counter


def _varint(number: int) -> bytes:
    """Encode a number with seven bits in each byte, the lowest first; the top bit says that another byte follows."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
