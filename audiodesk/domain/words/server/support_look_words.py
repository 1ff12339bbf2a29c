"""Sentences about support's looks at the person's storage."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.server.support_looks import SupportLooks, Visit, visits
from audiodesk.domain.words import formats

__all__ = ["look_lines", "look_names"]

_SHOWN = 3


def look_lines(looks: SupportLooks) -> list[str]:
    """Return two lines for each of the latest visits, and one for earlier ones; empty without any look."""
    found = visits(looks.looks)
    lines = [line for visit in found[:_SHOWN] for line in (_visit(visit), _ids(visit))]
    earlier = len(found) - _SHOWN
    if looks.more:
        lines.append(_at_least(earlier))
    elif earlier > 0:
        lines.append(words.tr("… and {count} earlier").format(count=formats.number(earlier)))
    return lines


def _at_least(earlier: int) -> str:
    if earlier <= 0:
        return words.tr("… and earlier ones")
    return words.tr("… and at least {count} earlier").format(count=formats.number(earlier))


def look_names(visit: Visit) -> str:
    """Return what was looked at: "usage, problems"."""
    names = {"usage": words.tr("usage"), "problems": words.tr("problems"), "files": words.tr("files")}
    return ", ".join(names.get(what, what) for what in visit.whats)


def _visit(visit: Visit) -> str:
    return words.tr("Support looked at your storage on {when}: {what}").format(
        when=f"{visit.moment.astimezone():%Y-%m-%d %H:%M}",
        what=look_names(visit),
    )


def _ids(visit: Visit) -> str:
    ids = visit.ids
    return "  " + words.tr(
        "The operator can find out who it was, by these ids: {ids}",
        "The operator can find out who it was, by this id: {ids}",
        len(ids),
    ).format(ids=", ".join(ids))
