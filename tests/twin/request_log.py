"""The log of requests to the stand-in; tests wait for entries."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.twin.wire_messages import Request

__all__ = ["Record", "RequestLog"]

_KEPT: Final = 50_000
_SECRET: Final = re.compile(r"(?<![^&])((?:token|apikey|access_token|refresh_token)=)[^&]*", re.IGNORECASE)


@dataclass
class Record:
    """One request, its answer, and how many bytes of the bodies were sent each way."""

    number: int
    method: str
    path: str
    query: str
    """As it was sent, with tokens replaced by asterisks."""
    started: float
    """Seconds on the monotonic clock."""
    faults: Sequence[str]
    status: int | None = None
    """None while it is under way, and if the connection was cut before an answer began."""
    received: int = 0
    sent: int = 0
    finished: float | None = None
    """Seconds on the monotonic clock; None while it is under way."""


class RequestLog:
    """Keeps the last requests. Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._records: deque[Record] = deque(maxlen=_KEPT)
        self._count = 0

    def records(self) -> list[Record]:
        """The requests in order of arrival."""
        with self._changed:
            return list(self._records)

    def begin(self, request: Request, faults: Sequence[str]) -> Record:
        """Add a request that has arrived."""
        query = _SECRET.sub(r"\1…", request.query_string)
        with self._changed:
            self._count += 1
            record = Record(self._count, request.method, request.path, query, time.monotonic(), faults)
            self._records.append(record)
            self._changed.notify_all()
        return record

    def note(self, change: Callable[[], None]) -> None:
        """Change a record, and wake those who wait for a condition."""
        with self._changed:
            change()
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[list[Record]], object], timeout: float) -> list[Record]:
        """Wait until the condition holds. Raises TimeoutError, which lists the requests so far."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(list(self._records)), timeout):
                seen = "\n".join(f"{r.method} {r.path} {r.status}" for r in self._records)
                message = f"not seen within {timeout} s; the requests so far:\n{seen}"
                raise TimeoutError(message)
            return list(self._records)
