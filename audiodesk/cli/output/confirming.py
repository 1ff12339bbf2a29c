"""Asks the person at the terminal before something that cannot be taken back."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from audiodesk.domain.errors import UserError

__all__ = ["DECLINED", "Yes", "confirmed"]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")]


DECLINED = 1
"""The exit code after the answer "no": what was asked for was not done, and no Ctrl-C stopped it."""


def confirmed(question: str) -> bool:
    """Ask ``question`` and return the answer. Raises UserError("not-confirmed") where there is no terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UserError("not-confirmed")
    return typer.confirm(question, err=True)
