"""The tokens and keys of the stand-in: made like the services and the platform make them, read with exact errors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

__all__ = ["NO_SESSION", "Clock", "TokenError", "Tokens"]

_MADE: Final = 1_767_225_600
"""The day on which the keys claim to be made: fixed, so that they are the same after a restart."""
_TEN_YEARS: Final = 10 * 365 * 86_400

NO_SESSION: Final = uuid.UUID(int=0)

Kind = Literal["malformed", "signature", "expired"]


class TokenError(Exception):
    """A token that is not valid: `code` is malformed, signature or expired."""

    def __init__(self, code: Kind) -> None:
        super().__init__(code)
        self.code: Kind = code


class Clock:
    """The time of the services, in seconds since 1970; a test may move it instead of waiting."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._held: float | None = None
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            return (time.time() if self._held is None else self._held) + self._ahead

    def hold(self) -> None:
        """Stop the clock: time then passes only by `move`, however slow the computer is."""
        with self._lock:
            self._held = time.time()

    def move(self, seconds: float) -> None:
        """Move the clock forwards or back."""
        with self._lock:
            self._ahead += seconds


class Tokens:
    """Signs for all services of one project. Thread-safe."""

    def __init__(self, secret: str, *, clock: Clock | None = None, issuer: str = "http://127.0.0.1/auth/v1") -> None:
        self.secret = secret
        self.clock = clock or Clock()
        self.issuer = issuer
        self.algorithm: Literal["HS256", "ES256"] = "HS256"
        """How users' tokens are signed from now on; both kinds are accepted, as after a change of keys."""
        self.old_keys = True
        """Whether the anon and service keys that are JWTs are still accepted."""
        # Derived from the secret, so that two sides with the same secret need not share the key too.
        self._private_key = ec.derive_private_key(int.from_bytes(self._digest("es256")) >> 1 | 1, ec.SECP256R1())
        self._key_id = str(uuid.UUID(bytes=self._digest("key id")[:16]))

    def user(
        self,
        user_id: str | uuid.UUID,
        email: str | None = None,
        role: str = "authenticated",
        expires_in: float = 3600,
        **claims: Any,
    ) -> str:
        """An access token of a person, as GoTrue makes it; `claims` are added or replace what it would hold.

        It belongs to no session unless `session_id` is given: the Auth service takes the nil UUID for none. Nothing in
        it is random: with HS256, two tokens of one session that are made within one second are the same.
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
        }
        payload |= claims
        if self.algorithm == "HS256":
            return self.sign(payload)
        return jwt.encode(payload, self._private_key, algorithm="ES256", headers={"kid": self._key_id})

    def anon(self) -> str:
        """The public key of the project, of the older kind: a JWT."""
        return self._key("anon")

    def service(self) -> str:
        """The older key that row level security does not apply to."""
        return self._key("service_role")

    def publishable(self) -> str:
        """The public key of the project, of the newer kind: no token, good in the header `apikey` alone."""
        return self._opaque_key("publishable")

    def secret_key(self) -> str:
        """The newer key that row level security does not apply to."""
        return self._opaque_key("secret")

    def role_of_key(self, key: str) -> str | None:
        """Return the role that a key of the project stands for; None for any other text. `old_keys` does not matter."""
        for opaque, role in ((self.publishable(), "anon"), (self.secret_key(), "service_role")):
            if hmac.compare_digest(opaque.encode(), key.encode()):
                return role
        try:
            claimed = self.read(key).get("role")
        except TokenError:
            return None
        return str(claimed) if claimed in ("anon", "service_role") else None

    def public_keys(self) -> list[dict[str, Any]]:
        """What /.well-known/jwks.json lists: nothing while users' tokens are signed with the shared secret."""
        if self.algorithm == "HS256":
            return []
        key = json.loads(ECAlgorithm.to_jwk(self._private_key.public_key()))
        return [{**key, "alg": "ES256", "kid": self._key_id, "use": "sig", "key_ops": ["verify"], "ext": True}]

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with exactly these claims, signed with the secret (signed URLs are made of them too)."""
        return jwt.encode(dict(claims), self.secret, algorithm="HS256")

    def read(self, token: str) -> dict[str, Any]:
        """Return the claims of a valid token. Raises TokenError."""
        try:
            signed_with = jwt.get_unverified_header(token).get("alg")
            key = self._private_key.public_key() if signed_with == "ES256" else self.secret
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["ES256" if signed_with == "ES256" else "HS256"],
                # We compare the time ourselves, because tests move the clock.
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

    def _opaque_key(self, kind: str) -> str:
        body = base64.urlsafe_b64encode(self._digest(kind))[:22].decode()
        checksum = base64.urlsafe_b64encode(hashlib.sha256(f"{kind}{body}".encode()).digest())[:8].decode()
        return f"sb_{kind}_{body}_{checksum}"

    def _digest(self, purpose: str) -> bytes:
        return hmac.digest(self.secret.encode(), purpose.encode(), "sha256")
