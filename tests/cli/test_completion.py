"""Shells complete commands and options."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BASH = shutil.which("bash")


def _complete(words: str, count: int) -> list[str]:
    environment = {**os.environ, "_AUDIODESK_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    done = subprocess.run(
        [sys.executable, "-m", "audiodesk"], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split()


@pytest.mark.slow
def test_commands_are_completed() -> None:
    assert set(_complete("audiodesk ch", 1)) == {"check", "chapter"}
    assert set(_complete("audiodesk take re", 2)) == {"rename", "restore"}


def test_options_are_completed() -> None:
    assert "--json" in _complete("audiodesk tree --", 2)
    assert {"--section", "--chapter", "--project", "--dry-run"} <= set(_complete("audiodesk import --", 2))


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_bash_takes_the_script(tmp_path: Path) -> None:
    """The whole way: the script that is shown, sourced by bash, asked as a tab would."""
    (tmp_path / "audiodesk").write_text(f"#!/bin/sh\nexec '{sys.executable}' -m audiodesk \"$@\"\n", encoding="utf-8")
    (tmp_path / "audiodesk").chmod(0o755)
    script = """
    source <(audiodesk --show-completion bash)
    COMP_WORDS=(audiodesk ve) COMP_CWORD=1
    _audiodesk_completion audiodesk
    echo "${COMPREPLY[@]}"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert BASH is not None
    done = subprocess.run(
        [BASH, "--norc", "-c", script], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["verify"], done.stderr
