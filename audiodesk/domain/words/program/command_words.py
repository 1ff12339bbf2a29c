"""Words that only the command line needs: questions, notes, and the answer to Ctrl-C."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiodesk.domain import words
from audiodesk.domain.words import formats

if TYPE_CHECKING:  # every command loads this module, and most list no rows
    from audiodesk.domain.library.read_model import Ref

__all__ = [
    "at_work",
    "candidate_lines",
    "no_whole_number",
    "not_opened",
    "nothing_found",
    "nothing_here",
    "others_left_out",
    "progress_line",
    "stopped",
    "unforeseen",
    "unknown_value",
]

_CANDIDATES = 10
_SHORT_ID = 8


def at_work(what: str) -> str:
    """Return the word before a progress bar; ``what`` is a key of the table below."""
    return {
        "copying": words.tr("Copying"),
        "checking": words.tr("Checking"),
        "listening": words.tr("Listening through"),
        "reading": words.tr("Reading"),
        "syncing": words.tr("Syncing"),
        "uploading": words.tr("Uploading"),
        "bringing-in": words.tr("Bringing in"),
    }[what]


def progress_line(label: str, part: float) -> str:
    """Return "Copying: 34 %" for ``part`` from 0 to 1, for output without a terminal."""
    return words.tr("{label}: {percent} %").format(label=label, percent=formats.number(int(100 * min(1.0, part))))


def stopped() -> str:
    """Return the message after Ctrl-C."""
    return words.tr("Stopped. What was done until then stays.")


def unforeseen() -> str:
    """Return the message for a bug of this program."""
    return words.tr("Something went wrong that should not. Your library is as it was; the log has the details.")


def candidate_lines(candidates: Sequence[tuple[Ref, Sequence[str]]]) -> str:
    """Return a line "chapter  The Ferry/Salt  9f3a01c2" for each possible row, with its path of titles.

    At most ten lines; the ids are just long enough to differ.
    """
    ids = [ref.id for ref, _ in candidates]
    length = _SHORT_ID
    while length < max(map(len, ids), default=0) and len({row_id[:length] for row_id in ids}) < len(set(ids)):
        length += 1
    lines = [f"{ref.entity.value}  {'/'.join(path)}  {ref.id[:length]}" for ref, path in candidates[:_CANDIDATES]]
    return "\n".join(lines if len(candidates) <= _CANDIDATES else [*lines, "…"])


def nothing_here() -> str:
    """Return the message for an empty library."""
    return words.tr("No project here yet. Make one with: audiodesk project add TITLE")


def not_opened() -> str:
    """Return what a dry run of an import did not do."""
    return words.tr("Nothing was copied, and the files were not opened. What is wrong with them says: audiodesk check")


def nothing_found() -> str:
    """Return the message for an import without files to copy."""
    return words.tr("There is nothing to add there.")


def others_left_out(count: int) -> str:
    """Return the note on files in folders that were left out: hidden ones, and those that are not audio."""
    return words.tr(
        "{count} other files in these folders are left out: hidden, or no audio.",
        "{count} other file in these folders is left out: hidden, or no audio.",
        count,
    ).format(count=formats.number(count))


def unknown_value(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return that ``value`` is none of the allowed values of an option or argument ``name``."""
    return words.tr("{name} cannot be “{value}”; it is one of: {allowed}.").format(
        name=name, value=value, allowed=", ".join(allowed)
    )


def no_whole_number(name: str) -> str:
    """Return that an option or argument ``name`` needs a whole number."""
    return words.tr("{name} needs a whole number.").format(name=name)
