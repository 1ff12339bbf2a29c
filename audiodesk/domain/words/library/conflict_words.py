"""Sentences about new takes from several computers: how they differ, and which one is kept."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.conflict import Conflict, ConflictTake, Keep
from audiodesk.domain.words import formats

__all__ = [
    "choice_hint",
    "conflict_explained",
    "conflict_line",
    "difference",
    "keep_words",
    "level_words",
    "not_here",
]


def conflict_explained() -> str:
    """Return why there is a question."""
    return words.tr(
        "Two computers recorded this section before they heard of each other. Both takes are kept; say which one is "
        "current."
    )


def conflict_line(conflict: Conflict) -> str:
    """Return a section's new takes with their computers: "2 new takes: 2 from Studio PC, 2b from Jo's laptop"."""
    takes = ", ".join(
        words.tr("{number} from {computer}").format(number=take.number, computer=take.computer)
        for take in conflict.takes
    )
    count = len(conflict.takes)
    template = words.tr("{count} new takes: {takes}", "{count} new take: {takes}", count)
    return template.format(count=formats.number(count), takes=takes)


def choice_hint() -> str:
    """Return how a person chooses between new takes at the command line."""
    return words.tr("Choose the take to keep in the window, or with: audiodesk take current TAKE")


def not_here(take: ConflictTake) -> str:
    """Return why a take cannot be heard on this computer."""
    return words.tr("Take {number} cannot be heard here: its audio is on {computer}.").format(
        number=take.number, computer=take.computer
    )


def level_words(take: ConflictTake) -> str:
    """Return "−20.6 dB RMS · peak −4.2 dB"; empty if it was not measured."""
    parts = []
    if take.rms_db is not None:
        parts.append(words.tr("{level} dB RMS").format(level=_db(take.rms_db)))
    if take.peak_db is not None:
        parts.append(words.tr("peak {level} dB").format(level=_db(take.peak_db)))
    return " · ".join(parts)


def difference(take: ConflictTake, other: ConflictTake) -> str:
    """Return how ``take`` differs from the other one: "6 s shorter · 1.7 dB louder"; empty if they are alike.

    It is the difference of the lengths and levels as they are shown, whose parts of a second are cut.
    """
    parts = []
    seconds = formats.whole_seconds(take.seconds) - formats.whole_seconds(other.seconds)
    if seconds:
        template = words.tr("{seconds} s longer") if seconds > 0 else words.tr("{seconds} s shorter")
        parts.append(template.format(seconds=formats.number(abs(seconds))))
    if take.rms_db is not None and other.rms_db is not None:
        louder = round(round(take.rms_db, 1) - round(other.rms_db, 1), 1)
        if louder:
            template = words.tr("{level} dB louder") if louder > 0 else words.tr("{level} dB quieter")
            parts.append(template.format(level=formats.number(abs(louder), 1)))
    return " · ".join(parts)


def keep_words(keep: Keep, computer: str = "") -> str:
    """Return the rule as a choice: "Studio PC's", "the newer", "the longer"."""
    if keep is Keep.COMPUTER:
        return words.tr("{computer}'s").format(computer=computer)
    return words.tr("the newer") if keep is Keep.NEWER else words.tr("the longer")


def _db(level: float) -> str:
    return formats.number(level, 1).replace("-", "−")
