"""Caches the numbers and states of sections until an event says that they changed, and adds them upwards."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from audiodesk.domain.library.read_model import NodeCounts, Ref, add_counts
from audiodesk.domain.library.states import ParentState, add_states, multiplied
from audiodesk.local.database.database import Database
from audiodesk.services.bus import Bus

if TYPE_CHECKING:  # loading all events takes as long as the rest of the tree's code, and a command publishes none
    from audiodesk.domain.events import Event

__all__ = ["Moment", "SectionSums"]

_AT_ONCE = 500
"""Sections that are counted in one snapshot: about 30 ms of work with an account."""


class SectionSums:
    """The cache of sections' numbers. Any thread may use it.

    ``TakesChanged``, ``AnalysisDone`` and ``LibraryChangedElsewhere`` drop cached numbers. Code that writes rows behind
    a number or a state publishes one of them after the commit. The sections below a project or chapter are read each
    time. Without a bus nothing is cached. ``has_cloud`` tells whether the back end is not ``local``.
    """

    def __init__(
        self, database: Database, bus: Bus | None = None, has_cloud: Callable[[], bool] = lambda: False
    ) -> None:
        self._database = database
        self._keeps = bus is not None
        self._has_cloud = has_cloud
        self._lock = threading.Lock()
        self._kept = _Cache()
        self._is_cloud = False
        self._moments: list[Moment] = []
        if bus is not None:
            bus.subscribe_to_all(self._notice)

    @contextmanager
    def moment(self) -> Iterator[Moment]:
        """Lend a connection for reading, in one snapshot, with the numbers of that moment."""
        moment = Moment(self)
        with self._lock:
            self._moments.append(moment)
        try:
            with self._database.read() as connection:
                moment.connection = connection
                yield moment
        finally:
            with self._lock:
                self._moments.remove(moment)

    def prepare(self, ref: Ref | None) -> None:
        """Count the sections below ``ref`` (None: all), in several snapshots, for the moment that follows.

        A snapshot that lasts for seconds keeps the write-ahead log from beginning anew, while a sync writes into it.
        Does nothing where few are missing, or none is cached, or all takes are counted without their sections.
        """
        if not self._keeps:
            return
        from audiodesk.local.rows.library import section_counts_repo  # see Moment.of

        with self._database.read() as connection:
            if ref is None and not self.is_cloud(connection):
                return
            below = section_counts_repo.live_below(connection, ref)
        with self._lock:
            missing = [one for one in below if not self._kept.has(one)]
        if len(missing) <= _AT_ONCE:
            return
        for first in range(0, len(missing), _AT_ONCE):
            with self.moment() as moment:
                self.counts(moment, missing[first : first + _AT_ONCE])

    def counts(self, moment: Moment, section_ids: Iterable[str]) -> dict[str, NodeCounts]:
        """Return the numbers of these sections; those not in the cache are read with two queries."""
        wanted = list(section_ids)
        cloud = moment.is_cloud
        with self._lock:
            if cloud != self._is_cloud:
                self._kept.clear()
                self._is_cloud = cloud
            found = self._kept.those_of(wanted)
        missing = [section_id for section_id in wanted if section_id not in found]
        if missing:
            from audiodesk.local.rows.library import section_counts_repo  # see Moment.of

            read = section_counts_repo.counts(moment.connection, missing, cloud=cloud)
            found.update(read)
            with self._lock:
                if self._keeps and self._is_cloud == cloud:
                    self._kept.keep(moment.valid(read))
        return found

    def states(self, moment: Moment, section_ids: Collection[str]) -> ParentState:
        """Return the states of all takes in these sections together, without making the numbers of each section."""
        cloud = moment.is_cloud
        with self._lock:
            kept = self._kept.states_of(section_ids) if cloud == self._is_cloud else []
            missing = (
                [section_id for section_id in section_ids if not self._kept.has(section_id)] if kept else section_ids
            )
        read = self.counts(moment, missing)
        return add_states([*kept, *(of_section.states for of_section in read.values())])

    def is_cloud(self, connection: sqlite3.Connection) -> bool:
        """Tell whether takes have the states of the cloud: the library has an account, the back end is not local."""
        if not self._has_cloud():
            return False
        from audiodesk.local.rows.library import state_repo  # see Moment.of

        return state_repo.has_account(connection)

    @property
    def has_cloud(self) -> bool:
        """Whether the back end is not ``local``."""
        return self._has_cloud()

    def _notice(self, event: Event) -> None:
        from audiodesk.domain.events import AnalysisDone, LibraryChangedElsewhere, TakesChanged

        if isinstance(event, TakesChanged):
            self._drop(event.sections)
        elif isinstance(event, AnalysisDone):
            self._drop((event.section_id,))
        elif isinstance(event, LibraryChangedElsewhere):
            self._drop(None)

    def _drop(self, section_ids: Iterable[str] | None) -> None:
        """Forget these sections (None: all). What is being read of them at this moment will not be cached either."""
        dropped = None if section_ids is None else frozenset(section_ids)
        with self._lock:
            for moment in self._moments:
                moment.drop(dropped)
            if dropped is None:
                self._kept.clear()
            else:
                self._kept.forget(dropped)


class _Cache:
    """Numbers by section, in a form that the garbage collector skips.

    It does not follow plain tuples of numbers. Kept as ``NodeCounts``, the 60 000 sections of a large library made each
    full collection take 340 ms, on whichever thread it began.
    """

    def __init__(self) -> None:
        self._packed: dict[str, tuple[Any, ...]] = {}
        self._states: list[ParentState] = []
        """Each different value once; packed numbers end with its place here."""
        self._places: dict[tuple[object, ...], int] = {}

    def those_of(self, section_ids: Iterable[str]) -> dict[str, NodeCounts]:
        """Return the numbers of those that are kept."""
        found = {}
        for section_id in section_ids:
            packed = self._packed.get(section_id)
            if packed is not None:
                found[section_id] = NodeCounts._make((*packed[:-1], self._states[packed[-1]]))
        return found

    def states_of(self, section_ids: Iterable[str]) -> list[ParentState]:
        """Return the states of those that are kept, equal ones together."""
        places = Counter(packed[-1] for section_id in section_ids if (packed := self._packed.get(section_id)))
        return [multiplied(self._states[place], times) for place, times in places.items()]

    def has(self, section_id: str) -> bool:
        """Tell whether the section's numbers are kept."""
        return section_id in self._packed

    def keep(self, counts: Mapping[str, NodeCounts]) -> None:
        """Keep these numbers."""
        for section_id, numbers in counts.items():
            states = numbers.states
            key = (states.cloud, *sorted(states.counts.items()))
            place = self._places.get(key)
            if place is None:
                place = self._places[key] = len(self._states)
                self._states.append(states)
            self._packed[section_id] = (*numbers[:-1], place)

    def forget(self, section_ids: Iterable[str]) -> None:
        """Forget these sections."""
        for section_id in section_ids:
            self._packed.pop(section_id, None)

    def clear(self) -> None:
        """Forget all."""
        self._packed.clear()
        self._states.clear()
        self._places.clear()


