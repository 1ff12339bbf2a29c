"""Imports go down the floors, and only the window imports Qt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
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


def _layers() -> dict[str, list[list[str]]]:
    """Return the rooms of each package that has some, from top to bottom; neighbours are one sorted list."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return {
        contract["containers"][0]: [sorted(layer.split(" | ")) for layer in contract["layers"]]
        for contract in contracts
        if contract.get("exhaustive")
    }


def _rooms() -> dict[str, list[str]]:
    """Return the rooms of each package that has some, from top to bottom."""
    return {package: [room for layer in layers for room in layer] for package, layers in _layers().items()}


def _drawn(text: str) -> list[list[str]]:
    return [sorted(room.strip() for room in layer.split(",")) for layer in text.split(" · ")]


def test_contributing_shows_the_rooms_as_they_are() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"The order of the rooms.*?```\n(.*?)```", guide, re.DOTALL)
    assert picture is not None
    shown: dict[str, list[list[str]]] = {}
    for floor, rooms in re.findall(r"^  (\w+) +(.*(?:\n   .*)*)", picture[1], re.MULTILINE):
        line = " ".join(rooms.split())
        for room, inside in re.findall(r"(\w+) \(([^)]*)\)", line):
            shown[f"audiodesk.{floor}.{room}"] = _drawn(inside)
        shown[f"audiodesk.{floor}"] = _drawn(re.sub(r" \([^)]*\)", "", line))
    assert shown == _layers()


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()


@pytest.mark.slow
def test_a_module_outside_of_the_rooms_is_seen(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "audiodesk", tmp_path / "audiodesk", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "audiodesk" / "domain" / "planted.py").touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    linted = _lint(tmp_path, config=tmp_path / "pyproject.toml")
    assert linted.returncode != 0
    assert "planted" in linted.stdout, linted.stdout + linted.stderr


def test_every_import_goes_down() -> None:
    linted = _lint(ROOT, config=ROOT / "pyproject.toml")
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "0 broken" in linted.stdout, linted.stdout


@pytest.mark.slow
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
        ("desktop", "import PIL.Image"),
        ("domain/library", "import audiodesk.domain.words"),
        ("services/library", "import audiodesk.services.importing"),
        ("services/importing", "import audiodesk.services.care"),
        ("local/rows", "import audiodesk.local.files"),
        ("audio/wave", "import audiodesk.audio.tags"),
        ("views/tree", "import audiodesk.views.centre"),
        ("desktop/library", "import audiodesk.desktop.importing"),
        ("cli/output", "import audiodesk.cli.commands"),
    ],
)
def test_the_linter_sees_an_import_that_goes_up(tmp_path: Path, floor: str, line: str) -> None:
    package = tmp_path / "audiodesk"
    for name in ("", "domain", "system", "local", "cloud", "audio", "services", "views", "desktop", "cli"):
        _make(package / name)
    for name in ("__main__", "composition"):
        (package / f"{name}.py").write_text("", encoding="utf-8")
    for container, rooms in _rooms().items():
        for room in rooms:
            _make(tmp_path / container.replace(".", "/") / room)
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    place = package / floor
    if first := _rooms().get(f"audiodesk.{floor}"):
        place /= first[0]
    (place / "planted.py").write_text(line + "\n", encoding="utf-8")
    linted = _lint(tmp_path, config=tmp_path / "pyproject.toml")
    assert linted.returncode != 0, linted.stdout + linted.stderr
    assert "planted" in linted.stdout, linted.stdout + linted.stderr
