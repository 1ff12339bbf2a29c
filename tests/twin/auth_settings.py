"""The settings of the stand-in's Auth service that a test may change, also while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

__all__ = ["AuthSettings"]


@dataclass
class AuthSettings:
    """The settings of a project that a client notices; at first as a new project has them."""

    access_token_seconds: int = 3600
    refresh_token_algorithm: Literal[1, 2] = 1
    """1: 12 characters, each a row of its own. 2: 51 characters that hold the session and a counter."""
    reuse_window: timedelta = timedelta(seconds=10)
    """For this time after its use, a refresh token that is not the parent of the newest is still accepted."""
    end_session_on_old_token: bool = False
    """With algorithm 2, whether a token older than the parent ends the session.

    It does in the service's source; it was not observed.
    """
    code_good_for: timedelta = timedelta(hours=1)
    code_pause: timedelta = timedelta(seconds=60)
    """The time between two e-mails to one address."""
    emails_an_hour: int | None = None
    """E-mails that are sent to all addresses together; None: any number, as with a mail server of the project's own.
    The built-in one sends 2."""
    rate_limits: bool = True
    """Whether requests from one network address are counted; see auth_limits."""
    signups: bool = True
    email_provider: bool = True
    """Whether people may sign in by e-mail, with a password or a code."""
    autoconfirm: bool = False
    """Whether a new address counts as confirmed without an e-mail."""
    single_session: bool = False
    """Whether the newest sign-in of a person ends the others."""
    timebox: timedelta | None = None
    """The time after the sign-in at which a session ends."""
    inactivity: timedelta | None = None
    """The time after its last refresh at which a session ends."""
