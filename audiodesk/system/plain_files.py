"""Opens files of other people so that nothing hangs: a pipe, a socket or a device is refused, and the reason named."""

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
"""ENXIO is how a socket answers that came between the look and the opening. A pipe opens, and is seen afterwards."""
_KINDS = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))


class NotReadableError(Exception):
    """The file cannot be read; ``reason`` is what the finding ``unreadable`` says, ``details`` what the system said."""

    def __init__(self, reason: str, details: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


def open_plain_file(path: str) -> tuple[int, os.stat_result]:
    """Open ``path`` for reading; return the handle, which the caller closes, and its status. Never blocks.

    Raises NotReadableError. ``path`` may be one that no ``Path`` can hold.
    """
    try:
        # Looked at before it is opened: opening a device can already do something, rewind a tape for one.
        _refuse_other_kinds(os.stat(path).st_mode)  # noqa: PTH116 - see above
        handle = os.open(path, READ_FLAGS)
    except OSError as error:
        raise NotReadableError(reason_of(error), str(error)) from error
    except ValueError as error:  # a zero byte within the name
        raise NotReadableError("missing", str(error)) from error
    try:
        status = os.fstat(handle)
        _refuse_other_kinds(status.st_mode)  # another may have taken its place
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
