"""A command starts without what it does not need: no Qt, no decoders, no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

QT_AND_DECODERS = ("PySide6", "shiboken6", "numpy", "soundfile", "mutagen")
NETWORK = ("httpx", "supabase", "supabase_auth", "postgrest", "psycopg", "truststore", "ssl", "keyring")
NEVER = (*QT_AND_DECODERS, *NETWORK)
PROGRAM = """
import sys
from audiodesk.__main__ import main
sys.argv = ["audiodesk", *{arguments!r}]
code = main()
print(__import__("json").dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def _loaded(home: Path, *arguments: str) -> tuple[int, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=list(arguments))],
        env={**os.environ, "AUDIODESK_HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return code, set(modules)


@pytest.mark.parametrize("arguments", [("--version",), ("tree",), ("tree", "--json"), ("trash",), ("status",)])
def test_a_command_loads_only_what_it_needs(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, modules = _loaded(tmp_path, *arguments)
    assert code == 0
    assert "audiodesk.cli.program" in modules
    assert [name for name in NEVER if name in modules] == []


def test_version_opens_no_library(tmp_path: Path) -> None:
    code, _ = _loaded(tmp_path, "--version")
    assert code == 0
    assert list(tmp_path.iterdir()) == []


def test_the_program_itself_is_light() -> None:
    """The decoders' process imports it again: nothing of the package may come along but its version."""
    listing = "import sys, audiodesk.__main__; print(*sorted(m for m in sys.modules if m.startswith('audiodesk')))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["audiodesk", "audiodesk.__main__"]
