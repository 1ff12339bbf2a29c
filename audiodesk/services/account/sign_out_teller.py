"""Tells the server that a sign-in ended, while nobody waits for it longer than they want to."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from audiodesk.domain.errors import OutsideError
from audiodesk.services.account.stored_sign_in import StoredSignIn

if TYPE_CHECKING:
    from audiodesk.cloud.sign_in.auth import Auth, Scope, Tokens

__all__ = ["REVOKE_SECONDS", "SignOutTeller"]

REVOKE_SECONDS = 3.0
"""How long a server is told of tokens that it made for a sign-in that ended meanwhile."""


class SignOutTeller:
    """``clock`` counts seconds and ``boot`` names this run of the computer, as ``StoredSignIn`` needs them."""

    def __init__(self, auth: Auth, clock: Callable[[], float], boot: Callable[[], str]) -> None:
        self._auth = auth
        self._clock = clock
        self._boot = boot

    def begin(self, stored: StoredSignIn | None, access: str, scope: Scope) -> threading.Event | None:
        """Begin to tell the server that a sign-in ended; return what is set when it took it, None if there is none."""
        if stored is None and not access:
            return None
        told = threading.Event()

        def tell() -> None:
            with contextlib.suppress(Exception):
                self._auth.sign_out(access or self._any_access(stored), scope)
                told.set()

        # Use a thread: an answer that comes byte by byte never meets a time-out.
        threading.Thread(target=tell, name="sign-out", daemon=True).start()
        return told

    def revoke(self, tokens: Tokens) -> None:
        """Let the server end what it has just renewed."""
        telling = self.begin(None, tokens.access, "local")
        if telling is not None:
            telling.wait(REVOKE_SECONDS)

    def _any_access(self, stored: StoredSignIn | None) -> str:
        """Return a token with which the session can be ended; one that has expired is renewed for that."""
        if stored is None:
            raise OutsideError("signed-out")
        if stored.is_fresh(self._clock(), self._boot()):
            return stored.access
        return self._auth.renew(stored.refresh).access
