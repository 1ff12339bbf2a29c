"""Asks for the next page of a long pull, and makes it ready, while the last one is being written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from audiodesk.domain.sync.exchange import Head, Place

__all__ = ["PageAhead"]

Page = TypeVar("Page")


class PageAhead(Generic[Page]):
    """At most one request at a time; used by one thread. ``ask`` asks for a page, on any thread."""

    def __init__(self, ask: Callable[[Head, Place], Page]) -> None:
        self._ask = ask
        self._asked: _Asked[Page] | None = None

    def begin(self, head: Head, place: Place) -> None:
        """Ask for the page after ``place``, on a thread of its own."""
        self._asked = _Asked(self._ask, head, place)

    def page(self, head: Head, place: Place) -> Page:
        """Return the page after ``place``; raises what the request raised."""
        asked, self._asked = self._asked, None
        # Where the rows of the last page were not all taken, another page is wanted.
        if asked is not None and asked.wanted == (head, place):
            return asked.page()
        return self._ask(head, place)


class _Asked(Generic[Page]):
    def __init__(self, ask: Callable[[Head, Place], Page], head: Head, place: Place) -> None:
        self.wanted = (head, place)
        self._pages: list[Page] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(ask,), name="next page", daemon=True)
        self._thread.start()

    def page(self) -> Page:
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._pages[0]

    def _run(self, ask: Callable[[Head, Place], Page]) -> None:
        try:
            self._pages.append(ask(*self.wanted))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the page
            self._error = error
