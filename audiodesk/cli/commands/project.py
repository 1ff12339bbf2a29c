"""The commands for projects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audiodesk.cli.frame.interrupt import stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.nouns import add_shared_commands, open_for_edit, touched
from audiodesk.cli.output.options import AnyId, AsJson, NewTitle
from audiodesk.composition import open_core
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.words.library.project_words import property_lines

__all__ = ["app"]

app = typer.Typer(help="Projects: a book each.", no_args_is_help=True)


@app.command("add", help="Make a project.")
def add(
    title: NewTitle,
    *,
    author: Annotated[str, typer.Option(help="Who wrote it.")] = "",
    narrator: Annotated[str, typer.Option(help="Who reads it.")] = "",
    language: Annotated[str, typer.Option(help="A language tag, such as de or pt-BR.")] = "",
    notes: Annotated[str, typer.Option(help="Anything to remember.")] = "",
    as_json: AsJson = False,
) -> int:
    """Make a project and answer with it."""
    with open_for_edit() as core:
        ref = core.library.add_project(title, author=author, narrator=narrator, language=language, notes=notes)
        return touched(core, ref, as_json=as_json, is_named=True)


@app.command("set", help="Set a project's properties; what is not named stays as it is.")
def set_properties(
    which: AnyId,
    *,
    title: Annotated[str | None, typer.Option(help="Its title.")] = None,
    author: Annotated[str | None, typer.Option(help="Who wrote it.")] = None,
    narrator: Annotated[str | None, typer.Option(help="Who reads it.")] = None,
    language: Annotated[str | None, typer.Option(help="A language tag, such as de or pt-BR.")] = None,
    notes: Annotated[str | None, typer.Option(help="Anything to remember.")] = None,
    cover: Annotated[
        str | None, typer.Option(metavar="FILE", help="A PNG or JPEG picture; it is made small enough.")
    ] = None,
    no_cover: Annotated[bool, typer.Option("--no-cover", help="Remove the cover.")] = False,
    as_json: AsJson = False,
) -> int:
    """Set what is given and answer with the project; nothing is changed if the picture cannot be used."""
    given = {"title": title, "author": author, "narrator": narrator, "language": language, "notes": notes}
    fields = {name: text for name, text in given.items() if text is not None}
    if cover is not None and no_cover:
        raise UserError("cover-or-none")
    if not fields and cover is None and not no_cover:
        raise UserError("nothing-to-set")
    with open_for_edit() as core, stoppable() as cancel:
        ref = core.catalogue.resolve(which, Entity.PROJECT)
        picture = None if cover is None else core.program.checker.cover(Path(cover), cancel=cancel)
        if fields:
            core.library.set_fields(ref, **fields)
        if picture is not None:
            core.library.set_cover(ref.id, picture.mime, picture.data)
        elif no_cover:
            core.library.set_cover(ref.id, None, None)
        return touched(core, ref, as_json=as_json, is_named=title is not None)


@app.command("show", help="Print a project's properties and notes.")
def show(which: AnyId, *, as_json: AsJson = False) -> int:
    """Answer with a project's properties; ``cover`` tells whether it has one."""
    with open_core(face="command") as core:
        ref = core.catalogue.resolve(which, Entity.PROJECT)
        project, cover = core.catalogue.project(ref.id)
    answer = Answer(as_json=as_json)
    properties = {name: getattr(project, name) for name in ("title", "author", "narrator", "language", "notes")}
    answer.document({"id": project.id, **properties, "cover": cover is not None})
    answer.lines(shown(line) for line in property_lines(project, has_cover=cover is not None))
    return 0


add_shared_commands(app, Entity.PROJECT)
