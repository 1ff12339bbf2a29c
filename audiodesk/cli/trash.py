"""The command for the trash: what can be restored, until when, and how to empty it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from audiodesk.cli.answer import Answer
from audiodesk.cli.documents import trash_item
from audiodesk.cli.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.options import AsJson
from audiodesk.cli.titles import short_id
from audiodesk.composition import open_core
from audiodesk.domain.command_words import stopped
from audiodesk.domain.error_words import error_sentence
from audiodesk.domain.errors import UserError
from audiodesk.domain.trash_words import (
    empty_trash_question,
    files_left_sentence,
    files_removed_sentence,
    trash_emptied,
    trash_is_empty,
    trash_until,
)

__all__ = ["app"]

app = typer.Typer(help="The trash: what can be restored, until when.", invoke_without_command=True)


@app.callback()
def trash(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the trash where nothing else is asked."""
    context.obj = as_json
    if context.invoked_subcommand is None:
        raise typer.Exit(_list(as_json=as_json))


@app.command("list", help="List what can be restored, until when.")
def list_trash(context: typer.Context, *, as_json: AsJson = False) -> int:
    """List what lies on top of the trash, newest first."""
    return _list(as_json=as_json or bool(context.obj))


@app.command("empty", help="Remove what is in the trash from this computer, for good.")
def empty(
    context: typer.Context,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> int:
    """Empty the trash; a person at a terminal is asked first, and without either nothing is removed."""
    answer = Answer(as_json=as_json or bool(context.obj))
    with open_core(face="command") as core, stoppable() as cancel:
        items = core.catalogue.trash()
        if items and not yes and not _confirmed(len(items)):
            items = []
        done = core.library.empty_trash([item.ref for item in items], cancel=cancel)
        before = core.upkeep.removed
    files = done.files
    answer.document(
        {
            "items": [trash_item(item) for item in items],
            "summary": {"removed": done.things, "files_removed": before + files.removed, "files_left": files.left},
        }
    )
    if done.things or not before:
        answer.line(trash_emptied(done.things))
    if before:
        answer.line(files_removed_sentence(before))
    if files.left:
        answer.note(files_left_sentence(files.left))
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    if files.error is not None:
        answer.note(error_sentence(files.error))
        return 3
    return 0


def _confirmed(count: int) -> bool:
    """Ask the person at the terminal; where there is none, raise UserError("not-confirmed")."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError("not-confirmed")
    return typer.confirm(empty_trash_question(count), err=True)


def _list(*, as_json: bool) -> int:
    answer = Answer(as_json=as_json)
    with open_core(face="command") as core:
        items = core.catalogue.trash()
        answer.document({"items": [trash_item(item) for item in items]})
        for item in items:
            day = datetime.fromtimestamp(item.until / 1000, UTC).astimezone().date().isoformat()
            path = " / ".join([*(crumb.title for crumb in item.crumbs), item.title])
            answer.line(f"{item.ref.entity}  {path}  {trash_until(day)}  {short_id(item.ref.id)}")
        if not items:
            answer.note(trash_is_empty())
    return 0
