"""Words about an import: what a drop would do, where a file goes, and the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiodesk.domain import words
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.words import formats

if TYPE_CHECKING:  # ``status`` loads this module, and plans no import
    from audiodesk.domain.library.plan import ImportPlan

__all__ = [
    "cut_short_sentence",
    "drop_sentence",
    "drop_target_sentence",
    "import_sentence",
    "new_project_title",
    "no_room_sentence",
    "plan_sentence",
    "where_in_section",
]


def cut_short_sentence() -> str:
    """Return the message after a process ended in the middle of an import, and what to do."""
    return words.tr(
        "The last import was cut short. Add the same files again: what is already there is not added twice."
    )


def new_project_title() -> str:
    """Return the title of a project for files without a folder."""
    return words.tr("New project")


def where_in_section(title: str, number: int) -> str:
    """Return "2.3 The Ferry · take 3"."""
    return words.tr("{section} · take {number}").format(section=title, number=formats.number(number))


def drop_sentence(count: int, entity: Entity | None, title: str = "", next_take: int = 0) -> str:
    """Return what dropping ``count`` things on a row of ``entity`` called ``title`` would do; None: on the window.

    ``next_take`` is the number of the section's next take.
    """
    files = {"count": formats.number(count), "title": title}
    if entity is Entity.SECTION:
        if count == 1:
            return words.tr("Add 1 file as take {number} of “{title}”").format(
                number=formats.number(next_take), title=title
            )
        return words.tr("Add {count} files as takes {first} to {last} of “{title}”").format(
            first=formats.number(next_take), last=formats.number(next_take + count - 1), **files
        )
    if entity is Entity.CHAPTER:
        return words.tr(
            "Add {count} files to “{title}”, each a section", "Add 1 file to “{title}” as a section", count
        ).format(**files)
    if entity is Entity.PROJECT:
        return words.tr(
            "Add {count} items to “{title}”, each a chapter", "Add 1 item to “{title}” as a chapter", count
        ).format(**files)
    return words.tr("Make a project of {count} items", "Make a project of 1 item", count).format(**files)


def drop_target_sentence(title: str) -> str:
    """Return what a drop would do while its size is unknown; without ``title``: on the window."""
    return words.tr("Add to “{title}”").format(title=title) if title else words.tr("Add as a new project")


def plan_sentence(plan: ImportPlan) -> str:
    """Return what the plan would do: "12 files, 148.2 MB · 1 new project, 3 new chapters, 12 new sections"."""
    whole = words.tr("{count} files, {size}", "{count} file, {size}", len(plan.files)).format(
        count=formats.number(len(plan.files)), size=formats.size(plan.size)
    )
    projects, chapters, sections = plan.new_projects, plan.new_chapters, plan.new_sections
    made = [
        text.format(count=formats.number(count))
        for count, text in (
            (projects, words.tr("{count} new projects", "{count} new project", projects)),
            (chapters, words.tr("{count} new chapters", "{count} new chapter", chapters)),
            (sections, words.tr("{count} new sections", "{count} new section", sections)),
        )
        if count
    ]
    return f"{whole} · {', '.join(made)}" if made else whole


def no_room_sentence(plan: ImportPlan) -> str:
    """Return that the disk lacks room for the plan, and what to do; empty if all files fit."""
    if not plan.short_by:
        return ""
    return words.tr(
        "Only {free} is free on the library's disk: {needed} more is needed. Make room first. What does not fit is"
        " listed in Transfers."
    ).format(free=formats.size(plan.free or 0), needed=formats.size(plan.short_by))


def import_sentence(*, added: int, present: int, refused: int, failed: int, cancelled: bool, waiting: int = 0) -> str:
    """Return the result of an import: "11 takes added, 1 already there, 2 not added".

    ``waiting`` of the refused files will be added when they are finished.
    """
    parts = [words.tr("{count} takes added", "{count} take added", added).format(count=formats.number(added))]
    if present:
        parts.append(words.tr("{count} already there").format(count=formats.number(present)))
    if refused + failed - waiting:
        parts.append(words.tr("{count} not added").format(count=formats.number(refused + failed - waiting)))
    if waiting:
        parts.append(
            words.tr("{count} not finished yet", "{count} not finished yet", waiting).format(
                count=formats.number(waiting)
            )
        )
    if cancelled:
        parts.append(words.tr("the rest cancelled"))
    return ", ".join(parts)
