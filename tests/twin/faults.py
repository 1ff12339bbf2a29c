"""The fault plan: which requests fail, when and how."""

from __future__ import annotations

import base64
import json
import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from tests.twin.fault_actions import (
    Action,
    ExpireToken,
    action_from_json,
    auth_refusal,
    bandwidth,
    captive_portal,
    cut,
    delay,
    empty,
    expire_token,
    gateway_page,
    html,
    stall,
    status,
)
from tests.twin.fault_exchange import Exchange
from tests.twin.request_log import Record, RequestLog
from tests.twin.wire_messages import Request

__all__ = [
    "Fault",
    "FaultPlan",
    "Phase",
    "Planned",
    "Record",
    "auth_refusal",
    "bandwidth",
    "captive_portal",
    "cut",
    "delay",
    "empty",
    "expire_token",
    "gateway_page",
    "html",
    "stall",
    "status",
]

Phase = Literal["before", "body", "handled", "answer"]
EVERY: Final = "every"
_NEEDS_NO_TOKEN: Final = r"/auth/v1/(token|otp|signup|recover|verify|settings|health)$"
"""Routes for which the services ignore the header Authorization, as they do for signed URLs."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    It concerns requests whose `method` is this one (None: any), whose path matches the regular expression `path`
    somewhere and whose headers satisfy `headers` (name → regular expression, or a predicate). Of these the `nth`
    (from 1) and the following, `times` in all, are hit; or every one.

    `phase` says when: "before" the request is handled, in the request's "body" after `after_bytes` of it were taken,
    when it was "handled" but nothing answered yet, or in the body of the "answer" after `after_bytes` were sent.
    """

    action: Action
    method: str | None = None
    path: str = ""
    headers: Mapping[str, str] | Callable[[Mapping[str, str]], bool] | None = None
    nth: int | Literal["every"] = 1
    times: int = 1
    phase: Phase = "before"
    after_bytes: int = 0
    chance: float = 1.0
    """The probability that a request which is due is hit; random numbers come from the plan's seed."""

    def concerns(self, request: Request) -> bool:
        """Tell whether method, path and headers fit."""
        if self.method is not None and request.method.upper() != self.method.upper():
            return False
        if re.search(self.path, request.path) is None:
            return False
        if self.headers is None:
            return True
        if callable(self.headers):
            return self.headers(request.headers)
        return all(
            re.search(pattern, request.headers.get(name.lower(), "")) is not None
            for name, pattern in self.headers.items()
        )

    def due(self, count: int) -> bool:
        """Tell whether the `count`-th request that it concerns is to be hit."""
        return self.nth == EVERY or self.nth <= count < self.nth + self.times


@dataclass(eq=False)
class Planned:
    """A fault in a plan, with the number of requests that it concerned and that it hit, and those it holds up."""

    fault: Fault
    seen: int = 0
    hits: int = 0
    reached: threading.Event = field(default_factory=threading.Event, repr=False)
    """Set when it acts: after the handling where its phase is "handled", not when its request comes."""
    released: threading.Event = field(default_factory=threading.Event, repr=False)
    expired: set[str] = field(default_factory=set, repr=False)

    def release(self) -> None:
        """Let the requests that it holds up go on, and hold up no more."""
        self.released.set()


class FaultPlan:
    """The planned faults of a server and the log of its requests. Thread-safe; empty at first."""

    def __init__(self, *, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._planned: list[Planned] = []
        self._random = random.Random(seed)
        self.on_expiry: Callable[[], None] | None = None
        """Is called when a token begins to count as expired."""
        self.requests = RequestLog()

    @classmethod
    def from_json(cls, source: str | Path) -> FaultPlan:
        """A plan from a file: `[{"action": {"do": "status", "status": 503}, "path": "/rest/", "nth": 2}, …]`.

        Raises ValueError where something in it is wrong.
        """
        plan = cls()
        for entry in json.loads(Path(source).read_text(encoding="utf-8")):
            plan.add(fault_from_json(entry))
        return plan

    @property
    def log(self) -> list[Record]:
        """The requests so far, in order of arrival, including those under way."""
        return self.requests.records()

    def wait_for(self, condition: Callable[[list[Record]], object], timeout: float = 10.0) -> list[Record]:
        """Wait until the log satisfies the condition, and return the log. Raises TimeoutError."""
        return self.requests.wait_for(condition, timeout)

    def add(self, fault: Fault) -> Planned:
        """Add a fault. If several concern a request, all of them act, in the order in which they were added."""
        planned = Planned(fault)
        with self._lock:
            self._planned.append(planned)
        return planned

    def remove(self, planned: Planned) -> None:
        """Remove a fault and release the requests that it holds up."""
        planned.release()
        with self._lock:
            if planned in self._planned:
                self._planned.remove(planned)

    def clear(self) -> None:
        """Remove all faults and release the requests that they hold up."""
        with self._lock:
            gone, self._planned = self._planned, []
        for planned in gone:
            planned.release()

    def begin(self, request: Request, stopping: threading.Event) -> Exchange:
        """Return the faults for this request; the server calls this once for each request."""
        struck: list[Planned] = []
        with self._lock:
            for planned in self._planned:
                if self._strikes(planned, request):
                    planned.hits += 1
                    struck.append(planned)
        record = self.requests.begin(request, [planned.fault.action.name for planned in struck])
        return Exchange(request, struck, record, self.requests, stopping)

    def _strikes(self, planned: Planned, request: Request) -> bool:
        fault = planned.fault
        token = _user_token(request) if isinstance(fault.action, ExpireToken) else None
        # A token that counts as expired once stays so, wherever it is used; a fresh one is another token.
        if token in planned.expired:
            return True
        if not fault.concerns(request) or (token is None and isinstance(fault.action, ExpireToken)):
            return False
        planned.seen += 1
        if not fault.due(planned.seen) or (fault.chance < 1 and self._random.random() >= fault.chance):
            return False
        if token is not None:
            planned.expired.add(token)
            if self.on_expiry is not None:
                self.on_expiry()
        return True


def _user_token(request: Request) -> str | None:
    """Return the token that the service checks; None for a key of the project, which never expires."""
    if re.search(_NEEDS_NO_TOKEN, request.path) or (request.method in ("GET", "HEAD") and "token" in request.query):
        return None
    token = request.bearer()
    try:
        payload = (token or "").split(".")[1]
        role = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("role")
    except (IndexError, ValueError, AttributeError):
        return None
    return None if role in ("anon", "service_role") else token


def fault_from_json(entry: Mapping[str, Any]) -> Fault:
    """A fault from its JSON form: the fields of Fault, with `action` as {"do": name, …its arguments}.

    Raises ValueError with the entry where something in it is wrong.
    """
    try:
        fields = dict(entry)
        return replace(Fault(action_from_json(fields.pop("action"))), **fields)
    except (KeyError, TypeError) as error:
        message = f"not a fault: {json.dumps(entry)} ({error})"
        raise ValueError(message) from None
