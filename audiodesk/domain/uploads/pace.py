"""How long an upload waits after a failure, and how many go up at once: rules without a clock."""

from __future__ import annotations

from audiodesk.domain.errors import AudioDeskError, OutsideError

__all__ = ["MOST_AT_ONCE", "Lanes", "retry_seconds"]

MOST_AT_ONCE = 4
"""Uploads at once: each running request holds one of the server's few connections to its database."""
_FIRST, _LONGEST = 1.0, 300.0
_MORE_AFTER = 20
"""Requests in a row without trouble after which one more upload goes at once."""
_CROWDED = frozenset({"server-busy", "server-silent", "upload-locked", "gateway-blocks"})


def retry_seconds(error: AudioDeskError, failures: int, jitter: float) -> float:
    """Return the seconds until the next try after ``failures`` (from 1) in a row; ``jitter`` is from 0 to 1.

    Waits double, and differ between uploads, so that they do not all come back at once. The server's wish is kept.
    """
    wait = min(_FIRST * 2.0 ** min(failures - 1, 20), _LONGEST)
    wish = error.retry_after if isinstance(error, OutsideError) and error.retry_after is not None else 0.0
    if error.code == "connection-lost" and failures == 1:  # a cut line says nothing about the server
        wish = 0.0
    return max(wish, wait) * (1.0 + 0.5 * jitter)


class Lanes:
    """Number of uploads at once: halved when the server is crowded, one more after a time without trouble."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self.count = most
        self._smooth = 0

    def smooth(self) -> None:
        """Note a request that went well."""
        self._smooth += 1
        if self._smooth >= _MORE_AFTER and self.count < self._most:
            self.count += 1
            self._smooth = 0

    def failed(self, error: AudioDeskError) -> None:
        """Note a request that failed."""
        self._smooth = 0
        if error.code in _CROWDED:
            self.count = max(1, self.count // 2)
