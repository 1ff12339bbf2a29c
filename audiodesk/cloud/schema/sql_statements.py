"""Splits an SQL script into statements in the same way as the supabase CLI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SqlStatement", "split_statements"]


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """One statement without its final semicolon; comments before it belong to it."""

    text: str
    line: int
    """The line of the file on which ``text`` begins, from 1."""
    empty: bool
    """Whether it holds only comments: it is recorded like the others, but there is nothing to run."""


_SKIPPED = re.compile(
    r"""
      (?P<comment> --[^\n]* )
    | (?P<block> /\* )
    | [eE]'(?:[^'\\]|\\.|'')*'      # backslashes count in these strings alone
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | [^\W\d][\w$]*                 # a name: its end is no e'…' and its dollars open nothing
    | (?P<end> ; )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<space> \s+ )
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_PART = re.compile(r"/\*|\*/")


def split_statements(script: str) -> tuple[SqlStatement, ...]:
    """Return the statements of ``script`` in order, trimmed as the CLI records them.

    Semicolons in strings, dollar quotes, quoted names, comments (also nested) and parentheses do not end a statement.
    Those in the body of ``begin atomic`` do, so no migration may use it.
    """
    found = []
    for start, end, empty in _spans(script):
        piece = script[start:end].rstrip(";")
        text = piece.strip()
        if text:
            before = start + len(piece) - len(piece.lstrip())
            found.append(SqlStatement(text, script.count("\n", 0, before) + 1, empty))
    return tuple(found)


def _spans(script: str) -> Iterator[tuple[int, int, bool]]:
    """Yield ``(start, end, empty)`` for each statement, including its semicolon."""
    start = place = depth = 0
    empty = True
    while place < len(script):
        match = _SKIPPED.match(script, place)
        if match is None:  # the last alternative matches any character
            break
        place = match.end()
        kind = match.lastgroup
        if kind == "block":
            place = _after_block(script, place)
        elif kind == "end" and depth == 0:
            yield start, place, empty
            start, empty = place, True
        elif kind not in ("comment", "space"):
            empty = False
            depth = max(0, depth + (kind == "open") - (kind == "close"))
            if kind == "dollar":
                closing = script.find(match.group(), place)
                place = len(script) if closing < 0 else closing + len(match.group())
    yield start, len(script), empty


def _after_block(script: str, place: int) -> int:
    """Return the end of the comment that was opened just before ``place``."""
    depth = 1
    for part in _BLOCK_PART.finditer(script, place):
        depth += 1 if part.group() == "/*" else -1
        if depth == 0:
            return part.end()
    return len(script)
