"""What only the command line says: questions, notes, and what became of a wish to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiodesk.domain import words
from audiodesk.domain.words import formats

if TYPE_CHECKING:  # every command loads this, and most list no rows
    from audiodesk.domain.library.outline import Ref

__all__ = [
    "at_work",
    "candidate_lines",
    "nothing_found",
    "nothing_here",
    "others_left_out",
    "progress_line",
    "stopped",
    "unforeseen",
]

_CANDIDATES = 10
_SHORT_ID = 8


def at_work(what: str) -> str:
    """Return what stands before a bar: "copying", "checking", "listening" or "reading" as a person reads it."""
    return {
        "copying": words.tr("Copying"),
        "checking": words.tr("Checking"),
        "listening": words.tr("Listening through"),
        "reading": words.tr("Reading"),
    }[what]


def progress_line(label: str, part: float) -> str:
    """Return "Copying: 34 %" for ``part`` from 0 to 1, where there is no terminal for a bar."""
    return words.tr("{label}: {percent} %").format(label=label, percent=formats.number(int(100 * min(1.0, part))))


def stopped() -> str:
    """Return what is said after Ctrl-C."""
    return words.tr("Stopped. What was done until then stays.")


def unforeseen() -> str:
    """Return what is said of a mistake of this program's own."""
    return words.tr("Something went wrong that should not. Your library is as it was; the log has the details.")


def candidate_lines(candidates: Sequence[tuple[Ref, Sequence[str]]]) -> str:
    """Return a line "chapter  The Ferry/Salt  9f3a01c2" for each row that could be meant, with its path of titles.

    At most ten; the id is as short as tells them apart.
    """
    ids = [ref.id for ref, _ in candidates]
    length = _SHORT_ID
    while length < max(map(len, ids), default=0) and len({row_id[:length] for row_id in ids}) < len(set(ids)):
        length += 1
    lines = [f"{ref.entity.value}  {'/'.join(path)}  {ref.id[:length]}" for ref, path in candidates[:_CANDIDATES]]
    return "\n".join(lines if len(candidates) <= _CANDIDATES else [*lines, "…"])


def nothing_here() -> str:
    """Return what is said of an empty library."""
    return words.tr("No project here yet. Make one with: audiodesk project add TITLE")


def nothing_found() -> str:
    """Return what is said where an import has nothing to copy."""
    return words.tr("There is nothing to add there.")


def others_left_out(count: int) -> str:
    """Return what is said of files in folders that are hidden or no audio of any kind."""
    return words.tr(
        "{count} other files in these folders are left out: hidden, or no audio.",
        "{count} other file in these folders is left out: hidden, or no audio.",
        count,
    ).format(count=formats.number(count))
