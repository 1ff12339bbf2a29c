"""The properties of a project as lines of text."""

from __future__ import annotations

from audiodesk.domain import words
from audiodesk.domain.library.entities import Project

__all__ = ["property_lines"]


def property_lines(project: Project, *, has_cover: bool) -> list[str]:
    """Return the title, a line such as "Author: Ada" for each property that is set, then the notes."""
    named = [
        (words.tr("Author"), project.author),
        (words.tr("Narrator"), project.narrator),
        (words.tr("Language"), project.language),
        (words.tr("Cover"), words.tr("yes") if has_cover else ""),
    ]
    lines = [project.title]
    lines += [words.tr("{name}: {value}").format(name=name, value=value) for name, value in named if value]
    if project.notes:
        lines += ["", *project.notes.splitlines()]
    return lines
