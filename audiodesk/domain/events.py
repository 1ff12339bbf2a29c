"""The facts that services tell on the bus; whoever listens learns what changed and reads it anew."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.errors import AudioDeskError, OutsideError

__all__ = [
    "AnalysisDone",
    "BroughtBack",
    "Event",
    "ImportCutShort",
    "ImportFinished",
    "ImportStarted",
    "JobsChanged",
    "LibraryChangedElsewhere",
    "LibraryCondition",
    "RecordingsFound",
    "RefusalsChanged",
    "TakesChanged",
    "TreeChanged",
    "Trouble",
    "UndoChanged",
]


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events."""


@dataclass(frozen=True, slots=True)
class TreeChanged(Event):
    """Rows below these parents were added, renamed, moved, trashed or restored; None stands for the top.

    Only the parents whose list of children changed are named; numbers of the nodes above them changed as well.
    """

    parents: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class TakesChanged(Event):
    """Takes of these sections were added, edited, moved or trashed, or another one became current."""

    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class BroughtBack(Event):
    """An edit of something in the trash brought it back; ``titles`` from the top of the branch down, to be told."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnalysisDone(Event):
    """The full decode of this take's file is known, so its levels, findings and waveform are."""

    take_id: str
    section_id: str


@dataclass(frozen=True, slots=True)
class ImportStarted(Event):
    """An import began; its numbers are read from ``Importer.progress()``."""

    job_id: str


@dataclass(frozen=True, slots=True)
class JobsChanged(Event):
    """A job began or ended; ``Jobs.views()`` has those that run."""


@dataclass(frozen=True, slots=True)
class ImportCutShort(Event):
    """A process ended in the middle of an import; ``files`` of it were half there, and are swept away."""

    files: int


@dataclass(frozen=True, slots=True)
class RecordingsFound(Event):
    """So many recordings are in the vault that no book knows: looked for at the start, and when it changed."""

    count: int


@dataclass(frozen=True, slots=True)
class ImportFinished(Event):
    """An import ended: all of it done, some of it refused, or cancelled."""

    job_id: str
    added: int
    present: int
    refused: int
    failed: int
    cancelled: bool
    section_ids: tuple[str, ...]
    waiting: int = 0
    """Of the refused, those that are added by themselves when they are finished."""
    act: str = "import"
    """What undo calls it: a repaired copy and further recordings in a file are imports as well."""


@dataclass(frozen=True, slots=True)
class RefusalsChanged(Event):
    """The list of files that were not added changed."""


@dataclass(frozen=True, slots=True)
class UndoChanged(Event):
    """What can be undone and redone changed."""


@dataclass(frozen=True, slots=True)
class LibraryChangedElsewhere(Event):
    """Another process wrote to this library: everything shown may be old."""


@dataclass(frozen=True, slots=True)
class LibraryCondition(Event):
    """Whether the library can be written changed: ``error`` is why not, None where it can be.

    ``before`` is the code of the error that held until now, empty where there was none.
    """

    error: OutsideError | None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Trouble(Event):
    """Something in the background did not work."""

    error: AudioDeskError
