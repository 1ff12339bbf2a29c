"""Reads the pages of a long pull ahead, and makes them ready, while those before are being written."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from audiodesk.domain.sync.exchange import Head, Place

__all__ = ["PagesAhead"]

Page = TypeVar("Page")
Wanted = tuple[Head, Place]
_MOST_READY = 5
"""Pages that wait to be taken: a thousand rows are about 2 MB of memory."""


class PagesAhead(Generic[Page]):
    """Reads one page after the other; used by one thread. A request that is forgotten may still be answered.

    ``ask`` asks for the page after a place, on any thread. ``after`` tells which page follows a page, and None where
    none is to be read ahead.
    """

    def __init__(self, ask: Callable[[Head, Place], Page], after: Callable[[Page, Head], Wanted | None]) -> None:
        self._ask = ask
        self._after = after
        self._reader: _Reader[Page] | None = None

    def pages(self, head: Head, place: Place) -> list[Page]:
        """Return the page after ``place``, and those after it that are here already; raises what the request raised.

        On a fast network each call returns what came while the last pages were written, on a slow one a single page.
        """
        reader = self._reader
        # Where the rows of the last pages were not all taken, another page is wanted than the reader's.
        if reader is not None and reader.wanted == (head, place):
            try:
                return reader.take()
            except BaseException:
                self.forget()
                raise
        self.forget()
        page = self._ask(head, place)
        following = self._after(page, head)
        if following is not None:
            self._reader = _Reader(self._ask, self._after, following)
        return [page]

    def forget(self) -> None:
        """Read no further; what was read and not taken is dropped."""
        if self._reader is not None:
            self._reader.forget()
            self._reader = None


class _Reader(Generic[Page]):
    """Reads page after page on a thread of its own."""

    def __init__(
        self,
        ask: Callable[[Head, Place], Page],
        after: Callable[[Page, Head], Wanted | None],
        wanted: Wanted,
    ) -> None:
        self.wanted: Wanted | None = wanted
        """The page that ``take`` returns first; None after the last one."""
        self._ask = ask
        self._after = after
        self._ready: list[tuple[Page, Wanted | None]] = []
        self._error: BaseException | None = None
        self._is_forgotten = False
        self._changed = threading.Condition()
        threading.Thread(target=self._run, args=(wanted,), name="pages ahead", daemon=True).start()

    def take(self) -> list[Page]:
        """Wait for a page; return all that are ready."""
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._error is not None)
            if not self._ready and self._error is not None:
                raise self._error
            ready, self._ready = self._ready, []
            self._changed.notify_all()
        self.wanted = ready[-1][1]
        return [page for page, _ in ready]

    def forget(self) -> None:
        with self._changed:
            self._is_forgotten = True
            self._changed.notify_all()

    def _run(self, first: Wanted) -> None:
        wanted: Wanted | None = first
        while wanted is not None and not self._is_forgotten:
            try:
                page = self._ask(*wanted)
                wanted = self._after(page, wanted[0])
            except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the page
                with self._changed:
                    self._error = error
                    self._changed.notify_all()
                return
            with self._changed:
                self._ready.append((page, wanted))
                self._changed.notify_all()
                self._changed.wait_for(lambda: len(self._ready) < _MOST_READY or self._is_forgotten)
