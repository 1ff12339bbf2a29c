"""Imports go down the floors, and Qt lives in the window alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def _lint(root: Path, *, config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINTER, "--config", str(config), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_import_goes_down() -> None:
    linted = _lint(ROOT, config=ROOT / "pyproject.toml")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout, linted.stdout


@pytest.mark.parametrize(
    ("floor", "line"),
    [
        ("domain", "import audiodesk.system"),
        ("local", "import audiodesk.audio"),
        ("local", "import audiodesk.cloud"),
        ("cloud", "import audiodesk.local"),
        ("cloud", "import audiodesk.services"),
        ("audio", "import audiodesk.local"),
        ("services", "import audiodesk.composition"),
        ("services", "import PySide6.QtCore"),
        ("views", "import audiodesk.services"),
        ("views", "import audiodesk.cloud"),
        ("cli", "import audiodesk.desktop"),
        ("cli", "import PySide6.QtCore"),
        ("services", "import numpy"),
        ("cloud", "import numpy"),
        ("cloud", "import PySide6.QtCore"),
        ("services", "import httpx"),
        ("cli", "import psycopg"),
        ("desktop", "import supabase_auth.errors"),
        ("desktop", "import soundfile"),
    ],
)
def test_the_linter_sees_an_import_that_goes_up(tmp_path: Path, floor: str, line: str) -> None:
    package = tmp_path / "audiodesk"
    for name in ("", "domain", "system", "local", "cloud", "audio", "services", "views", "desktop", "cli"):
        (package / name).mkdir(exist_ok=True)
        (package / name / "__init__.py").write_text("", encoding="utf-8")
    for name in ("__main__", "composition"):
        (package / f"{name}.py").write_text("", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (package / floor / "planted.py").write_text(line + "\n", encoding="utf-8")
    linted = _lint(tmp_path, config=tmp_path / "pyproject.toml")
    assert linted.returncode != 0, linted.stdout + linted.stderr
    assert "planted" in linted.stdout, linted.stdout + linted.stderr
