"""The commands for recordings in the vault that no book knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from audiodesk.cli.commands.importing import decode_what_is_pending
from audiodesk.cli.commands.recover_library import recover_library
from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.columns import aligned
from audiodesk.cli.output.confirming import DECLINED, Yes, confirmed
from audiodesk.cli.output.documents import imported_file
from audiodesk.cli.output.listing import add_list, answer_of
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.cli.output.reading import open_to_read
from audiodesk.cli.output.titles import short_id
from audiodesk.composition import Core, open_core
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.found import FoundRecording
from audiodesk.domain.library.plan import ImportResult
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_words import finding_sentence
from audiodesk.domain.words.errors.error_words import error_sentence
from audiodesk.domain.words.importing.found_words import (
    brought_back_summary,
    found_facts,
    found_sentence,
    nothing_found,
    remove_found_question,
    removed_summary,
)
from audiodesk.domain.words.library.trash_words import remaining_files_sentence
from audiodesk.domain.words.program.command_words import at_work, stopped
from audiodesk.local.files.vault import VaultFile

__all__ = ["app"]

app = typer.Typer(
    help="What was lost: the library's list, and recordings in the vault that no book knows.",
    invoke_without_command=True,
)
app.command("library", help="Get back a list of takes that is missing, emptied or damaged.")(recover_library)

_Ids = Annotated[
    list[str] | None, typer.Argument(metavar="ID", help="Recordings, by the beginnings of the ids that are listed.")
]
_All = Annotated[bool, typer.Option("--all", help="All that are listed.")]


def _list(answer: Answer) -> int:
    """List them with what their tags and their contents tell, the newest first."""
    with open_to_read() as core, stoppable() as cancel:
        try:
            recordings = core.found.look(cancel=cancel)
        except AudioDeskError:
            if not cancel.is_set():
                raise
            answer.failure("stopped", stopped())
            return INTERRUPTED
    answer.document({"items": [_document(one) for one in recordings]})
    answer.lines(aligned([_cells(one) for one in recordings]))
    answer.note(found_sentence(len(recordings)) if recordings else nothing_found())
    return 0


add_list(app, _list, about="List the recordings in the vault that no book knows.")


@app.command("bring-back", help="Bring recordings back, into a project called “Found”.")
def bring_back(context: typer.Context, ids: _Ids = None, *, every: _All = False, as_json: AsJson = False) -> int:
    """Make takes of the recordings, named after their tags and contents."""
    answer = answer_of(context, as_json=as_json)
    with open_core(face="command") as core, stoppable() as cancel:
        files = _chosen(core, ids, every=every)

        def read() -> tuple[float, float, str] | None:
            running = core.importer.progress()
            return (running[-1].bytes_done, running[-1].size, "") if running else None

        with progress_bar(at_work("copying"), read):
            done = core.found.bring_back(files, cancel=cancel)
        if done.count and not cancel.is_set():
            decode_what_is_pending(core, cancel)
    answer.document(
        {
            "items": [imported_file(item) for item in done.items],
            "summary": {"brought_back": done.count, "left": len(done.remaining)},
            "left": [file.sha256 for file in done.remaining],
        }
    )
    for item in done.items:
        if item.result in (ImportResult.REFUSED, ImportResult.FAILED):
            said = [finding_sentence(finding) for finding in item.findings]
            said += [] if item.error is None else [error_sentence(item.error)]
            answer.line(f"{shown(item.path)}: {' '.join(said)}")
    answer.line(brought_back_summary(done.count, len(done.remaining)) if files else nothing_found())
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    return 1 if done.remaining else 0


@app.command("remove", help="Remove recordings that no book knows from this computer, for good.")
def remove(
    context: typer.Context,
    ids: _Ids = None,
    *,
    every: _All = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> int:
    """Remove the recordings after a yes at the terminal or with --yes; else exit code 2."""
    answer = answer_of(context, as_json=as_json)
    with open_core(face="command") as core, stoppable() as cancel:
        files = _chosen(core, ids, every=every)
        declined = bool(files) and not yes and not confirmed(_question(files))
        if declined:
            files = []
        done = core.found.remove(files, cancel=cancel)
        answer.document(
            {"items": [file.sha256 for file in files], "summary": {"removed": done.removed, "left": done.remaining}}
        )
        answer.line(removed_summary(done.removed))
        if done.remaining:
            answer.note(remaining_files_sentence(done.remaining))
        if cancel.is_set():
            return INTERRUPTED
        if done.error is not None:
            answer.note(error_sentence(done.error))
            return 3
        return DECLINED if declined else 0


def _question(files: Sequence[VaultFile]) -> str:
    return remove_found_question(len(files), sum(file.size for file in files))


def _chosen(core: Core, ids: Sequence[str] | None, *, every: bool) -> list[VaultFile]:
    if bool(ids) == every:
        raise UserError("name-or-all")
    return core.found.files() if every else core.found.resolve(ids or [])


def _document(one: FoundRecording) -> dict[str, Any]:
    report = one.report
    return {
        "id": one.sha256,
        "title": one.title,
        "book": one.book,
        "kind": one.kind.value,
        "size": one.size,
        "seconds": report.seconds if report.kind is not None else None,
        "modified_at": formats.rfc3339(one.modified_at),
        "verdict": report.verdict.value,
        "can_come_back": one.can_come_back,
    }


def _cells(one: FoundRecording) -> tuple[str, str, str]:
    """Return the columns of one recording: its day, its title with what it is, and a short id, as lists of takes do."""
    facts = [found_facts(one.report), formats.size(one.size)]
    name = [one.title] if one.has_own_title else []  # a made-up title already holds the facts and the short id
    return one.day, " · ".join([*name, *facts]), short_id(one.sha256)
