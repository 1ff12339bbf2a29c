"""The commands for projects."""

from __future__ import annotations

from typing import Annotated

import typer

from audiodesk.cli.output.nouns import add_shared_commands, open_for_edit, touched
from audiodesk.cli.output.options import AsJson, NewTitle
from audiodesk.domain.library.entity import Entity

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
        return touched(core, ref, as_json=as_json)


add_shared_commands(app, Entity.PROJECT)
