"""What follows for an upload after an error: for its address, its file, or for all uploads at once."""

from __future__ import annotations

from enum import StrEnum

from audiodesk.domain.errors import NOT_WRITABLE, AudioDeskError, BugError, OutsideError
from audiodesk.domain.trouble import Trouble, trouble_of

__all__ = ["Aftermath", "aftermath", "file_reason", "retry_reason", "wait_reason"]


class Aftermath(StrEnum):
    """Who is concerned by an error, and what is done next."""

    LOOK = "look"
    """The server is asked how far the upload is."""
    ANEW = "anew"
    """The address is forgotten; the server is asked whether the object is there, and else the upload begins anew."""
    COMPARE = "compare"
    """The object is there: it is compared with the file."""
    WAIT = "wait"
    """This upload is tried again later, at its present place."""
    NEEDS_USER = "needs-user"
    """The file cannot go up before the person acts."""
    OVER_QUOTA = "over-quota"
    """The file waits for room."""
    ALL = "all"
    """Every upload waits: the trouble is the network's, the server's or the sign-in's."""


_FATES = {
    "upload-elsewhere": Aftermath.LOOK,
    "upload-gone": Aftermath.ANEW,
    "object-exists": Aftermath.COMPARE,
    "upload-locked": Aftermath.WAIT,
    "server-cached": Aftermath.WAIT,
    "quota-exceeded": Aftermath.OVER_QUOTA,
    "upload-too-large": Aftermath.NEEDS_USER,
    "upload-type-refused": Aftermath.NEEDS_USER,
    "upload-refused": Aftermath.NEEDS_USER,
    "not-allowed": Aftermath.NEEDS_USER,
    "object-differs": Aftermath.ANEW,
    "object-missing": Aftermath.ANEW,
    # A cut line leaves what came, and other uploads may go on: only where nothing answers any more, all wait.
    "connection-lost": Aftermath.WAIT,
    "server-silent": Aftermath.WAIT,
    "server-answer-odd": Aftermath.WAIT,
    "server-failed": Aftermath.WAIT,
    "server-busy": Aftermath.WAIT,
}
_REASONS = {
    "upload-too-large": "too_large",
    "upload-type-refused": "refused_type",
    "upload-refused": "refused",
    "not-allowed": "refused",
    "quota-exceeded": "over_quota",
    "file-missing": "file_missing",
    "file-damaged": "file_damaged",
}


def aftermath(error: AudioDeskError) -> Aftermath:
    """Return what follows after ``error``."""
    if (known := _FATES.get(error.code)) is not None:
        return known
    if isinstance(error, BugError):  # of one file perhaps: the others go on
        return Aftermath.WAIT
    if trouble_of(error) is not None or error.code in NOT_WRITABLE:
        return Aftermath.ALL
    return Aftermath.WAIT if isinstance(error, OutsideError) else Aftermath.NEEDS_USER


def file_reason(error: AudioDeskError) -> str:
    """Return the reason for which a file needs its person (see ``UploadFacts.needs``)."""
    return _REASONS.get(error.code, "refused")


def retry_reason(error: AudioDeskError) -> str:
    """Return the reason for which an upload is tried again without the person."""
    if isinstance(error, BugError):
        return "unexpected"
    return "connection_lost" if trouble_of(error) is Trouble.UNREACHABLE else "server_busy"


def wait_reason(trouble: Trouble | None) -> str:
    """Return the reason for which all uploads wait (see ``UploadFacts.paused_by``)."""
    return _WAITS.get(trouble, "this_computer")


_WAITS: dict[Trouble | None, str] = {
    Trouble.OFFLINE: "offline",
    Trouble.BLOCKED: "offline",
    Trouble.UNREACHABLE: "server_away",
    Trouble.BUSY: "server_busy",
    Trouble.SIGNED_OUT: "signed_out",
    Trouble.NOT_SET: "signed_out",
    Trouble.KEYRING: "signed_out",
    Trouble.NEEDS_OPERATOR: "server_owner",
}
