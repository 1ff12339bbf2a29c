"""Words about the trash, emptying it, and files that stay on the disk afterwards."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TRASH_DAYS, TrashItem, TrashLoss
from audiodesk.domain.words import formats

__all__ = [
    "can_be_restored",
    "empty_trash_question",
    "empty_trash_warning",
    "emptying_stopped",
    "files_removed_sentence",
    "keep_word",
    "remaining_files_sentence",
    "taken_away",
    "trash_emptied",
    "trash_holds",
    "trash_is_empty",
    "trash_title",
    "trash_until",
]


def empty_trash_warning(count: int, takes: int, loss: TrashLoss) -> str:
    """Return what emptying removes: things, the takes in them, audio, and what is lost on other computers."""
    warning = _what_goes(count, takes, loss.size)
    if not loss.elsewhere:
        return warning
    elsewhere = words.tr(
        "{count} takes have their only audio on another computer; it is lost there too.",
        "{count} take has its only audio on another computer; it is lost there too.",
        loss.elsewhere,
    )
    return f"{warning} {elsewhere.format(count=formats.number(loss.elsewhere))}"


def _what_goes(count: int, takes: int, size: int) -> str:
    things = words.tr("{count} things", "{count} thing", count).format(count=formats.number(count))
    if not takes and not size:
        return words.tr("{things} without takes would be gone; this cannot be undone.").format(things=things)
    held = words.tr("{count} takes", "{count} take", takes).format(count=formats.number(takes))
    return words.tr("{things} with {takes} and {size} of audio would be gone; this cannot be undone.").format(
        things=things, takes=held, size=formats.size(size)
    )


def empty_trash_question(count: int, takes: int, loss: TrashLoss) -> str:
    """Return the question before things are deleted for good; see ``empty_trash_warning``."""
    warning = empty_trash_warning(count, takes, loss)
    return words.tr("{warning} Remove for good?").format(warning=warning)


def can_be_restored(noun: Entity, row_id: str) -> str:
    """Return how a terminal brings back what has just been put into the trash."""
    command = f"audiodesk {noun} restore {row_id}"
    return words.tr("In the trash for {days} days; bring it back by {command}").format(
        days=formats.number(TRASH_DAYS), command=command
    )


def trash_title(item: TrashItem) -> str:
    """Return the title of a row in the trash; of a take also its file's name, because every section has a Take 1."""
    return f"{item.title} · {item.file_name}" if item.file_name else item.title


def trash_holds(item: TrashItem) -> str:
    """Return how many takes a row in the trash has and how large they are; empty if it has none."""
    if not item.takes:
        return ""
    takes = words.tr("{count} takes", "{count} take", item.takes).format(count=formats.number(item.takes))
    return f"{takes} · {formats.size(item.size)}"


def keep_word(count: int) -> str:
    """Return the answer that keeps ``count`` things."""
    return words.tr("Keep them", "Keep it", count)


def trash_emptied(count: int) -> str:
    """Return the message after the trash was emptied."""
    if not count:
        return words.tr("Nothing was removed.")
    return words.tr("{count} things removed for good.", "{count} thing removed for good.", count).format(
        count=formats.number(count)
    )


def emptying_stopped(count: int) -> str:
    """Return the message after the emptying was cancelled, with ``count`` things deleted."""
    if not count:
        return words.tr("Cancelled. Everything is still in the trash.")
    return words.tr(
        "Cancelled. {count} things were removed for good, the others are still in the trash.",
        "Cancelled. {count} thing was removed for good, the others are still in the trash.",
        count,
    ).format(count=formats.number(count))


def trash_is_empty() -> str:
    """Return the message if nothing can be restored."""
    return words.tr("The trash is empty.")


def trash_until(day: str) -> str:
    """Return the last day in the trash; ``day`` as 2026-12-23."""
    return words.tr("until {day}").format(day=day)


def remaining_files_sentence(count: int) -> str:
    """Return the message that recordings left the list but are still on the disk."""
    return words.tr(
        "{count} recordings are still to be removed from the disk; AudioDesk goes on with them when it starts next.",
        "{count} recording is still to be removed from the disk; AudioDesk goes on with it when it starts next.",
        count,
    ).format(count=formats.number(count))


def files_removed_sentence(count: int) -> str:
    """Return the message that recordings of an earlier emptying were now removed from the disk."""
    return words.tr(
        "{count} recordings that were emptied out of the trash before have now been removed from the disk.",
        "{count} recording that was emptied out of the trash before has now been removed from the disk.",
        count,
    ).format(count=formats.number(count))


def taken_away(title: str, count: int) -> str:
    """Return that what was chosen went to the trash elsewhere; ``title`` is that of the first of ``count`` rows."""
    if count == 1:
        return words.tr("“{title}”, which was chosen, was moved to the trash elsewhere.").format(title=title)
    return words.tr(
        "“{title}” and {count} more, which were chosen, were moved to the trash elsewhere.",
        "“{title}” and {count} more, which were chosen, were moved to the trash elsewhere.",
        count - 1,
    ).format(title=title, count=formats.number(count - 1))
