"""The commands for chapters."""

from __future__ import annotations

from typing import Annotated

import typer

from audiodesk.cli.output.nouns import add_one, add_shared_commands
from audiodesk.cli.output.options import AsJson, BeforeId, NewTitle
from audiodesk.domain.library.entity import Entity

__all__ = ["app"]

app = typer.Typer(help="Chapters of a project.", no_args_is_help=True)


@app.command("add", help="Make a chapter in a project.")
def add(
    title: NewTitle,
    project: Annotated[str, typer.Option("--project", metavar="P", help="The project it belongs to.")],
    before: BeforeId = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Make a chapter and answer with it."""
    return add_one(
        Entity.CHAPTER,
        project,
        before,
        lambda core, parent_id, follower: core.library.add_chapter(parent_id, title, before=follower),
        as_json=as_json,
    )


add_shared_commands(app, Entity.CHAPTER)
