"""The command that prints the tree with takes and states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.documents import take_leaf
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.reading import open_to_read
from audiodesk.cli.output.titles import short_id, take_line
from audiodesk.composition import Core
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.read_model import TreeNode
from audiodesk.domain.words.library.section_words import status_word
from audiodesk.domain.words.program.command_words import nothing_here

__all__ = ["tree"]


def tree(
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Only this project: an id, its beginning, or its title.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Print the tree with takes and states."""
    answer = Answer(as_json=as_json)
    with open_to_read() as core:
        projects = _projects(core, project)
        if as_json:
            answer.document({"projects": [_project_document(core, node) for node in projects]})
            return 0
        for node in projects:
            answer.lines(_project_lines(core, node))
        if not projects:
            answer.note(nothing_here())
    return 0


def _projects(core: Core, project: str | None) -> list[TreeNode]:
    if project is None:
        return list(core.catalogue.children(None))
    node = core.catalogue.node(core.catalogue.resolve(project, Entity.PROJECT))
    if node is None:
        raise UserError("in-trash")
    return [node]


def _project_document(core: Core, project: TreeNode) -> dict[str, Any]:
    takes = core.catalogue.takes_below(project.ref.id)
    # Count repaired halves only where there can be some, which is rare.
    counted = any(
        row.file is not None and row.file.role is FileRole.REPAIRED for rows in takes.values() for row in rows
    )
    chapters = core.catalogue.children(project.ref, counted=counted)
    return {
        "id": project.ref.id,
        "title": project.title,
        "repaired": sum(chapter.repaired for chapter in chapters),
        "chapters": [
            {
                "id": chapter.ref.id,
                "title": chapter.title,
                "repaired": chapter.repaired,
                "sections": [
                    _section_document(core, section, takes.get(section.ref.id, []))
                    for section in core.catalogue.children(chapter.ref, counted=counted)
                ],
            }
            for chapter in chapters
        ],
    }


def _section_document(core: Core, section: TreeNode, takes: list[TakeRow]) -> dict[str, Any]:
    return {
        "id": section.ref.id,
        "title": section.title,
        "status": None if section.status is None else section.status.value,
        "repaired": section.repaired,
        "takes": [take_leaf(core, row) for row in takes],
    }


def _project_lines(core: Core, project: TreeNode) -> Iterator[str]:
    takes = core.catalogue.takes_below(project.ref.id)
    yield _named(project)
    for chapter, is_last_chapter in _with_last(core.catalogue.children(project.ref)):
        yield ("└─ " if is_last_chapter else "├─ ") + _named(chapter)
        stem = "   " if is_last_chapter else "│  "
        for section, is_last_section in _with_last(core.catalogue.children(chapter.ref)):
            yield stem + ("└─ " if is_last_section else "├─ ") + _named(section)
            twig = stem + ("   " if is_last_section else "│  ")
            for row in takes.get(section.ref.id, []):
                yield f"{twig}{take_line(core, row)}"


def _named(node: TreeNode) -> str:
    status = "" if node.status is None else f" · {status_word(node.status)}"
    return f"{node.title}{status}  {short_id(node.ref.id)}"


def _with_last(nodes: list[TreeNode]) -> Iterator[tuple[TreeNode, bool]]:
    for index, node in enumerate(nodes, start=1):
        yield node, index == len(nodes)
