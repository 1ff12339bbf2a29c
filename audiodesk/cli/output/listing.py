"""Adds ``list`` to a group of commands, and runs it when the group is called without a command."""

from __future__ import annotations

from collections.abc import Callable

import typer

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.options import AsJson

__all__ = ["add_list", "answer_of"]


def add_list(app: typer.Typer, show: Callable[[Answer], int], *, about: str) -> None:
    """Give ``app`` the command ``list``, also run without a command. ``show`` answers and returns the exit code.

    ``app`` must be made with ``invoke_without_command``. Its other commands call ``answer_of`` for their answer,
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
    """Return the answer for a command of such a group: JSON if ``--json`` stands before or after the command."""
    return Answer(as_json=as_json or bool(context.obj))
