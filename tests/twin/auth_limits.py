"""The rate limits of the stand-in's Auth service: requests from one network address, and e-mails in total."""

from __future__ import annotations

import threading
from collections import deque
from typing import Final, Literal

from tests.twin.auth_errors import AuthProblem
from tests.twin.auth_settings import AuthSettings
from tests.twin.tokens import Clock
from tests.twin.wire_messages import Request

__all__ = ["RateLimits"]

Kind = Literal["token", "verify", "otp", "recover", "signup", "user"]

_BURST: Final = 30.0
"""The number of requests of one kind that may come at once."""
_TOKEN_A_SECOND: Final = 150 / 300
_OTHERS_A_SECOND: Final = 30 / 300
_HOUR: Final = 3600.0


class RateLimits:
    """A token bucket for each kind of request and network address, refilled at a steady rate. Thread-safe."""

    def __init__(self, settings: AuthSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[Kind, str], tuple[float, float]] = {}
        """The permissions that are left, and the time at which they were counted."""
        self._sent: deque[float] = deque()

    def take(self, kind: Kind, request: Request) -> None:
        """Count a request. Raises AuthProblem over_request_rate_limit, which names no time to wait."""
        if not self._settings.rate_limits:
            return
        rate = _TOKEN_A_SECOND if kind == "token" else _OTHERS_A_SECOND
        place, now = (kind, request.client[0]), self._clock()
        with self._lock:
            left, counted = self._buckets.get(place, (_BURST, now))
            left = min(_BURST, left + max(0.0, now - counted) * rate)
            allowed = left >= 1
            self._buckets[place] = (left - 1 if allowed else left, now)
        if not allowed:
            raise AuthProblem.of("over_request_rate_limit")

    def take_email(self) -> None:
        """Count an e-mail. Raises AuthProblem over_email_send_rate_limit if the limit of this hour is reached."""
        most, now = self._settings.emails_an_hour, self._clock()
        with self._lock:
            while self._sent and self._sent[0] <= now - _HOUR:
                self._sent.popleft()
            if most is not None and len(self._sent) >= most:
                raise AuthProblem.of("over_email_send_rate_limit")
            self._sent.append(now)
