"""The properties of a project as lines of text, and what is said of projects with equal titles."""

from __future__ import annotations

from collections.abc import Sequence

from audiodesk.domain import words
from audiodesk.domain.library.entities import Project
from audiodesk.domain.words import formats

__all__ = ["namesakes_note", "one_of_several", "property_lines"]


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


def namesakes_note(this: str, others: Sequence[str]) -> str:
    """Return that other projects have the title of ``this`` one; all are short ids, by which they can be named."""
    return words.tr(
        "There are {count} other projects of this title. Name each by its id: this one {this}, the others {others}",
        "There is another project of this title. Name each by its id: this one {this}, the other {others}",
        len(others),
    ).format(count=formats.number(len(others)), this=this, others=", ".join(others))


def one_of_several(title: str, this: str) -> str:
    """Return into which of several projects with one title an import goes; ``this`` is a short id."""
    return words.tr(
        "Several projects are called “{title}”; this goes into {this}. Name another by its id, with --project."
    ).format(title=title, this=this)
