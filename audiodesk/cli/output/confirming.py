"""Asks the person at the terminal before something that cannot be taken back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from audiodesk.domain.errors import UserError

__all__ = ["DECLINED", "Yes", "confirmed", "has_terminal"]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]


DECLINED = 1
"""The exit code after the answer "no": what was asked for was not done, and no Ctrl-C stopped it."""


def confirmed(question: str) -> bool:
    """Ask ``question`` and return the answer. Raises UserError("not-confirmed") where there is no terminal."""
    if not has_terminal():
        raise UserError("not-confirmed")
    return typer.confirm(question, err=True)


def has_terminal() -> bool:
    """Tell whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()
