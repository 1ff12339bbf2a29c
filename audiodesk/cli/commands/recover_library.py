"""The command that gets back the list of a library: from a copy, or anew from the audio in the vault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audiodesk.cli.commands.importing import decode_what_is_pending
from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.options import AsJson
from audiodesk.composition import Core, Program
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.words.errors.library_place_words import list_set_aside, recovered_sentence
from audiodesk.domain.words.importing.found_words import found_sentence
from audiodesk.domain.words.program.command_words import stopped
from audiodesk.local.database.list_condition import list_condition
from audiodesk.services.care.list_recovery import RECOVERABLE, ListRecovery

__all__ = ["recover_library"]

_Copy = Annotated[Path | None, typer.Option("--copy", metavar="FILE", help="Put this copy back, not the newest one.")]
_FromVault = Annotated[
    bool, typer.Option("--from-vault", help="Make a new list of the audio in the vault, in a project “Found”.")
]
_New = Annotated[bool, typer.Option("--new", help="Begin anew where a library is gone for good.")]


def recover_library(
    context: typer.Context,
    *,
    copy: _Copy = None,
    from_vault: _FromVault = False,
    new: _New = False,
    as_json: AsJson = False,
) -> int:
    """Get back a list of takes that is missing, emptied or damaged.

    Without an option the newest copy in the library's backups is put back, and where there is none, a new list is made
    of the audio. What was in the list's place is kept in the backups.
    """
    as_json = as_json or bool(context.obj)
    if (copy is not None) + from_vault + new > 1:
        raise UserError("one-way-only")
    with Program(face="command") as program:
        return _recover(program, copy, from_vault=from_vault, new=new, as_json=as_json)


def _recover(program: Program, copy: Path | None, *, from_vault: bool, new: bool, as_json: bool) -> int:
    recovery = program.list_recovery()
    used = _list_in_place(program, recovery, copy, from_vault=from_vault, new=new)
    with program.open() as core, stoppable() as cancel:
        core.database.make()
        back = 0
        if used is None and not new:
            done = core.found.bring_back(cancel=cancel)
            if done.items and not cancel.is_set():
                decode_what_is_pending(core, cancel)
            back = done.count
        left = len(core.found.files())
        answer = Answer(as_json=as_json)
        _say(answer, core, None if used is None else str(used), recovery.set_aside, back, left, new=new)
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    return 0


def _list_in_place(
    program: Program, recovery: ListRecovery, copy: Path | None, *, from_vault: bool, new: bool
) -> Path | None:
    """See that there is a list that can be opened; returns the copy that it was made from, if it was."""
    if new:
        recovery.forget_gone()
        return None
    if not _is_broken(program):
        if from_vault:  # a new list was made before; only the recordings are left to bring back
            return None
        raise UserError("library-whole", path=str(program.library_folder))
    if copy is not None:
        recovery.from_copy(copy)
        return copy
    used = None if from_vault else recovery.from_newest()
    if used is None:
        recovery.from_vault()
    return used


def _is_broken(program: Program) -> bool:
    """Tell whether the list cannot be opened as it is, or SQLite finds it damaged.

    Raises what recovering does not mend.
    """
    try:
        with program.open() as core:
            if not core.database.is_made:
                return False
            with core.database.read() as connection:
                return bool(list_condition(connection).damage)
    except AudioDeskError as error:
        if error.code not in RECOVERABLE:
            raise
        return True


def _say(
    answer: Answer, core: Core, copy: str | None, set_aside: Path | None, back: int, left: int, *, new: bool
) -> None:
    source = "new" if new else "vault" if copy is None else "copy"
    totals = core.catalogue.totals()
    summary = {"projects": totals.projects, "takes": totals.takes, "brought_back": back, "left": left}
    aside = None if set_aside is None else str(set_aside)
    answer.document({"from": source, "copy": copy, "set_aside": aside, "summary": summary})
    if not new:
        answer.line(recovered_sentence(None if copy is None else shown(copy), back))
    if aside is not None:
        answer.note(list_set_aside(shown(aside)))
    if left:
        answer.note(found_sentence(left))
