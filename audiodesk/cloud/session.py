"""Signs one command in from the environment, and keeps the access token only in memory."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import httpx

from audiodesk.cloud.errors import odd_answer, outside_errors
from audiodesk.cloud.http import CLIENT_NAME
from audiodesk.cloud.server_address import host_of
from audiodesk.domain.errors import OutsideError

if TYPE_CHECKING:
    from supabase_auth import SyncGoTrueClient
    from supabase_auth.types import Session

__all__ = ["Credentials", "EnvironmentSession", "TokenSource", "credentials_from"]

_MARGIN = 60.0
"""A token is replaced this many seconds before it expires: a request may take that long."""
_LONGEST_TOKEN = 7 * 24 * 3600
"""Seconds: the longest life of a token that a project can set."""
_SIGN_OUT_SECONDS = 3.0
_LOCK_SECONDS = 0.2
_TOKEN = re.compile(r"[\w.~+/=-]{1,16384}", re.ASCII)


class TokenSource(Protocol):
    """Anything that keeps a sign-in."""

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
    be the computer's date, which may be wrong. ``credentials`` is called at each sign-in.
    """

    def __init__(
        self,
        client: httpx.Client,
        address: str,
        key: str,
        credentials: Callable[[], Credentials | None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._address = address
        self._key = key
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._auth: SyncGoTrueClient | None = None
        self._session: Session | None = None
        self._good_until = 0.0

    @property
    def email(self) -> str:
        """The e-mail address of the sign-in; empty without one. Raises OutsideError("sign-in-incomplete")."""
        known = self._credentials()
        return known.email if known is not None else ""

    def access_token(self) -> str:
        """Return a token that is valid for at least the next minute.

        Raises OutsideError: "signed-out" where the environment holds no sign-in, "sign-in-refused" and others where the
        server does not accept it, and the network's errors.
        """
        with self._lock:
            session = self._session
            if session is None:
                session = self._sign_in()
            elif self._clock() >= self._good_until:
                session = self._refresh(session.refresh_token)
            return session.access_token

    def refused(self, token: str) -> None:
        """Replace ``token`` before the next request, unless it was replaced already."""
        with self._lock:
            if self._session is not None and self._session.access_token == token:
                self._good_until = 0.0

    def close(self) -> None:
        """Sign out on the server, within seconds and even after errors. Idempotent."""
        if not self._lock.acquire(timeout=_LOCK_SECONDS):
            return  # an abandoned request still holds the lock
        try:
            session, self._session = self._session, None
            if session is None:
                return
            self._client.timeout = httpx.Timeout(_SIGN_OUT_SECONDS)
            # Use a thread: an answer that comes byte by byte never meets a time-out.
            farewell = threading.Thread(target=self._sign_out, args=(session,), name="sign-out", daemon=True)
            farewell.start()
            farewell.join(_SIGN_OUT_SECONDS)
        finally:
            self._lock.release()

    def _sign_out(self, session: Session) -> None:
        with contextlib.suppress(Exception), outside_errors(host_of(self._address)):
            self._library().admin.sign_out(session.access_token, "local")

    def _sign_in(self) -> Session:
        known = self._credentials()
        if known is None:
            raise OutsideError("signed-out")
        with outside_errors(host_of(self._address)):
            answer = self._library().sign_in_with_password({"email": known.email, "password": known.password})
        return self._keep(answer.session)

    def _refresh(self, refresh_token: str) -> Session:
        """Replace the token; sign in again if the server no longer knows the session."""
        try:
            with outside_errors(host_of(self._address)):
                answer = self._library().refresh_session(refresh_token)
        except OutsideError as error:
            if error.code not in ("sign-in-expired", "sign-in-not-possible"):
                raise
            self._session = None
            return self._sign_in()
        return self._keep(answer.session)

    def _keep(self, session: Session | None) -> Session:
        if session is None or not _TOKEN.fullmatch(session.access_token):
            raise odd_answer(host_of(self._address), "no session")
        lasts = float(min(max(session.expires_in or 0, 0), _LONGEST_TOKEN))
        self._session = session
        self._good_until = self._clock() + lasts - min(_MARGIN, lasts / 2)
        return session

    def _library(self) -> SyncGoTrueClient:
        if self._auth is None:
            from supabase_auth import SyncGoTrueClient

            self._auth = SyncGoTrueClient(
                url=f"{self._address}/auth/v1",
                headers={"apikey": self._key, "X-Client-Info": CLIENT_NAME},
                http_client=self._client,
                auto_refresh_token=False,
                persist_session=False,
            )
        return self._auth
