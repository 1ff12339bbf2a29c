"""What is said in a terminal where the window cannot be opened."""

from __future__ import annotations

from audiodesk.cli.output.answer import Answer, prepare_streams
from audiodesk.domain.errors import OutsideError

__all__ = ["no_display", "no_toolkit"]

_NOT_NOW = 3


def no_display() -> int:
    """Say that there is no display; return the exit code."""
    return _say(OutsideError("no-display"))


def no_toolkit(error: ImportError) -> int:
    """Say that Qt does not load, and which library it misses; return the exit code."""
    return _say(OutsideError("no-toolkit", details=str(error), reason=str(error)))


def _say(error: OutsideError) -> int:
    prepare_streams()
    Answer(as_json=False).error(error)
    return _NOT_NOW
