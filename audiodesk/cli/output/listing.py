"""Groups of commands that list something where no command is given, and the ``list`` that does the same."""

from __future__ import annotations

from collections.abc import Callable

import typer

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.options import AsJson

__all__ = ["add_list", "answer_of"]


def add_list(app: typer.Typer, show: Callable[[Answer], int], *, about: str) -> None:
    """Give ``app`` the command ``list``, which runs without a command too. ``show`` answers and returns the exit code.

    ``app`` must be made with ``invoke_without_command``. Its other commands ask ``answer_of`` for their answer,
    because ``--json`` may stand before the command.
    """

    @app.callback()
    def without_command(context: typer.Context, *, as_json: AsJson = False) -> None:
        context.obj = as_json
        if context.invoked_subcommand is None:
            raise typer.Exit(show(Answer(as_json=as_json)))

    @app.command("list", help=about)
    def list_them(context: typer.Context, *, as_json: AsJson = False) -> int:
        return show(answer_of(context, as_json=as_json))


def answer_of(context: typer.Context, *, as_json: bool) -> Answer:
    """Return the answer of a command of such a group: JSON where ``--json`` stands before or behind the command."""
    return Answer(as_json=as_json or bool(context.obj))
