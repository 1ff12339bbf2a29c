"""The bus delivers by type, on the publishing thread, and a failing listener stops no other."""

from __future__ import annotations

import logging
import threading

import pytest

from audiodesk.domain.events import Event, RefusalsChanged, UndoChanged
from audiodesk.services.bus import Bus


def test_events_go_to_those_who_asked() -> None:
    bus, undos, everything = Bus(), list[Event](), list[Event]()
    end = bus.subscribe(UndoChanged, undos.append)
    bus.subscribe(Event, everything.append)
    bus.publish(UndoChanged())
    bus.publish(RefusalsChanged())
    assert undos == [UndoChanged()]
    assert everything == [UndoChanged(), RefusalsChanged()]
    end()
    end()
    bus.publish(UndoChanged())
    assert len(undos) == 1
    assert len(everything) == 3


def test_a_subscriber_that_fails_is_logged_and_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), list[Event]()

    def fail(_: Event) -> None:
        raise ValueError("a mistake")

    bus.subscribe(Event, fail)
    bus.subscribe(Event, heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish(UndoChanged())
    assert heard == [UndoChanged()]
    assert "a mistake" in caplog.text


def test_listeners_may_come_and_go_while_it_speaks() -> None:
    bus, heard = Bus(), list[str]()

    def once(_: Event) -> None:
        heard.append(threading.current_thread().name)
        end()
        bus.subscribe(Event, lambda _: heard.append("late"))

    end = bus.subscribe(Event, once)
    bus.publish(UndoChanged())
    assert heard == [threading.current_thread().name]
    bus.publish(UndoChanged())
    assert heard[1:] == ["late"]
