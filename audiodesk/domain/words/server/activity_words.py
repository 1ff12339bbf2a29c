"""Makes the lines of Activity: what came, what was refused, what waits for a choice, and who of support looked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from audiodesk.domain import words
from audiodesk.domain.library.activity_line import ActivityAct, ActivityKind, ActivityLine
from audiodesk.domain.library.conflict import Conflict
from audiodesk.domain.library.sync_activity import Activity, Happened, RefusedChange
from audiodesk.domain.server.support_looks import SupportLook, Visit, visits
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.support_look_words import look_names
from audiodesk.domain.words.server.sync_words import activity_sentence, refused_sentence

__all__ = ["conflict_lines", "entry_lines", "in_order", "look_lines", "refused_lines", "refused_text"]

_KINDS: dict[Happened, ActivityKind] = {
    Happened.CAME: ActivityKind.CHANGED,
    Happened.FIRST_SYNC: ActivityKind.SYNCED,
    Happened.BROUGHT_BACK: ActivityKind.BROUGHT_BACK,
    Happened.EMPTIED: ActivityKind.EMPTIED,
    Happened.RECOVERED: ActivityKind.SYNCED,
    Happened.TRASH_DUE: ActivityKind.EMPTIED,
    Happened.TRASH_EMPTIED: ActivityKind.EMPTIED,
    Happened.TRASH_LEFT: ActivityKind.EMPTIED,
}
_ELSEWHERE = frozenset({Happened.CAME, Happened.BROUGHT_BACK, Happened.EMPTIED})
_SHOWN = frozenset({Happened.CAME, Happened.BROUGHT_BACK})
"""What these are about can be shown."""


def entry_lines(entries: Iterable[Activity]) -> list[ActivityLine]:
    """Return a line for each entry; its id is "entry:" and the position."""
    return [_entry(entry) for entry in entries]


def refused_lines(refused: Iterable[tuple[RefusedChange, Sequence[str]]]) -> list[ActivityLine]:
    """Return a line for each refused change with its titles, from the project down; the id is "refused:" and its id."""
    return [
        ActivityLine(
            id=f"refused:{change.change_id}",
            at=change.at,
            computer=words.tr("This computer"),
            kind=ActivityKind.REFUSED,
            sentence=words.tr("“{title}” was not taken over. {reason}").format(
                title=path[-1] if path else change.ref.id, reason=refused_sentence(change)
            ),
            acts=(ActivityAct.RETRY, ActivityAct.COPY),
        )
        for change, path in refused
    ]


def conflict_lines(conflicts: Iterable[Conflict]) -> list[ActivityLine]:
    """Return a line for each section with several new takes; the id is "conflict:" and the section's."""
    lines = []
    for conflict in conflicts:
        newest = max(conflict.takes, key=lambda take: take.at)
        sentence = words.tr("{count} new takes for “{title}”", "{count} new take for “{title}”", len(conflict.takes))
        lines.append(
            ActivityLine(
                id=f"conflict:{conflict.section.id}",
                at=newest.at,
                computer=newest.computer,
                kind=ActivityKind.CONFLICT,
                sentence=sentence.format(count=formats.number(len(conflict.takes)), title=conflict.title),
                acts=(ActivityAct.CHOOSE,),
                is_elsewhere=True,
            )
        )
    return lines


def look_lines(looks: Sequence[SupportLook]) -> list[ActivityLine]:
    """Return a line for each visit of support; the id is "look:" and that of its first look."""
    return [_visit(visit) for visit in visits(looks)]


def in_order(lines: Iterable[ActivityLine]) -> list[ActivityLine]:
    """Return the lines, newest first."""
    return sorted(lines, key=lambda line: line.at, reverse=True)


def refused_text(change: RefusedChange, path: Sequence[str]) -> str:
    """Return what was typed and why it was refused, as a text to copy."""
    typed = [
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in change.fields.items()
    ]
    reason = refused_sentence(change)
    said = [] if change.message in ("", reason) else [change.message]
    return "\n".join([" › ".join(path), *typed, reason, *said]).strip()


def _entry(entry: Activity) -> ActivityLine:
    kind = _KINDS[entry.what]
    if entry.what is Happened.CAME and entry.params.get("takes"):
        kind = ActivityKind.ADDED
    return ActivityLine(
        id=f"entry:{entry.position}",
        at=entry.at,
        computer=entry.device_title,
        kind=kind,
        sentence=activity_sentence(entry),
        acts=(ActivityAct.SHOW,) if entry.ref is not None and entry.what in _SHOWN else (),
        is_elsewhere=entry.what in _ELSEWHERE,
    )


def _visit(visit: Visit) -> ActivityLine:
    return ActivityLine(
        id=f"look:{visit.looks[0].id}",
        at=int(visit.moment.timestamp() * 1000),
        computer=words.tr("Support"),
        kind=ActivityKind.LOOKED,
        sentence=words.tr("Support looked at your storage: {what}").format(what=look_names(visit)),
        is_elsewhere=True,
    )
