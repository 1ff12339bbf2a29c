"""Asks with the present token, and once more with a new one where the server refused that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from audiodesk.cloud.sign_in.session import TokenSource
from audiodesk.domain.errors import BugError, OutsideError

__all__ = ["with_token"]

T = TypeVar("T")
_TOKENS = 2
"""The number of tokens with which a request is tried: the present one, and a new one if that was refused."""
_BACK_OFF = 60.0
"""Seconds until a server is asked again that refused a token which it had just made."""


def with_token(session: TokenSource, host: str, ask: Callable[[str], T]) -> T:
    """Return ``ask(token)``. It is called twice only if it raises "sign-in-expired" at first: the token was refused.

    Raises what it and ``access_token`` raise, and "token-refused" where the server refused a new token too.
    """
    details = ""
    for _ in range(_TOKENS):
        token = session.access_token()
        if not token:
            # Without a token the call would run as anon, and be refused as if the person lacked the right.
            raise BugError("no-user-token")
        try:
            return ask(token)
        except OutsideError as error:
            if error.code != "sign-in-expired":
                raise
            details = error.details
        session.refused(token)
    # Only a refused renewal ends a sign-in: a server that does not accept a new token has a fault of its own.
    raise OutsideError("token-refused", host=host, details=details, retry_after=_BACK_OFF)
