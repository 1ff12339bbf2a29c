"""What happened by sync, as a person reads it in Activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from audiodesk.domain.library.read_model import Ref

__all__ = ["Activity", "Happened", "RefusedChange"]


class Happened(StrEnum):
    """The kinds of entries in Activity."""

    CAME = "came"
    """Rows came from another computer: ``title`` of the project, ``takes`` that are new, and ``changes`` besides."""
    RENAMED = "renamed"
    """Another computer renamed a row: its ``title``, and the one that it had here, ``former``."""
    REPLACED = "replaced"
    """Another computer replaced a value that was set here: the ``field``, ``title`` of its row, and ``former``.

    Of a picture there is no ``former``: the fields "cover" (another one shows) and "no-cover" (none does).
    """
    CHOSEN = "chosen"
    """Another computer made another take current: ``title`` of the section, and the takes as ``number``, ``former``."""
    TRASHED = "trashed"
    """Another computer moved a row to the trash: its ``title``."""
    SAME_TITLE = "same-title"
    """A project, chapter or section came whose ``title`` another one in the same place has too."""
    FIRST_SYNC = "first-sync"
    """The whole library came: ``rows``."""
    BROUGHT_BACK = "brought-back"
    """Something in the trash came back: ``title``.

    Here it was an edit that brought it back; the rows of another computer do not tell an edit from a restore.
    """
    EMPTIED = "emptied-elsewhere"
    """Something was emptied out of the trash on another computer: ``title``, and ``files`` that leave this one."""
    RECOVERED = "server-restored"
    """The server was restored from a backup, and got back what it had lost: ``rows``."""
    TRASH_DUE = "trash-due"
    """Something lies in the trash for 30 days and is emptied next: ``title``."""
    TRASH_EMPTIED = "trash-emptied"
    """Something was emptied out of the trash after 30 days: ``title``."""
    TRASH_LEFT = "trash-left"
    """Something lies in the trash for 30 days, but its audio is in the cloud and cannot be removed yet: ``title``."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry; ``at`` in milliseconds since 1970 UTC by this computer's clock."""

    position: int
    at: int
    what: Happened
    ref: Ref | None
    device_id: str | None
    """The computer that it came from; None where that is not known."""
    device_title: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change that the server refused, with what the person typed.

    ``fields`` are JSON values by field; ``message`` is the server's own sentence, for Details.
    """

    change_id: str
    ref: Ref
    is_create: bool
    fields: Mapping[str, Any]
    code: str
    message: str
    at: int
