"""The bus on which services tell what happened."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:  # the window stands before the first event has to be told
    from audiodesk.domain.events import Event

__all__ = ["Bus"]

E = TypeVar("E", bound="Event")
_log = logging.getLogger(__name__)


class Bus:
    """Hands each event to the handlers of its type, on the thread that publishes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: tuple[tuple[type, Callable[[Any], None]], ...] = ()

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call ``handler`` for each event of ``event_type`` or a subclass; the returned function unsubscribes."""
        return self._add(event_type, handler)

    def subscribe_to_all(self, handler: Callable[[Event], None]) -> Callable[[], None]:
        """Call ``handler`` for every event; for handlers that must not load the event types before the first event."""
        return self._add(object, handler)

    def _add(self, event_type: type, handler: Callable[[Any], None]) -> Callable[[], None]:
        entry = (event_type, handler)
        with self._lock:
            self._handlers = (*self._handlers, entry)

        def unsubscribe() -> None:
            with self._lock:
                self._handlers = tuple(known for known in self._handlers if known is not entry)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Hand out ``event``; if a handler fails, that is logged and the other handlers are still called."""
        for event_type, handler in self._handlers:
            if isinstance(event, event_type):
                try:
                    handler(event)
                except Exception:  # noqa: BLE001 - one listener's mistake must not stop the service or the others
                    _log.exception("a handler of %s failed", type(event).__name__)
