"""The one tree of errors: whose fault it is, whether to try again, and the code that the words are made from."""

from __future__ import annotations

__all__ = ["DISK_FULL", "NOT_WRITABLE", "AudioDeskError", "BugError", "OutsideError", "UserError"]

DISK_FULL = frozenset({"disk-full", "disk-quota"})
"""Codes of OutsideErrors that more room on the disk mends."""

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
"""Codes of OutsideErrors after which nothing more can be written until somebody mends the disk or its rights."""


class AudioDeskError(Exception):
    """Something a person is told in one sentence, made by ``words.error_sentence`` from ``code`` and ``params``.

    ``details`` is the raw text of the cause, shown only under Details and never holding a secret.
    """

    def __init__(self, code: str, *, details: str = "", **params: str | int | float) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
        self.details = details

    def __str__(self) -> str:
        """Return the code with its parameters, for logs and tracebacks."""
        listed = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({listed})"


class UserError(AudioDeskError):
    """What was asked for, or the file that was given, does not allow it; asking again changes nothing."""


class OutsideError(AudioDeskError):
    """The disk, the network, the keyring or another process does not allow it now.

    ``retry_after`` is in seconds: None where only a person can mend it.
    """

    def __init__(
        self, code: str, *, details: str = "", retry_after: float | None = None, **params: str | int | float
    ) -> None:
        super().__init__(code, details=details, **params)
        self.retry_after = retry_after


class BugError(AudioDeskError):
    """A mistake of this program's own."""
