"""A section with several new takes from several computers, the rules that choose one, and what the choice means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import TakeState

__all__ = ["Conflict", "ConflictTake", "Keep", "chosen_take", "computers_of", "equal_loudness", "replacements"]


class Keep(StrEnum):
    """Which take to keep."""

    COMPUTER = "computer"
    NEWER = "newer"
    LONGER = "longer"


@dataclass(frozen=True, slots=True)
class ConflictTake:
    """One of the new takes."""

    take_id: str
    number: str
    """As it is shown: "2", "2b"."""
    file_name: str
    computer: str
    """The name of the computer that it came from: "Studio PC"."""
    at: int
    """When it was added there, in milliseconds since 1970 UTC."""
    seconds: float
    state: TakeState
    """Its state apart from the conflict: whether its audio is here, in the cloud, or on another computer."""
    rms_db: float | None = None
    peak_db: float | None = None
    overview: bytes = b""
    """Peaks for the waveform, as ``Waveform.show_wave`` takes them; empty if not known."""
    can_play: bool = True
    """Whether its audio is on this computer or in the cloud."""
    is_current: bool = False
    """Whether the section has it as its current take until a person chooses."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A section and its new takes, at least two, in the order of their numbers."""

    section: Ref
    title: str
    takes: tuple[ConflictTake, ...]


def chosen_take(conflict: Conflict, keep: Keep, computer: str = "") -> ConflictTake | None:
    """Return the take that a rule keeps: the latest of a computer's; None where it has none, or nothing decides."""
    if keep is Keep.COMPUTER:
        return max((take for take in conflict.takes if take.computer == computer), key=lambda t: t.at, default=None)
    values = [take.at if keep is Keep.NEWER else take.seconds for take in conflict.takes]
    best = max(values, default=0)
    found = [take for take, value in zip(conflict.takes, values, strict=True) if value == best]
    return found[0] if len(found) == 1 else None


def computers_of(conflicts: Sequence[Conflict]) -> list[str]:
    """Return the names of all computers in these conflicts, each once, in order of appearance."""
    return list(dict.fromkeys(take.computer for conflict in conflicts for take in conflict.takes))


def equal_loudness(takes: Sequence[ConflictTake]) -> Mapping[str, float]:
    """Return the factor for each take's samples, at most 1, that makes all as quiet as the quietest; by its id.

    A take whose loudness is not known is left out.
    """
    levels = {take.take_id: take.rms_db for take in takes if take.rms_db is not None}
    quietest = min(levels.values(), default=0.0)
    return {take_id: 10.0 ** ((quietest - level) / 20.0) for take_id, level in levels.items()}


def replacements(chosen: str, rivals: Sequence[str], replaced: str) -> Mapping[str, str]:
    """Return what each rival replaces once ``chosen`` is chosen: they form a chain, and the last replaces ``replaced``.

    So no two replace the same take any more, and all stay. All are ids of takes.
    """
    chain = [chosen, *(take_id for take_id in rivals if take_id != chosen), replaced]
    return dict(pairwise(chain))
