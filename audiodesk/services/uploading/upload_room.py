"""What all uploads of one run share: the library, the server, the clocks, and the numbers that move."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from audiodesk.cloud.transfer.resumable import Body, NewObject, Reached
from audiodesk.cloud.transfer.stored_objects import StoredFacts
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.events import TakesChanged
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.services.bus import Bus

__all__ = ["ObjectUploads", "Objects", "UploadRoom", "Verifying"]


_TELL_SECONDS = 1.0


class ObjectUploads(Protocol):
    """The requests of resumable uploads (see ``cloud.transfer.resumable``)."""

    host: str

    def begin(self, new: NewObject, body: Body) -> Reached:
        """Begin an upload."""

    def look(self, address: str, size: int) -> Reached:
        """Ask how far an upload is."""

    def send(self, address: str, offset: int, size: int, body: Body) -> Reached:
        """Send the next chunk."""

    def give_up(self, address: str) -> None:
        """Let the server forget an upload."""


class Objects(Protocol):
    """The questions about stored objects (see ``cloud.transfer.stored_objects``)."""

    def facts(self, key: str) -> StoredFacts | None:
        """Return an object's facts."""

    def piece(self, key: str, first: int, length: int) -> bytes:
        """Return some of its bytes."""

    def remove(self, keys: Sequence[str]) -> set[str]:
        """Remove objects."""


class Verifying(Protocol):
    """The function of the server that notes what was read back."""

    def verified(self, take_file_ids: Sequence[str], how: str) -> list[dict[str, Any]]:
        """Note files."""


class UploadRoom:
    """Safe from any thread. ``stop`` ends every request within a block.

    ``account`` is the user's id, the first part of every key. ``clock`` is monotonic, in seconds.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        uploads: ObjectUploads,
        objects: Objects,
        verifying: Verifying,
        account: str,
        bus: Bus,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
        chance: random.Random | None = None,
    ) -> None:
        self.database = database
        self.vault = vault
        self.uploads = uploads
        self.objects = objects
        self.verifying = verifying
        self.account = account
        self.stop = stop
        self.clock = clock
        self.chance = chance or random.SystemRandom()
        self._bus = bus
        self._sent: dict[str, int] = {}
        self._told_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self.bytes_sent = 0
        """Bytes that went over the line in this run, for whatever file."""

    @property
    def host(self) -> str:
        """The server's name: an upload's address belongs to it."""
        return self.uploads.host

    def sent(self) -> Mapping[str, int]:
        """Return how many bytes of each file that is under way the server has, or is getting just now."""
        with self._lock:
            return dict(self._sent)

    def note_sent(self, file_id: str, offset: int, block: int = 0) -> None:
        """Note that the bytes of a file up to ``offset`` are sent; ``block`` of them just now."""
        with self._lock:
            self._sent[file_id] = offset
            self.bytes_sent += block

    def note_rest(self, file_id: str) -> None:
        """Note that a file is no longer under way."""
        with self._lock:
            self._sent.pop(file_id, None)

    def require_running(self) -> None:
        """Raise "cancelled" once the run was stopped."""
        if self.stop.is_set():
            raise OutsideError("cancelled")

    def tell_moved(self, section_id: str) -> None:
        """Publish that a take of this section got further, at most once a second for each section."""
        now = self.clock()
        with self._lock:
            if now - self._told_at.get(section_id, float("-inf")) < _TELL_SECONDS:
                return
            self._told_at[section_id] = now
        self.tell(section_id)

    def tell(self, *section_ids: str) -> None:
        """Publish that takes of these sections look different."""
        self._bus.publish(TakesChanged(frozenset(section_ids)))
