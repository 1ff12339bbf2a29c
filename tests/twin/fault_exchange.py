"""Applies the planned faults to one request on its way through the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from tests.twin.fault_actions import AuthRefusal, Bandwidth, Cut, Delay, ExpireToken, Stall, Status, expired_answer
from tests.twin.request_log import Record, RequestLog
from tests.twin.wire_messages import BodyCut, Request, Response

if TYPE_CHECKING:
    from tests.twin.faults import Planned

__all__ = ["Exchange", "LineCut"]

_STEPS_A_SECOND: Final = 20
_LOOK_EVERY: Final = 0.02


class LineCut(Exception):  # noqa: N818 - what happened, not a mistake of ours
    """The server has to drop the connection now."""


class Exchange:
    """Applies the faults to one request. `cut` and `instead` tell the server how to end it."""

    def __init__(
        self,
        request: Request,
        struck: Sequence[Planned],
        record: Record,
        log: RequestLog,
        stopping: threading.Event,
    ) -> None:
        self.request = request
        self.record = record
        self.cut = False
        self.instead: Response | None = None
        self.interrupted = threading.Event()
        """Is set when the service needs no more of the body, so that no stall holds it up."""
        self._struck = struck
        self._log = log
        self._stopping = stopping
        self._points = {phase: self._due_in(phase) for phase in ("body", "answer")}
        paces = [planned.fault.action for planned in struck if isinstance(planned.fault.action, Bandwidth)]
        self.up = min((pace.up for pace in paces if pace.up), default=None)
        self.down = min((pace.down for pace in paces if pace.down), default=None)

    def before(self) -> Response | None:
        """Apply the faults before the request is handled; a returned answer replaces the handling. Raises LineCut."""
        for planned in self._struck:
            if planned.fault.phase == "before" or isinstance(planned.fault.action, ExpireToken):
                self._act(planned)
                if self.instead is not None:
                    return self.instead
        return None

    def take(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the request's body, delayed and broken off as planned. Raises BodyCut."""
        try:
            yield from self._through("body", blocks, self.up)
        except LineCut:
            raise BodyCut from None
        if self.instead is not None:
            raise BodyCut

    def handled(self, response: Response) -> Response:
        """Apply the faults after the service has done its work, and return the answer to send. Raises LineCut."""
        if self.instead is None:
            for planned in self._struck:
                late = isinstance(planned.fault.action, Status | AuthRefusal) and planned.fault.phase == "answer"
                if planned.fault.phase == "handled" or late:
                    self._act(planned)
        if self.cut:
            raise LineCut
        return self.instead or response

    def give(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield the answer's body, delayed and broken off as planned. Raises LineCut."""
        yield from self._through("answer", blocks, self.down)

    def began(self, status: int) -> None:
        """Note that the answer begins."""

        def change() -> None:
            self.record.status = status

        self._log.note(change)

    def drained(self, count: int) -> None:
        """Note how many bytes of the request's body were read after the answer."""

        def change() -> None:
            self.record.received += count

        self._log.note(change)

    def finish(self) -> None:
        """Note that the request is over."""

        def change() -> None:
            self.record.finished = time.monotonic()

        self._log.note(change)

    def _due_in(self, phase: str) -> list[Planned]:
        due = [
            planned
            for planned in self._struck
            if planned.fault.phase == phase
            and not isinstance(planned.fault.action, Bandwidth | ExpireToken)
            and not (phase == "answer" and isinstance(planned.fault.action, Status | AuthRefusal))
        ]
        return sorted(due, key=lambda planned: planned.fault.after_bytes)

    def _through(self, phase: str, blocks: Iterator[bytes], pace: float | None) -> Iterator[bytes]:
        points, passed = self._points[phase], 0
        step = max(1, int(pace / _STEPS_A_SECOND)) if pace else 1 << 30
        self._reach(points, passed)
        for block in () if self._answered_in(phase) else blocks:
            view, start = memoryview(block), 0
            while start < len(view):
                end = min(len(view), start + step)
                if points:
                    end = min(end, start + points[0].fault.after_bytes - passed)
                piece, start = bytes(view[start:end]), end
                passed += len(piece)
                self._count(phase, len(piece))
                yield piece
                if pace:
                    self._pause(len(piece) / pace)
                self._reach(points, passed)
                if self._answered_in(phase):
                    return

    def _answered_in(self, phase: str) -> bool:
        return phase == "body" and self.instead is not None

    def _reach(self, points: list[Planned], passed: int) -> None:
        while points and points[0].fault.after_bytes <= passed:
            self._act(points.pop(0))

    def _act(self, planned: Planned) -> None:
        action = planned.fault.action
        planned.reached.set()
        if isinstance(action, Status):
            self.instead = action.response()
        elif isinstance(action, AuthRefusal):
            self.instead = action.response(self.request)
        elif isinstance(action, ExpireToken):
            self.instead = expired_answer(self.request)
        elif isinstance(action, Delay):
            self._pause(action.seconds)
        elif isinstance(action, Stall):
            while not planned.released.is_set() and not self.interrupted.is_set():
                self._pause(_LOOK_EVERY)
        elif isinstance(action, Cut):
            self._drop()

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            self._drop()

    def _drop(self) -> None:
        self.cut = True
        raise LineCut

    def _count(self, phase: str, size: int) -> None:
        def change() -> None:
            if phase == "body":
                self.record.received += size
            else:
                self.record.sent += size

        self._log.note(change)
