"""The watch reports commits of other processes, but not our own."""

from __future__ import annotations

import threading
from pathlib import Path

from audiodesk.domain.events import LibraryChangedElsewhere
from audiodesk.services.care.library_watch import LibraryWatch
from tests.library_support import Desk


def test_the_other_ones_edits_are_told(tmp_path: Path) -> None:
    desk, other = Desk(tmp_path), Desk(tmp_path, first_id=1000)
    told = threading.Event()
    desk.bus.subscribe(LibraryChangedElsewhere, lambda _: told.set())
    watch = LibraryWatch(desk.database, desk.bus, every=0.01)
    watch.start()
    desk.library.add_project("Ours")
    assert not told.wait(0.2)
    other.library.add_project("Theirs")
    assert told.wait(10)
    watch.close()
    assert {node.title for node in desk.catalogue.children(None)} == {"Ours", "Theirs"}
    desk.close()
    other.close()


def test_a_watch_that_was_closed_before_it_started_watches_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = threading.enumerate()
    LibraryWatch(desk.database, desk.bus).close()
    assert threading.enumerate() == before
    desk.close()
