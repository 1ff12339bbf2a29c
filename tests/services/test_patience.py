"""Waiting for a server within limits."""

from __future__ import annotations

import threading

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.services.server.patience import Patience


def test_an_answer_is_handed_on() -> None:
    assert Patience("example.org", 5).ask(lambda: 7) == 7


def test_what_is_raised_is_raised() -> None:
    def refuse() -> None:
        raise OutsideError("server-busy")

    with pytest.raises(OutsideError, match="server-busy"):
        Patience("example.org", 5).ask(refuse)


@pytest.mark.parametrize("patience", [Patience("example.org", 0.3), Patience("example.org", 60, 0.3)])
def test_silence_is_given_up(patience: Patience) -> None:
    over = threading.Event()
    with pytest.raises(OutsideError) as caught:
        patience.ask(lambda: over.wait(30))
    over.set()
    assert (caught.value.code, caught.value.params["host"]) == ("server-silent", "example.org")


def test_progress_begins_the_count_anew() -> None:
    """Three times as long as the patience, with something every time before it is over."""
    now = [0.0]
    patience = Patience("example.org", 10, clock=lambda: now[0])
    asked = threading.Event()

    def answer() -> str:
        asked.set()
        for _ in range(4):
            now[0] += 8
            patience.moved()
        return "all"

    assert patience.ask(answer) == "all"
    assert asked.is_set()
    now[0] += 11
    waiting = threading.Event()
    with pytest.raises(OutsideError, match="server-silent"):
        patience.ask(lambda: waiting.wait(30))
    waiting.set()
