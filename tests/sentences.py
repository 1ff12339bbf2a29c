"""Reads from the program's source which sentences it may have translated."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["PACKAGE", "Sentence", "calls", "is_text", "name_of", "sentences", "trees"]

PACKAGE = Path(__file__).parents[1] / "audiodesk"
_MARKS = ("words.tr", "words.QT_TR_NOOP")


class Sentence(NamedTuple):
    """A sentence in English; ``one`` is its singular where it has a plural."""

    text: str
    one: str | None


def sentences() -> set[Sentence]:
    """Return all sentences of the program, those of tables as well."""
    return {
        _sentence(call)
        for tree in trees().values()
        for call in calls(tree)
        if name_of(call.func) in _MARKS and is_text(call.args[0])
    }


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Return the parsed source of each file, by its path in the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call in ``tree``."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(function: ast.expr) -> str:
    """Return "tr" or "words.tr" of what is called; a longer path before the last dot is left out: ".tr"."""
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Attribute):
        return f"{function.value.id if isinstance(function.value, ast.Name) else ''}.{function.attr}"
    return ""


def is_text(node: ast.expr) -> bool:
    """Return whether ``node`` is a plain string literal."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _sentence(call: ast.Call) -> Sentence:
    text, *more = (ast.literal_eval(argument) for argument in call.args[:2])
    return Sentence(text, more[0] if more else None)
