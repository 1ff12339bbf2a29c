"""The command for the trash: what can be restored, until when, and how to empty it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from audiodesk.cli.answer import Answer
from audiodesk.cli.documents import trash_item
from audiodesk.cli.options import AsJson
from audiodesk.cli.titles import short_id
from audiodesk.composition import open_core
from audiodesk.domain.command_words import empty_trash_question, trash_emptied, trash_is_empty, trash_until

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
    """Empty the trash; a person at a terminal is asked first."""
    answer = Answer(as_json=as_json or bool(context.obj))
    with open_core(face="command") as core:
        items = core.catalogue.trash()
        asks = items and not yes and sys.stdin is not None and sys.stdin.isatty()
        if asks and not typer.confirm(empty_trash_question(len(items)), err=True):
            items = []
        removed = 0
        if items:
            removed = core.library.empty_trash([item.ref for item in items])
        answer.document({"items": [trash_item(item) for item in items], "summary": {"removed": removed}})
        answer.line(trash_emptied(removed))
        return 0


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
