"""The entries of Activity in words: what came from other computers, and what it put in the place of something here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.sync.activity import Activity, Happened, RefusedChange
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind, ActivityLine
from audiodesk.domain.words import formats
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.domain.words.server.sync_words import refused_sentence

__all__ = ["activity_lines", "activity_sentence", "former_text", "news_line"]

_HAPPENED: dict[Happened, str] = {
    Happened.RENAMED: words.QT_TR_NOOP("Renamed to “{title}”; here it was “{former}”."),
    Happened.CHOSEN: words.QT_TR_NOOP("Take {number} of “{title}” is the current take now; here it was take {former}."),
    Happened.TRASHED: words.QT_TR_NOOP("“{title}” was moved to the trash."),
    Happened.SAME_TITLE: words.QT_TR_NOOP("A second “{title}” came. Both are kept."),
    Happened.FIRST_SYNC: words.QT_TR_NOOP("Your library came to this computer."),
    Happened.EMPTIED: words.QT_TR_NOOP("“{title}” was emptied out of the trash on another computer."),
    Happened.RECOVERED: words.QT_TR_NOOP("The server was restored from a backup; what it had lost was sent again."),
    Happened.TRASH_DUE: words.QT_TR_NOOP("“{title}” lies in the trash for 30 days and is emptied tomorrow."),
    Happened.TRASH_EMPTIED: words.QT_TR_NOOP("“{title}” was emptied out of the trash after 30 days."),
    Happened.TRASH_LEFT: words.QT_TR_NOOP(
        "“{title}” lies in the trash for 30 days. It stays there, because its audio is still in the cloud."
    ),
}
_RENAMED: dict[Entity, str] = {
    Entity.PROJECT: words.QT_TR_NOOP("Project renamed to “{title}”; here it was “{former}”."),
    Entity.CHAPTER: words.QT_TR_NOOP("Chapter renamed to “{title}”; here it was “{former}”."),
    Entity.SECTION: words.QT_TR_NOOP("Section renamed to “{title}”; here it was “{former}”."),
    Entity.TAKE: words.QT_TR_NOOP("Take renamed to “{title}”; here it was “{former}”."),
}
_SAME_TITLE: dict[Entity, str] = {
    Entity.PROJECT: words.QT_TR_NOOP("A second project called “{title}” came. Both are kept."),
    Entity.CHAPTER: words.QT_TR_NOOP("A second chapter called “{title}” came. Both are kept."),
    Entity.SECTION: words.QT_TR_NOOP("A second section called “{title}” came. Both are kept."),
}
_REPLACED: dict[str, str] = {
    "cover": words.QT_TR_NOOP("The cover of “{title}” was replaced by another one."),
    "no-cover": words.QT_TR_NOOP("The cover of “{title}” was removed."),
    "author": words.QT_TR_NOOP("The author of “{title}” was changed; here it was “{former}”."),
    "narrator": words.QT_TR_NOOP("The narrator of “{title}” was changed; here it was “{former}”."),
    "notes": words.QT_TR_NOOP("The notes on “{title}” were changed; here they were “{former}”."),
    "status": words.QT_TR_NOOP("The status of “{title}” was changed; here it was “{former}”."),
}
_LONGEST = 80
"""Characters of a former text in a line; all of it can be copied."""


def activity_sentence(entry: Activity, device_id: str = "") -> str:
    """Return an entry as a sentence, with the computer that it came from if that is known.

    ``device_id`` is this computer, which is called "here".
    """
    params = {"title": "", "former": "", "number": "", **entry.params}
    if entry.what is Happened.CAME:
        return _came(entry, params)
    if entry.what is Happened.BROUGHT_BACK:
        if entry.device_id and entry.device_id == device_id:
            return words.tr("“{title}” came back from the trash, because it was edited here.").format_map(params)
        template = words.tr("“{title}” was brought back from the trash on {computer}.")
        return template.format(title=params["title"], computer=_computer(entry))
    if entry.what is Happened.REPLACED:
        return _replaced(params)
    entity = None if entry.ref is None else entry.ref.entity
    if entry.what is Happened.RENAMED and entity in _RENAMED:
        return words.tr(_RENAMED[entity]).format_map(params)
    if entry.what is Happened.SAME_TITLE and entity in _SAME_TITLE:
        return words.tr(_SAME_TITLE[entity]).format_map(params)
    text = words.tr(_HAPPENED[entry.what]).format_map(params)
    files = params.get("files")
    if entry.what is Happened.EMPTIED and isinstance(files, int) and files:
        removed = words.tr(
            "{count} files were removed from this computer.", "{count} file was removed from this computer.", files
        )
        return f"{text} {removed.format(count=formats.number(files))}"
    return text


def news_line(entry: Activity, device_id: str) -> str:
    """Return an entry as a line of its own, with the computer in front where the sentence does not name it."""
    sentence = activity_sentence(entry, device_id)
    if entry.what not in _UNNAMED or entry.device_id in (None, device_id):
        return sentence
    return words.tr("{computer}: {sentence}").format(computer=_computer(entry), sentence=sentence)


def activity_lines(
    entries: Sequence[Activity], refused: Sequence[tuple[RefusedChange, tuple[str, ...]]], device_id: str
) -> list[ActivityLine]:
    """Return the page of Activity, newest first: entries, and refused changes with the titles of their rows.

    ``device_id`` is this computer. A line's ``id`` is the entry's position or the refused change's id.
    """
    lines = [
        ActivityLine(
            id=str(entry.position),
            at=entry.at,
            computer=entry.device_title,
            kind=ActivityKind.ADDED if entry.params.get("takes") else _KINDS[entry.what],
            sentence=activity_sentence(entry, device_id),
            acts=_acts(entry),
            is_elsewhere=entry.device_id not in (None, device_id),
        )
        for entry in entries
    ]
    lines += [
        ActivityLine(
            id=found.change_id,
            at=found.at,
            computer="",
            kind=ActivityKind.REFUSED,
            sentence=": ".join([*path[-1:], refused_sentence(found)]),
            acts=(ActivityAct.RETRY, ActivityAct.COPY),
        )
        for found, path in refused
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def former_text(entry: Activity) -> str:
    """Return what stood here before another computer replaced it, as a text to copy."""
    return _former(entry.params)


def _came(entry: Activity, params: Mapping[str, str | int]) -> str:
    takes, changes = int(params.get("takes", 0)), int(params.get("changes", 0))
    parts = []
    if takes:
        parts.append(words.tr("{count} new takes", "{count} new take", takes).format(count=formats.number(takes)))
    if changes or not parts:
        parts.append(words.tr("{count} changes", "{count} change", changes).format(count=formats.number(changes)))
    template = words.tr("{parts} in “{title}” from {computer}.")
    return template.format(parts=", ".join(parts), title=params["title"], computer=_computer(entry))


def _computer(entry: Activity) -> str:
    return entry.device_title or words.tr("another computer")


def _acts(entry: Activity) -> tuple[ActivityAct, ...]:
    show = (ActivityAct.SHOW,) if entry.ref is not None and entry.what in _SHOWN else ()
    return (*show, ActivityAct.COPY) if entry.what is Happened.REPLACED and _former(entry.params) else show


def _former(params: Mapping[str, str | int]) -> str:
    former = str(params.get("former", ""))
    if params.get("field") == "status" and former in _STATUS:
        return status_word(SectionStatus(former))
    return former


def _replaced(params: Mapping[str, str | int]) -> str:
    line = " ".join(_former(params).split())
    former = line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}…"
    template = _REPLACED.get(str(params.get("field", "")), _CHANGED)
    return words.tr(template).format_map({**params, "former": former})


_KINDS = {
    Happened.CAME: ActivityKind.CHANGED,
    Happened.RENAMED: ActivityKind.CHANGED,
    Happened.REPLACED: ActivityKind.CHANGED,
    Happened.CHOSEN: ActivityKind.CHANGED,
    Happened.TRASHED: ActivityKind.EMPTIED,
    Happened.SAME_TITLE: ActivityKind.ADDED,
    Happened.FIRST_SYNC: ActivityKind.SYNCED,
    Happened.BROUGHT_BACK: ActivityKind.BROUGHT_BACK,
    Happened.EMPTIED: ActivityKind.EMPTIED,
    Happened.RECOVERED: ActivityKind.SYNCED,
    Happened.TRASH_DUE: ActivityKind.EMPTIED,
    Happened.TRASH_EMPTIED: ActivityKind.EMPTIED,
    Happened.TRASH_LEFT: ActivityKind.EMPTIED,
}
_SHOWN = frozenset(
    {
        Happened.CAME,
        Happened.BROUGHT_BACK,
        Happened.RENAMED,
        Happened.REPLACED,
        Happened.CHOSEN,
        Happened.SAME_TITLE,
    }
)
_UNNAMED = frozenset({Happened.RENAMED, Happened.REPLACED, Happened.CHOSEN, Happened.TRASHED, Happened.SAME_TITLE})
"""Kinds whose sentence does not say which computer it was."""
_STATUS = frozenset(status.value for status in SectionStatus)
_CHANGED = words.QT_TR_NOOP("“{title}” was changed; here it was “{former}”.")
