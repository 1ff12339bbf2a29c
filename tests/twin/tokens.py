"""The tokens of the stand-in: made as the Auth service makes them, read with exact errors."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final, Literal

import jwt

__all__ = ["NO_SESSION", "Clock", "TokenError", "Tokens"]

_MADE: Final = 1_767_225_600
"""When the keys say they were made: a fixed day, so that they are the same after a restart."""
_TEN_YEARS: Final = 10 * 365 * 86_400

NO_SESSION: Final = uuid.UUID(int=0)

Kind = Literal["malformed", "signature", "expired"]


class TokenError(Exception):
    """A token that is not to be believed: `code` is malformed, signature or expired."""

    def __init__(self, code: Kind) -> None:
        super().__init__(code)
        self.code: Kind = code


class Clock:
    """The time of the services, in seconds since 1970; a test may move it instead of waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Now."""
        with self._lock:
            return time.time() + self._ahead

    def move(self, seconds: float) -> None:
        """Let time pass (or go back)."""
        with self._lock:
            self._ahead += seconds


class Tokens:
    """Signs with HS256 and one secret, which all services share. Thread-safe."""

    def __init__(self, secret: str, *, clock: Clock | None = None, issuer: str = "http://127.0.0.1/auth/v1") -> None:
        self.secret = secret
        self.clock = clock or Clock()
        self.issuer = issuer

    def user(
        self,
        user_id: str | uuid.UUID,
        email: str | None = None,
        role: str = "authenticated",
        expires_in: float = 3600,
        **claims: Any,
    ) -> str:
        """An access token of a person, as GoTrue makes it; `claims` are added or replace what it would hold.

        It belongs to no session unless `session_id` is given: the Auth service takes the nil UUID for none.
        """
        now = int(self.clock())
        payload: dict[str, Any] = {
            "iss": self.issuer,
            "sub": str(user_id),
            "aud": "authenticated",
            "exp": int(now + expires_in),
            "iat": now,
            "email": email or "",
            "phone": "",
            "app_metadata": {"provider": "email", "providers": ["email"]},
            "user_metadata": {},
            "role": role,
            "aal": "aal1",
            "amr": [{"method": "password", "timestamp": now}],
            "session_id": str(NO_SESSION),
            "is_anonymous": False,
            # Not GoTrue's: two tokens of one second are to differ, or none could expire without the other.
            "jti": str(uuid.uuid4()),
        }
        return self.sign(payload | claims)

    def anon(self) -> str:
        """The public key of the project."""
        return self._key("anon")

    def service(self) -> str:
        """The key that row level security does not apply to."""
        return self._key("service_role")

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with exactly these claims (signed URLs are made of them too)."""
        return jwt.encode(dict(claims), self.secret, algorithm="HS256")

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that is whole, ours and not expired. Raises TokenError."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.secret,
                algorithms=["HS256"],
                # The time is ours to judge: tests move the clock.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
        except jwt.InvalidSignatureError:
            raise TokenError("signature") from None
        except jwt.InvalidTokenError:
            raise TokenError("malformed") from None
        expires = claims.get("exp")
        if expires is not None and not isinstance(expires, int | float):
            raise TokenError("malformed")
        if expires is not None and expires <= self.clock():
            raise TokenError("expired")
        return claims

    def _key(self, role: str) -> str:
        return self.sign({"iss": "supabase", "ref": "twin", "role": role, "iat": _MADE, "exp": _MADE + _TEN_YEARS})
