"""The users of the stand-in's Auth service: their rows in auth.users, their passwords, and their JSON form."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from tests.twin.databases import Connection

__all__ = [
    "AuthUser",
    "add_user",
    "change_password",
    "confirm",
    "find_by_email",
    "find_by_id",
    "hash_password",
    "merge_metadata",
    "note_sign_in",
    "right_password",
    "timestamp",
]

_ROUNDS = 1_000  # few, because the tests do not need strong hashes
_COLUMNS = (
    "id, email, role, aud, encrypted_password, email_confirmed_at, last_sign_in_at,"
    " raw_app_meta_data, raw_user_meta_data, created_at, updated_at, banned_until"
)


@dataclass(frozen=True)
class AuthUser:
    """A row of auth.users."""

    id: uuid.UUID
    email: str
    role: str
    aud: str
    encrypted_password: str | None
    email_confirmed_at: datetime | None
    last_sign_in_at: datetime | None
    app_metadata: Mapping[str, Any]
    user_metadata: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    banned_until: datetime | None

    def banned(self, now: datetime) -> bool:
        """Whether the user is banned now."""
        return self.banned_until is not None and self.banned_until > now

    def claims(self) -> dict[str, Any]:
        """Return the claims about the user in an access token."""
        return {
            "aud": self.aud,
            "role": self.role,
            "app_metadata": self._app_metadata(),
            "user_metadata": dict(self.user_metadata),
        }

    def json(self) -> dict[str, Any]:
        """Return the user object as the service sends it, without the empty fields that the service omits."""
        confirmed, signed_in = timestamp(self.email_confirmed_at), timestamp(self.last_sign_in_at)
        times = {"email_confirmed_at": confirmed, "confirmed_at": confirmed, "last_sign_in_at": signed_in}
        banned = {"banned_until": timestamp(self.banned_until)}
        return {
            "id": str(self.id),
            "aud": self.aud,
            "role": self.role,
            "email": self.email,
            "phone": "",
            **{name: value for name, value in times.items() if value},
            "app_metadata": self._app_metadata(),
            "user_metadata": dict(self.user_metadata),
            "identities": [self._identity()],
            "created_at": timestamp(self.created_at),
            "updated_at": timestamp(self.updated_at),
            **{name: value for name, value in banned.items() if value},
            "is_anonymous": False,
        }

    def _app_metadata(self) -> dict[str, Any]:
        return {"provider": "email", "providers": ["email"], **self.app_metadata}

    def _identity(self) -> dict[str, Any]:
        created = timestamp(self.created_at)
        return {
            "identity_id": str(uuid.uuid5(self.id, "email")),
            "id": str(self.id),
            "user_id": str(self.id),
            "identity_data": {
                "email": self.email,
                "email_verified": self.email_confirmed_at is not None,
                "phone_verified": False,
                "sub": str(self.id),
            },
            "provider": "email",
            "last_sign_in_at": created,
            "created_at": created,
            "updated_at": created,
            "email": self.email,
        }


def timestamp(moment: datetime | None) -> str | None:
    """Return a time as Go writes it: in UTC, with Z."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def hash_password(password: str) -> str:
    """Return the hash of a password, as auth.users.encrypted_password holds it."""
    salt = secrets.token_hex(8)
    return f"pbkdf2${salt}${_digest(password, salt)}"


def right_password(user: AuthUser, password: str) -> bool:
    """Tell whether this is the user's password."""
    scheme, _, rest = (user.encrypted_password or "").partition("$")
    salt, _, digest = rest.partition("$")
    return scheme == "pbkdf2" and hmac.compare_digest(_digest(password, salt), digest)


def find_by_email(connection: Connection, email: str) -> AuthUser | None:
    """Return the user with this address, without regard to upper and lower case; None if there is none."""
    return _find(connection, "lower(email) = lower(%s)", email)


def find_by_id(connection: Connection, user_id: uuid.UUID) -> AuthUser | None:
    """Return the user with this id; None if there is none."""
    return _find(connection, "id = %s", user_id)


def add_user(
    connection: Connection, email: str, metadata: Mapping[str, Any], now: datetime, *, password: str | None = None
) -> AuthUser:
    """Add a user whose address is not confirmed; without `password` the password is random."""
    user_id, kept = uuid.uuid4(), hash_password(password or secrets.token_hex(16))
    connection.execute(
        "insert into auth.users (id, email, encrypted_password, raw_user_meta_data, created_at, updated_at)"
        " values (%s, %s, %s, %s, %s, %s)",
        [user_id, email.lower(), kept, Jsonb(dict(metadata)), now, now],
    )
    user = find_by_id(connection, user_id)
    assert user is not None
    return user


def confirm(connection: Connection, user: AuthUser, now: datetime) -> AuthUser:
    """Store that the address is confirmed."""
    connection.execute("update auth.users set email_confirmed_at = %s where id = %s", [now, user.id])
    return find_by_id(connection, user.id) or user


def note_sign_in(connection: Connection, user: AuthUser, now: datetime, *, confirm: bool) -> AuthUser:
    """Store the time of a sign-in; a sign-in by a code confirms the address."""
    connection.execute(
        "update auth.users set last_sign_in_at = %s,"
        " email_confirmed_at = case when %s then coalesce(email_confirmed_at, %s) else email_confirmed_at end"
        " where id = %s",
        [now, confirm, now, user.id],
    )
    return find_by_id(connection, user.id) or user


def change_password(connection: Connection, user: AuthUser, password: str, now: datetime) -> None:
    """Set a new password."""
    connection.execute(
        "update auth.users set encrypted_password = %s, updated_at = %s where id = %s",
        [hash_password(password), now, user.id],
    )


def merge_metadata(connection: Connection, user: AuthUser, updates: Mapping[str, Any], now: datetime) -> None:
    """Set fields in user_metadata; a field with None is removed."""
    merged = {**user.user_metadata, **updates}
    kept = {name: value for name, value in merged.items() if value is not None}
    connection.execute(
        "update auth.users set raw_user_meta_data = %s, updated_at = %s where id = %s", [Jsonb(kept), now, user.id]
    )


def _find(connection: Connection, condition: str, value: Any) -> AuthUser | None:
    row = connection.execute(
        f"select {_COLUMNS} from auth.users where {condition} and deleted_at is null".encode(), [value]
    ).fetchone()
    if row is None:
        return None
    user_id, email, role, aud, password, confirmed, signed_in, app, own, created, updated, banned = row
    return AuthUser(
        user_id, email or "", role, aud, password, confirmed, signed_in, app or {}, own or {}, created, updated, banned
    )


def _digest(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()
