"""Sentences can be translated: tr and trn get plain strings, and every floor that says something uses them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "audiodesk"
_PLAIN = {"tr": 1, "trn": 2}


def _broken_calls(source: str) -> Iterator[int]:
    """Yield the lines on which tr or trn gets anything but string literals."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = _PLAIN.get(name)
        if wanted is None:
            continue
        texts = node.args[:wanted]
        if len(texts) < wanted or not all(isinstance(t, ast.Constant) and isinstance(t.value, str) for t in texts):
            yield node.lineno


def test_only_plain_strings_are_translated() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line in _broken_calls(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    ['tr(f"{count} files")', 'self.tr("a" + b)', "tr(text)", 'trn("one", f"{n}", n)', 'tr("{}".format(1))'],
)
def test_the_search_finds_what_cannot_be_translated(source: str) -> None:
    assert list(_broken_calls(source)) == [1]


def test_the_search_lets_plain_strings_pass() -> None:
    assert list(_broken_calls('tr("a" "b"); trn("one", "many", count); tr("{n}").format(n=1)')) == []
