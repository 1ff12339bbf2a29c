"""Decides at the command line whether a server moved: by options, else by a question at the terminal."""

from __future__ import annotations

import typer

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.confirming import has_terminal
from audiodesk.domain.errors import UserError
from audiodesk.domain.server.moved_server import MovedServer
from audiodesk.domain.words.server.moved_words import moved_question

__all__ = ["decided_move"]


def decided_move(found: MovedServer | None, answer: Answer, *, moved: bool, keep_apart: bool) -> MovedServer | None:
    """Return ``found`` if its library is to go on at the new address, else None.

    Raises UserError: "server-not-moved" where it was asked for and nothing was found, "server-moved-undecided" without
    an option and a terminal.
    """
    if found is None:
        if moved:
            raise UserError("server-not-moved")
        return None
    if not moved and not keep_apart and not has_terminal():
        raise UserError("server-moved-undecided", former=found.former.host, host=found.host)
    if moved:
        return found
    if keep_apart:
        return None
    for line in moved_question(found):
        answer.note(shown(line))
    return found if typer.confirm("Is it the same server?", err=True) else None
