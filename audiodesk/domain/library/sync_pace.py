"""When the synchronizer tries again: rules over seconds, without a clock."""

from __future__ import annotations

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.library.sync_state import SyncCode, sync_code_of

__all__ = ["EDIT_SECONDS", "FRONT_SECONDS", "HOURLY_SECONDS", "IDLE_SECONDS", "retry_seconds"]

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
_OPERATOR_LONGEST = 900.0
_NO_ANSWER = frozenset({"server-unreachable", "server-name-unknown", "connection-lost", "server-silent"})


def retry_seconds(error: AudioDeskError, failures: int) -> float | None:
    """Return the seconds until the next try after ``failures`` (from 1) in a row; None: only after a person acts.

    The server's own wish is respected. Waits double up to a limit, which depends on who must act.
    """
    code = sync_code_of(error)
    if code is SyncCode.SIGNED_OUT:
        return None
    if error.code in _NO_ANSWER:
        return _NO_ANSWER_LONGEST
    wait = _FIRST * 2.0 ** min(failures - 1, 10)
    longest = _OPERATOR_LONGEST if code is SyncCode.NEEDS_OPERATOR else _LONGEST
    wish = error.retry_after if isinstance(error, OutsideError) and error.retry_after is not None else 0.0
    return max(min(wait, longest), wish)
