"""Facts from any thread become signals on the main thread, many as one."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from audiodesk.desktop.bridge import Bridge
from audiodesk.domain.events import RefusalsChanged, TakesChanged, TreeChanged
from audiodesk.services.bus import Bus


def test_a_storm_of_facts_is_few_signals_with_everything_in_them(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    trees: list[frozenset[str | None]] = []
    sections: list[frozenset[str]] = []
    threads: set[int] = set()
    bridge.tree_changed.connect(trees.append)
    bridge.takes_changed.connect(sections.append)
    bridge.refusals_changed.connect(lambda: threads.add(threading.get_ident()))

    def tell() -> None:
        for number in range(500):
            bus.publish(TreeChanged(frozenset({str(number)})))
            bus.publish(TakesChanged(frozenset({f"s{number}"})))
        bus.publish(RefusalsChanged())

    other = threading.Thread(target=tell)
    other.start()
    other.join()
    qtbot.waitUntil(lambda: bool(threads))
    assert frozenset().union(*trees) == {str(number) for number in range(500)}
    assert frozenset().union(*sections) == {f"s{number}" for number in range(500)}
    assert len(trees) < 5
    assert threads == {threading.get_ident()}


def test_after_closing_nothing_is_told(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    bridge.close()
    with qtbot.assertNotEmitted(bridge.tree_changed, wait=100):
        bus.publish(TreeChanged(frozenset({None})))
