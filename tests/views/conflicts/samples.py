"""Sections with two new takes, for tests and pictures."""

from __future__ import annotations

from audiodesk.domain.library.conflict import Conflict, ConflictTake
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import StateCode, TakeState

__all__ = ["conflicts"]

_WAVE = bytes((index * 37) % 200 + 20 for index in range(200))


def conflicts(now: int, *, elsewhere: bool = False) -> list[Conflict]:
    """Return three sections; ``elsewhere``: the audio of the second takes is on the laptop. These are current."""
    found = []
    for at, (title, mine, theirs) in enumerate(
        [("2.4 Toll", 252.0, 258.0), ("3.2 Crust", 410.0, 404.0), ("4.1 «السوق القديم»", 337.0, 329.0)]
    ):
        state = TakeState(StateCode.WAITING, "elsewhere") if elsewhere else TakeState(StateCode.REMOTE)
        first = ConflictTake(
            f"a{at}", "2", "toll_retake.wav", "Studio PC", now, mine, TakeState(StateCode.SAFE), -20.6, -4.2, _WAVE
        )
        second = ConflictTake(
            f"b{at}",
            "2b",
            "Toll 2.wav",
            "Jo's laptop",
            now + 1000,
            theirs,
            state,
            -18.9,
            -3.1,
            _WAVE,
            not elsewhere,
            True,
        )
        found.append(Conflict(Ref(Entity.SECTION, f"s{at}"), title, (first, second)))
    return found
