"""Where one SQL statement ends and the next begins, as the supabase CLI has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["SqlStatement", "split_statements"]


@dataclass(frozen=True, slots=True)
class SqlStatement:
    """One statement without the semicolon at its end; comments before it belong to it."""

    text: str
    line: int
    """The line of the file on which ``text`` begins, counted from 1."""
    empty: bool
    """Whether it holds nothing but comments: it is recorded like the others, and there is nothing to run."""


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

    Strings, dollar quotes, names in quotes, comments (nested ones too) and parentheses are looked through. The bodies
    of ``begin atomic`` are not: no migration may use them.
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
    """Yield ``(start, end, empty)`` of each statement, its semicolon included."""
    start = place = depth = 0
    empty = True
    while place < len(script):
        match = _SKIPPED.match(script, place)
        if match is None:  # the last alternative takes any character
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
    """Return where the comment ends that was opened just before ``place``."""
    depth = 1
    for part in _BLOCK_PART.finditer(script, place):
        depth += 1 if part.group() == "/*" else -1
        if depth == 0:
            return part.end()
    return len(script)
