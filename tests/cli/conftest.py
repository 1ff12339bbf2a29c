"""A command line in this process: what it says, and its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from audiodesk.cli.program import main


@dataclass(frozen=True, slots=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document; fails where there is anything else on standard output."""
        assert self.out.count("\n") == 1, self.out
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a library of its own."""

    def run_command(*arguments: str) -> Said:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def asked(run: Run) -> Callable[..., Any]:
    """Run a command that must work, with --json, and return its document."""

    def ask(*arguments: str) -> Any:
        said = run(*arguments, "--json")
        assert said.code == 0, said
        return said.document

    return ask
