"""The commands for takes."""

from __future__ import annotations

from typing import Annotated

import typer

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.columns import aligned
from audiodesk.cli.output.documents import take_item
from audiodesk.cli.output.nouns import add_shared_commands, edit_one
from audiodesk.cli.output.options import AnyId, AsJson
from audiodesk.cli.output.titles import take_cells
from audiodesk.composition import open_core
from audiodesk.domain.library.entity import Entity

__all__ = ["app"]

app = typer.Typer(help="Takes of a section: one recording each.", no_args_is_help=True)


@app.command("current", help="Make a take the current one of its section.")
def current(which: AnyId, *, as_json: AsJson = False) -> int:
    """Choose a take and answer with it."""
    return edit_one(Entity.TAKE, which, lambda core, ref: core.library.set_current(ref.id), as_json=as_json)


@app.command("number", help="Give a take another number in its section.")
def number(
    which: AnyId,
    number: Annotated[int, typer.Argument(metavar="N", help="The number, at least 1.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Set a take's number and answer with the take."""
    return edit_one(
        Entity.TAKE, which, lambda core, ref: core.library.set_number(ref.id, number), as_json=as_json, number=number
    )


@app.command("note", help="Print the notes of a take, or write them; an empty text clears them.")
def note(
    which: AnyId,
    text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="The new notes.")] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Set a take's notes and answer with the take; without a text answer with its notes."""
    if text is not None:
        return edit_one(Entity.TAKE, which, lambda core, ref: core.library.set_fields(ref, notes=text), as_json=as_json)
    with open_core(face="command") as core:
        take = core.catalogue.take(core.catalogue.resolve(which, Entity.TAKE).id).row.take
    answer = Answer(as_json=as_json)
    answer.document({"id": take.id, "notes": take.notes})
    answer.lines(shown(line) for line in take.notes.splitlines())
    return 0


@app.command("list", help="List the takes of a section.")
def list_takes(
    section: Annotated[str, typer.Argument(metavar="SECTION", help="An id, its unique beginning, or a title path.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Answer with the takes of a section, oldest first."""
    with open_core(face="command") as core:
        ref = core.catalogue.resolve(section, Entity.SECTION)
        rows = core.catalogue.takes(ref.id)
        answer = Answer(as_json=as_json)
        answer.document({"items": [take_item(core, row) for row in rows]})
        answer.lines(aligned([take_cells(core, row) for row in rows]))
        return 0


add_shared_commands(app, Entity.TAKE)
