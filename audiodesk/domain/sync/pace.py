"""When the synchronizer tries again: rules over seconds, without a clock."""

from __future__ import annotations

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.trouble import Trouble, trouble_of

__all__ = [
    "EDIT_SECONDS",
    "FRONT_SECONDS",
    "HOURLY_SECONDS",
    "IDLE_SECONDS",
    "keyring_seconds",
    "retry_seconds",
    "tries_in_front",
]

IDLE_SECONDS = 60.0
"""Between two looks for news while nothing happens here."""
EDIT_SECONDS = 1.0
"""From an edit to its sync, so that edits made together travel together."""
FRONT_SECONDS = 10.0
"""A window that comes to the front looks for news, unless that was done within this time."""
HOURLY_SECONDS = 3600.0
"""Between two notices that this computer is here, and two tries of what the server must be updated for."""

_FIRST, _LONGEST = 5.0, 300.0
_NO_ANSWER_LONGEST = 5.0
"""Where nothing answers at all, a try costs the server nothing: the first request follows soon after it is back."""
_LONGEST_OF: dict[Trouble | None, float] = {Trouble.BLOCKED: 20.0, Trouble.NEEDS_OPERATOR: 900.0}
"""A network that lets nothing through costs the server nothing, and a person frees it in a moment, with a browser."""
_KEYRING_LONGEST = 40.0
_NO_ANSWER = frozenset({"server-unreachable", "server-name-unknown", "connection-lost", "server-silent"})


def retry_seconds(error: AudioDeskError, failures: int) -> float | None:
    """Return the seconds until the next try after ``failures`` (from 1) in a row; None: only after a person acts.

    A keyring is not asked by the clock, because each question may open a window that wants its password.
    The server's own wish is respected. Waits double up to a limit, which depends on who must act.
    """
    trouble = trouble_of(error)
    if trouble in (Trouble.SIGNED_OUT, Trouble.KEYRING):
        return None
    if error.code in _NO_ANSWER:
        return _NO_ANSWER_LONGEST
    wait = _FIRST * 2.0 ** min(failures - 1, 10)
    wish = error.retry_after if isinstance(error, OutsideError) and error.retry_after is not None else 0.0
    return max(min(wait, _LONGEST_OF.get(trouble, _LONGEST)), wish)


def keyring_seconds(failures: int) -> float:
    """Return the seconds until the next quiet look at the keyring, after ``failures`` (from 1) in a row."""
    return min(_FIRST * 2.0 ** min(failures - 1, 10), _KEYRING_LONGEST)


def tries_in_front(error: AudioDeskError | None) -> bool:
    """Tell whether a window that comes to the front tries again: where that asks nothing of a server in trouble."""
    return error is None or trouble_of(error) in (Trouble.OFFLINE, Trouble.BLOCKED, Trouble.HERE)
