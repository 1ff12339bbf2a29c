"""The commands for sections."""

from __future__ import annotations

from typing import Annotated

import typer

from audiodesk.cli.output.nouns import add_one, add_shared_commands, edit_one
from audiodesk.cli.output.options import AnyId, AsJson, BeforeId, NewTitle
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.section_status import SectionStatus

__all__ = ["app"]

app = typer.Typer(help="Sections of a chapter.", no_args_is_help=True)


@app.command("add", help="Make a section in a chapter.")
def add(
    title: NewTitle,
    chapter: Annotated[str, typer.Option("--chapter", metavar="C", help="The chapter it belongs to.")],
    before: BeforeId = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Make a section and answer with it."""
    return add_one(
        Entity.SECTION,
        chapter,
        before,
        lambda core, parent_id, follower: core.library.add_section(parent_id, title, before=follower),
        as_json=as_json,
    )


@app.command("status", help="Say what you know of a section: to_record, recorded, retake or approved.")
def status(
    which: AnyId,
    status: Annotated[SectionStatus, typer.Argument(metavar="STATUS", help="What it is now.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Set a section's status and answer with the section."""
    return edit_one(
        Entity.SECTION,
        which,
        lambda core, ref: core.library.set_status([ref], status),
        as_json=as_json,
        status=status.value,
    )


add_shared_commands(app, Entity.SECTION)
