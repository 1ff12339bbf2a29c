"""The calls to a project's Auth service: sign in, renew, sign out, and ask how people sign in there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import httpx

from audiodesk.cloud.wire.errors import odd_answer, outside_errors
from audiodesk.cloud.wire.http import CLIENT_NAME
from audiodesk.cloud.wire.server_address import host_of
from audiodesk.domain.errors import OutsideError
from audiodesk.system.logs import hide
from audiodesk.system.platforms import forbid_core_files

if TYPE_CHECKING:
    from supabase_auth import SyncGoTrueClient
    from supabase_auth.types import AuthResponse

__all__ = ["Auth", "AuthOptions", "Scope", "Tokens"]

Scope = Literal["local", "global"]
T = TypeVar("T")

_LONGEST_TOKEN = 7 * 24 * 3600
"""Seconds: the longest life of a token that a project can set."""
_TOKEN = re.compile(r"[\w.~+/=-]{1,16384}", re.ASCII)
_PATIENCE = httpx.Timeout(connect=4.0, read=5.0, write=5.0, pool=5.0)


@dataclass(frozen=True, slots=True)
class Tokens:
    """One sign-in as the server hands it out. Neither ``repr`` nor a message shows the tokens."""

    access: str = field(repr=False)
    """Is sent with each request; only the servers verify it."""
    refresh: str = field(repr=False)
    """Exchanged for the next pair."""
    lasts: float
    """Seconds for which ``access`` is accepted, counted from the answer and not by this computer's date."""
    user_id: str
    email: str


@dataclass(frozen=True, slots=True)
class AuthOptions:
    """How people may sign in to this project, as the server says without a sign-in."""

    by_email: bool
    """With a password, or with a code from an e-mail."""
    sign_up: bool
    """Whether new accounts can be made."""
    confirms: bool
    """Whether a new e-mail address has to be confirmed first."""


class Auth:
    """Asks the Auth service. Raises AudioDeskErrors alone, which quote neither passwords nor tokens.

    Whatever refuses to *renew* a sign-in has a code in ``domain.server.sign_in.SIGN_IN_ENDED``.
    """

    def __init__(self, client: httpx.Client, address: str, key: str) -> None:
        self._client = client
        self._address = address
        self._key = key
        self._library_client: SyncGoTrueClient | None = None
        self.host = host_of(address)

    def by_password(self, email: str, password: str) -> Tokens:
        """Sign in. Raises OutsideError "sign-in-refused", "sign-in-unconfirmed", "sign-in-banned" and others."""
        return self._tokens(
            lambda library: library.sign_in_with_password({"email": email, "password": password}), email
        )

    def send_code(self, email: str) -> None:
        """Let the server send a code to ``email``; it makes no account.

        Raises OutsideError "sign-in-no-account", "mails-too-many" with ``wait`` in seconds, and others; UserError
        "email-wrong".
        """
        self._ask(lambda library: library.sign_in_with_otp({"email": email, "options": {"should_create_user": False}}))

    def by_code(self, email: str, code: str) -> Tokens:
        """Sign in with a code from an e-mail. Raises OutsideError "code-wrong" and others."""
        return self._tokens(lambda library: library.verify_otp({"email": email, "token": code, "type": "email"}), email)

    def renew(self, refresh_token: str) -> Tokens:
        """Exchange ``refresh_token`` for the next pair.

        After a lost answer the same token may be sent again, at any time: the server then answers with the pair that
        was lost. Raises OutsideError with a code in ``SIGN_IN_ENDED`` where it refuses.
        """
        return self._tokens(lambda library: library.refresh_session(refresh_token))

    def sign_out(self, access_token: str, scope: Scope) -> None:
        """End this sign-in ("local"), or all of this person ("global"). One that is over already is no error."""
        try:
            self._ask(lambda library: library.admin.sign_out(access_token, scope))
        except OutsideError as error:
            if error.code not in ("sign-in-expired", "account-deleted"):
                raise

    def options(self) -> AuthOptions:
        """Return how people may sign in; asks within seconds and without a sign-in.

        Raises OutsideError where the server cannot be reached or is something else ("server-answer-odd"), UserError
        ("server-key-refused") where the gateway does not accept the key.
        """
        with outside_errors(self.host):
            response = self._client.get(
                f"{self._address}/auth/v1/settings", headers={"apikey": self._key}, timeout=_PATIENCE
            )
            found = json.loads(response.content)
        external = found.get("external") if isinstance(found, dict) else None
        if not isinstance(external, dict):
            raise odd_answer(self.host, "auth/v1/settings")
        return AuthOptions(
            by_email=external.get("email") is True,
            sign_up=found.get("disable_signup") is not True,
            confirms=found.get("mailer_autoconfirm") is not True,
        )

    def _tokens(self, ask: Callable[[SyncGoTrueClient], AuthResponse], email: str = "") -> Tokens:
        forbid_core_files()  # from now on this process holds secrets
        session = self._ask(ask).session
        if session is not None:
            hide(session.access_token, session.refresh_token)
        if session is None or not _TOKEN.fullmatch(session.access_token) or not _TOKEN.fullmatch(session.refresh_token):
            raise odd_answer(self.host, "no session")
        return Tokens(
            session.access_token,
            session.refresh_token,
            float(min(max(session.expires_in or 0, 0), _LONGEST_TOKEN)),
            session.user.id,
            session.user.email or email,
        )

    def _ask(self, ask: Callable[[SyncGoTrueClient], T]) -> T:
        with outside_errors(self.host):
            return ask(self._library())

    def _library(self) -> SyncGoTrueClient:
        if self._library_client is None:
            from supabase_auth import SyncGoTrueClient

            options: dict[str, Any] = {"auto_refresh_token": False, "persist_session": False}
            self._library_client = SyncGoTrueClient(
                url=f"{self._address}/auth/v1",
                headers={"apikey": self._key, "X-Client-Info": CLIENT_NAME},
                http_client=self._client,
                **options,
            )
        return self._library_client