class Moment:
    """One snapshot, read through ``connection``. Numbers of sections that are dropped meanwhile are not cached."""

    connection: sqlite3.Connection

    def __init__(self, sums: SectionSums) -> None:
        self._sums = sums
        self._dropped: set[str] | None = set()

    def drop(self, section_ids: Collection[str] | None) -> None:
        """Note that these sections changed (None: all): this snapshot may be from before."""
        if section_ids is None:
            self._dropped = None
        elif self._dropped is not None:
            self._dropped.update(section_ids)

    def valid(self, counts: Mapping[str, NodeCounts]) -> Mapping[str, NodeCounts]:
        """Return those of ``counts`` that no drop met; read in this snapshot."""
        dropped = self._dropped
        if dropped is None:
            return {}
        return counts if not dropped else {key: counts[key] for key in counts.keys() - dropped}

    @property
    def is_cloud(self) -> bool:
        """Whether takes have the states of the cloud."""
        return self._sums.is_cloud(self.connection)

    def of(self, refs: Iterable[Ref]) -> dict[str, NodeCounts]:
        """Return the numbers of projects, chapters and sections by id: the sum over the live sections in them."""
        # Imported late: the window counts after its first paint, which the codes of all findings would delay by 5 %.
        from audiodesk.local.rows.library import section_counts_repo

        below = {ref.id: section_counts_repo.live_below(self.connection, ref) for ref in refs}
        counts = self._sums.counts(self, {section_id for ids in below.values() for section_id in ids})
        return {row_id: add_counts(counts[section_id] for section_id in ids) for row_id, ids in below.items()}

    def states(self) -> ParentState:
        """Return the states of all live takes of the library."""
        from audiodesk.local.rows.library import section_counts_repo, state_repo  # see ``of``

        if not self.is_cloud:
            return state_repo.library_states(self.connection)
        return self._sums.states(self, section_counts_repo.live_below(self.connection, None))
