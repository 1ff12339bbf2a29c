"""Lines of Activity beside those of sync: what waits for a choice, and who of support looked; and texts to copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from audiodesk.domain import words
from audiodesk.domain.library.conflict import Conflict
from audiodesk.domain.server.support_looks import SupportLook, Visit, visits
from audiodesk.domain.sync.activity import RefusedChange
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind, ActivityLine
from audiodesk.domain.words import formats
from audiodesk.domain.words.server.support_look_words import look_names
from audiodesk.domain.words.server.sync_words import refused_sentence

__all__ = ["conflict_lines", "look_lines", "refused_text"]


def conflict_lines(conflicts: Iterable[Conflict]) -> list[ActivityLine]:
    """Return a line for each section with several new takes; its id is the section's."""
    lines = []
    for conflict in conflicts:
        newest = max(conflict.takes, key=lambda take: take.at)
        sentence = words.tr("{count} new takes for “{title}”", "{count} new take for “{title}”", len(conflict.takes))
        lines.append(
            ActivityLine(
                id=conflict.section.id,
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
    """Return a line for each visit of support; its id is that of the first look."""
    return [_visit(visit) for visit in visits(looks)]


def refused_text(change: RefusedChange, path: Sequence[str]) -> str:
    """Return what was typed and why it was refused, as a text to copy; ``path`` are titles, from the project down."""
    typed = [
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in change.fields.items()
    ]
    reason = refused_sentence(change)
    said = [] if change.message in ("", reason) else [change.message]
    return "\n".join([" › ".join(path), *typed, reason, *said]).strip()


def _visit(visit: Visit) -> ActivityLine:
    return ActivityLine(
        id=visit.looks[0].id,
        at=int(visit.moment.timestamp() * 1000),
        computer=words.tr("Support"),
        kind=ActivityKind.LOOKED,
        sentence=words.tr("Support looked at your storage: {what}").format(what=look_names(visit)),
        is_elsewhere=True,
    )
