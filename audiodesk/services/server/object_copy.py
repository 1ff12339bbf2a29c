"""Copies the bucket into a folder, and back into a project, with everything that belongs to an object."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.domain.server.object_copy import CopyOutcome, CopyResult, ListedObject, ObjectFacts
from audiodesk.system.object_folder import Arriving, ObjectFolder

if TYPE_CHECKING:
    from audiodesk.cloud.object_store import ObjectStore

__all__ = ["ObjectCopy"]

T = TypeVar("T")

_AT_ONCE = 4
"""Objects at a time: each may hold one of the storage server's few connections to its database."""
_TRIES = 4
_LONGEST_PAUSE = 20.0
_PASSING = frozenset(
    {"server-busy", "server-silent", "server-unreachable", "connection-lost", "server-page", "server-answer-odd"}
)
"""Errors that may pass in a moment. Each is tried again; if it stays, the copy ends and can be repeated."""
_DISK = frozenset({"disk-full", "disk-failed", "folder-read-only", "folder-missing"})
_MOST_IN_A_ROW = 25
"""Failures in a row that end the copy: by then the cause is not the objects, and asking for more is wasted."""


class Stop(Protocol):
    """A wish to stop."""

    def is_set(self) -> bool:
        """Return True once the work is to stop."""


class ObjectCopy:
    """Copies in either direction; each copy goes on where the last one stopped.

    ``tell`` is called after each object, from the calling thread. Objects that failed are in the outcome; an error that
    ends the copy is raised.
    """

    def __init__(
        self,
        store: ObjectStore,
        folder: ObjectFolder,
        *,
        tell: Callable[[CopyOutcome], None] = lambda _: None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._folder = folder
        self._tell = tell
        self._pause = pause
        self._in_a_row = 0

    def to_folder(self, stop: Stop | None = None) -> CopyOutcome:
        """Copy every object of the bucket that the folder does not hold whole; nothing in the folder is removed."""
        listed = self._again(lambda: list(self._store.listed()))
        known = self._folder.object_facts
        work = ((one.key, one.size, partial(self._fetch, one, known.get(one.key))) for one in listed)
        return self._all(work, len(listed), stop)

    def from_folder(self, stop: Stop | None = None) -> CopyOutcome:
        """Store every object of the folder that the bucket does not hold with the same bytes and facts."""
        known = sorted(self._folder.object_facts.values(), key=lambda facts: facts.key)
        work = ((facts.key, facts.size, partial(self._bring, facts)) for facts in known)
        return self._all(work, len(known), stop)

    def _fetch(self, listed: ListedObject, known: ObjectFacts | None) -> CopyResult:
        is_known = known is not None and (known.size, known.etag) == (listed.size, listed.etag)
        if is_known and known is not None and self._folder.is_whole(known):
            return CopyResult.THERE
        facts = self._store.object_facts(listed.key)
        with self._folder.receive() as arriving:
            self._store.download(listed.key, arriving.write)
            _compare(facts, arriving)
        # The etag as the list gives it, because the next copy compares it with the list.
        self._folder.record(replace(facts, etag=listed.etag, sha256=arriving.sha256))
        return CopyResult.COPIED

    def _bring(self, facts: ObjectFacts) -> CopyResult:
        if self._is_there(facts):
            return CopyResult.THERE
        if not self._folder.is_whole(facts):
            raise OutsideError("copy-damaged", path=str(self._folder.file(facts)))
        self._store.upload(facts, self._folder.file(facts))
        if not self._is_there(facts):
            raise OutsideError("copy-not-same")
        return CopyResult.COPIED

    def _is_there(self, facts: ObjectFacts) -> bool:
        try:
            found = self._store.object_facts(facts.key)
        except OutsideError as error:
            if error.code == "object-missing":
                return False
            raise
        if _kept(found) != _kept(facts):
            return False
        if facts.claimed_sha256 == facts.sha256:
            return self._store.holds_bytes(facts.key, facts.size)
        # The server cannot tell which bytes these are, so they are read.
        if not self._store.holds_bytes(facts.key, facts.size):
            return False
        digest = hashlib.sha256()
        self._store.download(facts.key, digest.update)
        return digest.hexdigest() == facts.sha256

    def _all(
        self, work: Iterable[tuple[str, int, Callable[[], CopyResult]]], count: int, stop: Stop | None
    ) -> CopyOutcome:
        outcome = CopyOutcome(objects=count)
        waiting = iter(work)
        running: dict[Future[CopyResult], tuple[str, int]] = {}
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="copy") as pool:
            while True:
                if stop is None or not stop.is_set():
                    for key, size, copy in islice(waiting, _AT_ONCE - len(running)):
                        running[pool.submit(self._again, copy)] = (key, size)
                if not running:
                    return outcome
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    self._count(outcome, *running.pop(done), done)

    def _count(self, outcome: CopyOutcome, key: str, size: int, done: Future[CopyResult]) -> None:
        try:
            result = done.result()
        except AudioDeskError as error:
            if error.code in _PASSING | _DISK:
                raise
            outcome.counts[CopyResult.FAILED] += 1
            outcome.failures.append((key, error))
            self._in_a_row += 1
            if self._in_a_row >= _MOST_IN_A_ROW:
                raise
        else:
            self._in_a_row = 0
            outcome.counts[result] += 1
            outcome.copied_bytes += size if result is CopyResult.COPIED else 0
        self._tell(outcome)

    def _again(self, copy: Callable[[], T]) -> T:
        for attempt in range(1, _TRIES + 1):
            try:
                return copy()
            except OutsideError as error:
                if error.code not in _PASSING or attempt == _TRIES:
                    raise
                self._pause(min(error.retry_after or 1.0, 2.0**attempt, _LONGEST_PAUSE))
        raise AssertionError("the last attempt returns or raises")


def _compare(facts: ObjectFacts, arrived: Arriving) -> None:
    """Raise unless the bytes match the server's size and the object's own sha256."""
    if arrived.size != facts.size:
        details = f"{arrived.size} of {facts.size} bytes"
        raise OutsideError("connection-lost", host="", details=details, retry_after=1.0)
    if facts.claimed_sha256 and arrived.sha256 != facts.claimed_sha256:
        raise OutsideError("copy-damaged", details=f"sha256 {arrived.sha256}, stated {facts.claimed_sha256}")


def _kept(facts: ObjectFacts) -> tuple[object, ...]:
    return facts.size, facts.content_type, facts.cache_control, dict(facts.metadata)
