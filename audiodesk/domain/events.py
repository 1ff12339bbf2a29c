"""The events that services send on the bus: they tell what changed, and listeners read it again."""

from __future__ import annotations

from dataclasses import dataclass

from audiodesk.domain.errors import AudioDeskError, OutsideError

__all__ = [
    "ActivityChanged",
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
    "SignInKept",
    "SignInWaiting",
    "SignedIn",
    "SignedOut",
    "SyncChanged",
    "TakesChanged",
    "TreeChanged",
    "Trouble",
    "UndoChanged",
    "UploadsChanged",
]


@dataclass(frozen=True, slots=True)
class Event:
    """The base of all events."""


@dataclass(frozen=True, slots=True)
class TreeChanged(Event):
    """Rows below these parents were added, renamed, moved, trashed or restored; the parent None is the top.

    Only the parents whose list of children changed are named; the numbers of the rows above them changed too.
    """

    parents: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class TakesChanged(Event):
    """Takes of these sections were added, edited, moved or trashed, or another take became current."""

    sections: frozenset[str]


@dataclass(frozen=True, slots=True)
class UploadsChanged(Event):
    """Uploads began, ended or wait for another reason; read it from ``Uploader.state()``."""


@dataclass(frozen=True, slots=True)
class BroughtBack(Event):
    """An edit of something in the trash restored it; ``titles`` are those of the rows that came back, topmost first."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnalysisDone(Event):
    """The full decode of this take's file is done: its levels, findings and waveform are known."""

    take_id: str
    section_id: str


@dataclass(frozen=True, slots=True)
class ImportStarted(Event):
    """An import began; read its numbers from ``Importer.progress()``."""

    job_id: str


@dataclass(frozen=True, slots=True)
class JobsChanged(Event):
    """A job began or ended; ``Jobs.views()`` has the running ones."""


@dataclass(frozen=True, slots=True)
class ImportCutShort(Event):
    """A process ended in the middle of an import; ``files`` is the number of half-copied files that are removed."""

    files: int


@dataclass(frozen=True, slots=True)
class RecordingsFound(Event):
    """The vault holds recordings without a book; counted at the start and after changes."""

    count: int


@dataclass(frozen=True, slots=True)
class ImportFinished(Event):
    """An import ended: completely, with refusals, or cancelled."""

    job_id: str
    added: int
    present: int
    refused: int
    failed: int
    cancelled: bool
    section_ids: tuple[str, ...]
    waiting: int = 0
    """How many of the refused files are added without help when they are finished."""
    act: str = "import"
    """The code of the edit for undo: repaired copies and further recordings are imports as well."""


@dataclass(frozen=True, slots=True)
class RefusalsChanged(Event):
    """The list of files that were not added changed."""


@dataclass(frozen=True, slots=True)
class ActivityChanged(Event):
    """Something came by sync, was refused, or was emptied elsewhere: Activity and the refused changes are different."""


@dataclass(frozen=True, slots=True)
class SyncChanged(Event):
    """The synchronizer's state is another one, or a running sync went on; ``Synchronizer.state()`` has it."""


@dataclass(frozen=True, slots=True)
class UndoChanged(Event):
    """The edits that can be undone or redone changed."""


@dataclass(frozen=True, slots=True)
class LibraryChangedElsewhere(Event):
    """Another process wrote to this library: everything shown may be old."""


@dataclass(frozen=True, slots=True)
class LibraryCondition(Event):
    """The library became writable or unwritable: ``error`` is the reason, None if it can be written.

    ``before`` is the code of the previous error, empty if there was none.
    """

    error: OutsideError | None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Trouble(Event):
    """Work in the background failed."""

    error: AudioDeskError


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    """Somebody signed in on this computer, or a sign-in from an earlier start is in use again."""

    email: str


@dataclass(frozen=True, slots=True)
class SignedOut(Event):
    """The sign-in is over: ``error`` is the server's reason, None if a person signed out. Nothing local is lost."""

    error: AudioDeskError | None = None


@dataclass(frozen=True, slots=True)
class SignInWaiting(Event):
    """The server takes no sign-in from this network for ``seconds``; then it is tried again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SignInKept(Event):
    """The keyring holds the sign-in; ``trouble`` says why not: then it lasts until AudioDesk closes."""

    trouble: AudioDeskError | None = None
