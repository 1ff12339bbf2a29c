"""Signs one command in from the environment, and keeps the access token only in memory."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from audiodesk.cloud.sign_in.auth import Auth, Tokens
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.server.sign_in import is_ended
from audiodesk.system.clock import elapsed_seconds

__all__ = ["Credentials", "EnvironmentSession", "TokenSource", "credentials_from", "use_seconds"]

_MARGIN = 60.0
"""A token is replaced this many seconds before it expires: a request may take that long."""
_SIGN_OUT_SECONDS = 2.0
_LOCK_SECONDS = 0.2


def use_seconds(tokens: Tokens) -> float:
    """Return for how many seconds after the answer the access token is used."""
    return tokens.lasts - min(_MARGIN, tokens.lasts / 2)


class TokenSource(Protocol):
    """Anything that keeps a sign-in."""

    @property
    def email(self) -> str:
        """The e-mail address of the sign-in."""

    def access_token(self) -> str:
        """Return a token that is valid for at least the next minute."""

    def refused(self, token: str) -> None:
        """Note that the server no longer accepts ``token``."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """E-mail address and password; no message shows the password."""

    email: str
    password: str = field(repr=False)


def credentials_from(environ: Mapping[str, str]) -> Credentials | None:
    """Return the sign-in from the environment; None where there is none.

    Raises OutsideError "sign-in-incomplete" where only one of the two values is set, "sign-in-no-text" where one of
    them is not text in this computer's encoding.
    """
    email = environ.get("AUDIODESK_EMAIL", "").strip()
    password = environ.get("AUDIODESK_PASSWORD", "")  # spaces may be part of it
    if not email and not password:
        return None
    if not email or not password:
        raise OutsideError("sign-in-incomplete", name="AUDIODESK_PASSWORD" if email else "AUDIODESK_EMAIL")
    for name, value in (("AUDIODESK_EMAIL", email), ("AUDIODESK_PASSWORD", password)):
        if any("\ud800" <= character <= "\udfff" for character in value):  # Python's form of undecodable bytes
            raise OutsideError("sign-in-no-text", name=name)
    return Credentials(email, password)


class EnvironmentSession:
    """Signs in when a token is first needed; ``close`` signs out on this computer only.

    Safe from any thread: while one thread signs in or refreshes, the others wait. ``clock`` counts seconds and must not
    be the computer's date, which may be wrong. ``credentials`` is called at each sign-in. ``farewell`` returns the
    seconds that the sign-out at the end may take.
    """

    def __init__(
        self,
        client: httpx.Client,
        address: str,
        key: str,
        credentials: Callable[[], Credentials | None],
        *,
        clock: Callable[[], float] = elapsed_seconds,
        farewell: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._farewell = farewell
        self._auth = Auth(client, address, key)
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None
        self._good_until = 0.0

    @property
    def email(self) -> str:
        """The e-mail address of the sign-in; empty without one. Raises OutsideError("sign-in-incomplete")."""
        known = self._credentials()
        return known.email if known is not None else ""

    def user_id(self) -> str:
        """Return the account's id; signs in if needed. Raises as ``access_token``."""
        self.access_token()
        with self._lock:
            return "" if self._tokens is None else self._tokens.user_id

    def access_token(self) -> str:
        """Return a token that is valid for at least the next minute.

        Raises OutsideError: "signed-out" where the environment holds no sign-in, "sign-in-refused" and others where the
        server does not accept it, and the network's errors.
        """
        with self._lock:
            tokens = self._tokens
            if tokens is None:
                tokens = self._sign_in()
            elif self._clock() >= self._good_until:
                tokens = self._renew(tokens.refresh)
            return tokens.access

    def refused(self, token: str) -> None:
        """Replace ``token`` before the next request, unless it was replaced already."""
        with self._lock:
            if self._tokens is not None and self._tokens.access == token:
                self._good_until = 0.0

    def close(self) -> None:
        """Sign out on the server, within seconds and even after errors. Idempotent."""
        if not self._lock.acquire(timeout=_LOCK_SECONDS):
            return  # an abandoned request still holds the lock
        try:
            tokens, self._tokens = self._tokens, None
            if tokens is None:
                return
            seconds = _SIGN_OUT_SECONDS if self._farewell is None else self._farewell()
            self._client.timeout = httpx.Timeout(seconds)
            # Use a thread: an answer that comes byte by byte never meets a time-out.
            farewell = threading.Thread(target=self._sign_out, args=(tokens,), name="sign-out", daemon=True)
            farewell.start()
            farewell.join(seconds)
        finally:
            self._lock.release()

    def _sign_out(self, tokens: Tokens) -> None:
        with contextlib.suppress(Exception):
            self._auth.sign_out(tokens.access, "local")

    def _sign_in(self) -> Tokens:
        known = self._credentials()
        if known is None:
            raise OutsideError("signed-out")
        return self._keep(self._auth.by_password(known.email, known.password))

    def _renew(self, refresh_token: str) -> Tokens:
        """Replace the token; sign in again if the server no longer knows the session."""
        try:
            return self._keep(self._auth.renew(refresh_token))
        except OutsideError as error:
            if not is_ended(error) or error.code == "sign-in-banned":
                raise
        self._tokens = None
        return self._sign_in()

    def _keep(self, tokens: Tokens) -> Tokens:
        self._tokens = tokens
        self._good_until = self._clock() + use_seconds(tokens)
        return tokens
