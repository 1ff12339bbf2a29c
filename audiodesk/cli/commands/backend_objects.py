"""The command that copies the bucket's objects into a folder, and back into a project."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Program
from audiodesk.domain.errors import UserError
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.server.object_copy_words import copy_failure, copy_progress, copy_sum, listing_words

if TYPE_CHECKING:
    from audiodesk.domain.server.object_copy import CopyOutcome

__all__ = ["app"]

_NOT_NOW = 3
_BETWEEN_WORDS = 2.0
"""Seconds between two progress lines."""

app = typer.Typer(help="The audio in the bucket: copied into a folder, and back.", no_args_is_help=True)


@app.callback()
def _objects() -> None:
    """Make "copy" a command with a name; typer gives a single command none."""


@app.command("copy", help="Copy the bucket into a folder (--to), or what a folder holds into a project (--from).")
def copy(
    *,
    to: Annotated[Path | None, typer.Option("--to", metavar="FOLDER", help="Copy the bucket into this folder.")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FOLDER", help="Copy what this folder holds into the bucket.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Copy the objects that the target lacks; exit code 3 if one could not be copied."""
    folder = to if source is None else source
    if folder is None or (to is not None and source is not None):
        raise UserError("copy-direction")
    answer = Answer(as_json=as_json)
    last = time.monotonic()

    def tell(outcome: CopyOutcome) -> None:
        nonlocal last
        if time.monotonic() - last >= _BETWEEN_WORDS:
            last = time.monotonic()
            answer.note(copy_progress(outcome))

    with (
        stoppable() as stop,
        Program(face="command") as program,
        program.object_copy(folder, writes=to is not None, tell=tell) as (desk, host),
    ):
        answer.note(listing_words(host))
        outcome = desk.to_folder(stop) if to is not None else desk.from_folder(stop)
        stopped = stop.is_set()
    for key, error in outcome.failures:
        answer.line(shown(copy_failure(key, error_sentence(error))))
    answer.document(_document(outcome))
    answer.line(copy_sum(outcome))
    if stopped:
        return INTERRUPTED
    return _NOT_NOW if outcome.failures else 0


def _document(outcome: CopyOutcome) -> dict[str, Any]:
    return {
        "objects": outcome.objects,
        "summary": {result.value: count for result, count in outcome.counts.items()},
        "copied_bytes": outcome.copied_bytes,
        "failures": [
            {"key": key, "code": error.code, "message": error_sentence(error), "details": error.details}
            for key, error in outcome.failures
        ],
    }
