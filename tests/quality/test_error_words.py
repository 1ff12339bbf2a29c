"""Every error that the program raises has words of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.words.errors.error_words import known_codes

PACKAGE = Path(__file__).parents[2] / "audiodesk"
_RAISED = {"UserError", "OutsideError"}
_NEVER_SAID = {"cancelled"}
"""What ends inside: a wish to stop is no error to anybody."""


def _codes(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if name not in _RAISED or not isinstance(node, ast.Call) or not node.args:
            continue
        for value in ast.walk(node.args[0]):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


@pytest.mark.slow
def test_every_code_has_words() -> None:
    raised = {
        (code, str(path.relative_to(PACKAGE)))
        for path in sorted(PACKAGE.rglob("*.py"))
        for code in _codes(path.read_text(encoding="utf-8"))
    }
    assert len(raised) > 10
    missing = sorted((code, place) for code, place in raised if code not in known_codes() | _NEVER_SAID)
    assert missing == []


def test_the_search_finds_both_branches() -> None:
    assert set(_codes('raise UserError("a" if x else "b", text="c")')) == {"a", "b"}
