"""The options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from audiodesk.domain.errors import UserError

__all__ = ["AnyId", "AsJson", "BeforeId", "NewTitle", "require_names"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]
AnyId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help='An id, its beginning (four characters or more), or a path of titles: "My Book/Chapter 1".'
    ),
]
NewTitle = Annotated[str, typer.Argument(metavar="TITLE", help="The title, as it is to be read.")]
BeforeId = Annotated[
    str | None, typer.Option("--before", metavar="ID", help="Put it before this one; else it goes last.")
]


def require_names(paths: Sequence[str]) -> None:
    """Raise UserError("path-empty") if one of ``paths`` is empty: the system would take it for the current folder.

    In a script, a variable that is not set gives such a path.
    """
    if not all(paths):
        raise UserError("path-empty")
