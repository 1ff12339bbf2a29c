"""The one tree of errors: whose fault an error is, whether to try again, and the code for its sentence."""

from __future__ import annotations

__all__ = ["DISK_FULL", "NOT_WRITABLE", "AudioDeskError", "BugError", "OutsideError", "UserError"]

DISK_FULL = frozenset({"disk-full", "disk-quota"})
"""Codes of OutsideErrors that free space on the disk would solve."""

NOT_WRITABLE = DISK_FULL | frozenset(
    {
        "disk-read-only",
        "folder-missing",
        "folder-read-only",
        "library-gone",
        "library-read-only",
        "not-a-folder",
    }
)
"""Codes of OutsideErrors after which no write works until a person repairs the disk or its rights."""


class AudioDeskError(Exception):
    """An error that a person reads in one sentence: ``error_words.error_sentence`` makes it from code and params.

    ``details`` is the raw text of the cause. It is shown only under Details and never holds a secret.
    """

    def __init__(self, code: str, *, details: str = "", **params: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.details = details

    def __str__(self) -> str:
        """Return the code and its parameters, for logs and tracebacks."""
        listed = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({listed})"


class UserError(AudioDeskError):
    """The request or the given file is at fault; trying again changes nothing."""


class OutsideError(AudioDeskError):
    """The disk, the network, the keyring or another process prevents it now.

    ``retry_after`` is in seconds; None if only a person can solve it.
    """

    def __init__(
        self, code: str, *, details: str = "", retry_after: float | None = None, **params: str | int | float
    ) -> None:
        super().__init__(code, details=details, **params)
        self.retry_after = retry_after


class BugError(AudioDeskError):
    """A mistake of this program."""
