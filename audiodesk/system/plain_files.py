"""Opens other people's files without hanging: refuses a pipe, a socket or a device, and names the reason."""

from __future__ import annotations

import errno
import os
import stat

from audiodesk.system.platforms import READ_FLAGS

__all__ = ["NotReadableError", "open_plain_file", "reason_of", "reason_of_mode"]

_REASONS = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ELOOP: "loop",
    errno.EISDIR: "folder",
    errno.ENXIO: "socket",
}
"""ENXIO: a socket came between the test and the opening. A pipe can be opened, and the second test finds it."""
_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))


class NotReadableError(Exception):
    """The file cannot be read; ``reason`` is what the finding ``unreadable`` says, ``details`` what the system said."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


def open_plain_file(path: str) -> tuple[int, os.stat_result]:
    """Open ``path`` for reading; return the handle, which the caller closes, and its status. Never blocks.

    Raises NotReadableError. ``path`` may be a text that no ``Path`` can hold.
    """
    try:
        # Tested before opening, because opening a device can already do something, such as rewind a tape.
        _refuse_other_kinds(os.stat(path).st_mode)  # noqa: PTH116 - a path that no Path can hold
        handle = os.open(path, READ_FLAGS)
    except OSError as error:
        raise NotReadableError(reason_of(error), str(error)) from error
    except ValueError as error:  # a zero byte within the name
        raise NotReadableError("missing", str(error)) from error
    try:
        status = os.fstat(handle)
        _refuse_other_kinds(status.st_mode)  # another file may have taken its place
    except OSError as error:
        os.close(handle)
        raise NotReadableError(reason_of(error), str(error)) from error
    except NotReadableError:
        os.close(handle)
        raise
    return handle, status


def reason_of(error: OSError) -> str:
    """Return the ``reason`` of an ``unreadable`` finding for what the system said."""
    return _REASONS.get(error.errno or 0, "io")


def reason_of_mode(mode: int) -> str | None:
    """Return why something of this ``st_mode`` cannot be read as a file; None for a plain file."""
    if stat.S_ISREG(mode):
        return None
    return next((reason for is_kind, reason in _KINDS if is_kind(mode)), "device")


def _refuse_other_kinds(mode: int) -> None:
    reason = reason_of_mode(mode)
    if reason is not None:
        raise NotReadableError(reason)
