"""What the parts of one sync share: the library, the server, the bus, and the lists that look different by now."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from audiodesk.domain.events import ActivityChanged, BroughtBack
from audiodesk.domain.library.entity import TREE, Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Happened
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import tree_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync import activity_repo
from audiodesk.local.rows.sync.device import this_device
from audiodesk.local.rows.sync.server_rows import ServerRows
from audiodesk.services.bus import Bus
from audiodesk.services.library.edit_effects import Touched
from audiodesk.services.sync.arrivals import note_arrivals, touch, touch_new
from audiodesk.services.sync.came_back import choose_again, note_came_back
from audiodesk.services.sync.sync_server import SyncServer

__all__ = ["SyncRoom"]

_TELL_SECONDS = 0.25
"""Seconds between two messages on the bus while much arrives: a window would do nothing but read its lists again."""


class SyncRoom:
    """Used by one thread at a time. ``stop`` ends the work between two steps."""

    def __init__(self, database: Database, server: SyncServer, bus: Bus, stop: threading.Event) -> None:
        self.database = database
        self.server = server
        self.stop = stop
        self._bus = bus
        self._touched = Touched()
        self._has_news = False
        self._told_at = 0.0
        self._device = ""

    @property
    def device(self) -> str:
        """The id of this computer in the library; its row is made if it is missing. To be asked before any write."""
        if not self._device:
            self._device = self.database.write(
                lambda connection: this_device(EditedRows(connection, self.database.clock()))
            )
        return self._device

    def goes_on(self) -> bool:
        """Tell whether the work may go on, because no stop was asked for."""
        return not self.stop.is_set()

    def took(self, rows: ServerRows, *, is_first: bool = False) -> None:
        """Note what ``rows`` showed anew, inside the write that did it."""
        shown, rows.shown = rows.shown, []
        if not shown:
            return
        touch(rows.connection, shown, self._touched)
        note_arrivals(rows.connection, self.database.clock(), shown, device=self._device, is_first=is_first)
        self._has_news = True

    def took_new(self, connection: sqlite3.Connection, parents: Mapping[Entity, Collection[str]]) -> None:
        """Note new rows of a first pull, by noun with the ids of their parents, inside the write that showed them."""
        if parents:
            touch_new(connection, parents, self._touched)
            self._has_news = True

    def brought_back(self, connection: sqlite3.Connection, revived: Sequence[Ref]) -> list[str]:
        """Note that an edit made here restored these rows; return the titles to tell, without rows above them.

        Activity names the topmost ones: what is below came back with them. A note or a cover has no title to tell.
        """
        note_came_back(connection, revived)
        titled = [ref for ref in revived if ref.entity in TREE]
        found = [(ref, path) for ref in titled if (path := tree_repo.crumbs(connection, ref))]
        now, ids = self.database.clock(), {ref.id for ref, _ in found}
        for ref, path in found:
            if ids.isdisjoint(crumb.id for crumb in path[:-1]):
                title = path[-1].title
                activity_repo.add(connection, now, Happened.BROUGHT_BACK, ref, device_id=self._device, title=title)
        return [path[-1].title for _, path in found]

    def choose_again(self) -> None:
        """Make takes current again that edits made here restored, after a pull; that is an edit, which is sent next."""
        touched = choose_again(self.database)
        if touched is not None:
            self._touched.parents |= touched.parents
            self._touched.sections |= touched.sections

    def note_news(self) -> None:
        """Note that Activity has a new entry, of which the next ``tell`` tells."""
        self._has_news = True

    def tell(self, back: Iterable[str] = (), *, now: bool = False) -> None:
        """Publish what changed, at most four times a second unless ``now``; the titles ``back`` came from the trash."""
        if restored := tuple(dict.fromkeys(back)):
            self._bus.publish(BroughtBack(restored))
        moment = time.monotonic()
        if not now and moment - self._told_at < _TELL_SECONDS:
            return
        self._told_at = moment
        touched, self._touched = self._touched, Touched()
        for event in touched.events():
            self._bus.publish(event)
        if self._has_news:
            self._has_news = False
            self._bus.publish(ActivityChanged())
