"""The command for the trash: what can be restored, until when, and how to empty it."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.columns import aligned
from audiodesk.cli.output.confirming import DECLINED, Yes, confirmed
from audiodesk.cli.output.documents import trash_item
from audiodesk.cli.output.listing import add_list, answer_of
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.reading import open_to_read
from audiodesk.cli.output.titles import short_id
from audiodesk.composition import open_core
from audiodesk.domain.library.listings import TrashItem
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.library.trash_words import (
    empty_trash_question,
    files_removed_sentence,
    remaining_files_sentence,
    trash_emptied,
    trash_holds,
    trash_is_empty,
    trash_title,
    trash_until,
)
from audiodesk.domain.words.program.command_words import stopped

__all__ = ["app"]

app = typer.Typer(help="The trash: what can be restored, until when.", invoke_without_command=True)


def _list(answer: Answer) -> int:
    """List what lies on top of the trash, newest first."""
    with open_to_read() as core:
        items = core.catalogue.trash()
    answer.document({"items": [trash_item(item) for item in items]})
    answer.lines(aligned([_cells(item) for item in items]))
    if not items:
        answer.note(trash_is_empty())
    return 0


add_list(app, _list, about="List what can be restored, until when.")


@app.command("empty", help="Remove what is in the trash from this computer, for good.")
def empty(
    context: typer.Context,
    *,
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Empty the trash after a yes at the terminal or with --yes; else exit code 2."""
    answer = answer_of(context, as_json=as_json)
    with open_core(face="command") as core, stoppable() as cancel:
        items = core.catalogue.trash()
        takes = sum(item.takes for item in items)
        declined = (
            bool(items)
            and not yes
            and not confirmed(empty_trash_question(len(items), takes, core.catalogue.trash_loss()))
        )
        if declined:
            items = []
        done = core.library.empty_trash([item.ref for item in items], cancel=cancel)
        before = core.upkeep.removed
    files, gone = done.files, set(done.refs)
    answer.document(
        {
            "items": [trash_item(item) for item in items if item.ref in gone],
            "summary": {"removed": done.things, "files_removed": before + files.removed, "files_left": files.remaining},
        }
    )
    if done.things or not before:
        answer.line(trash_emptied(done.things))
    if before:
        answer.line(files_removed_sentence(before))
    if files.remaining:
        answer.note(remaining_files_sentence(files.remaining))
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    if files.error is not None:
        answer.note(error_sentence(files.error))
        return 3
    return DECLINED if declined else 0


def _cells(item: TrashItem) -> tuple[str, str, str, str, str]:
    day = datetime.fromtimestamp(item.until / 1000, UTC).astimezone().date().isoformat()
    path = " / ".join([*(crumb.title for crumb in item.crumbs), trash_title(item)])
    return item.ref.entity, path, trash_holds(item), trash_until(day), short_id(item.ref.id)
