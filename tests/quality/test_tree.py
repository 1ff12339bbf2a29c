"""Rules for the repository: its commands, its licence, no paths of one machine, a purpose in each first line."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_TEXT = {".py", ".md", ".toml", ".sql", ".svg", ".spec", ".sh", ".txt", ".lock", ".in", ".qss", ".json", ""}
_SKIPPED = {".git", ".venv", "__pycache__", "build", "dist", ".hypothesis"}
# In two pieces, so that the test does not find this file.
_MACHINE = re.compile(
    "|".join(("/wo" + "rk/", "/tmp/" + "brief", r"/ho" + r"me/\w+/", "/ro" + "ot/", "/opt/" + "wheels"))
)
_HOSTS = re.compile("|".join(("files\\.python" + "hosted", "pypi\\." + "org", "registry\\.npm" + "js")))


def _files() -> list[Path]:
    """Return the text files that belong to the project: those git knows, else all that lie here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not _SKIPPED & set(path.relative_to(ROOT).parts)]
    return [path for path in paths if path.is_file() and path.suffix in _TEXT]


def test_nothing_names_one_machine() -> None:
    found = []
    for path in _files():
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if _MACHINE.search(line) or _HOSTS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.slow
def test_every_module_says_what_it_is_for_in_its_first_line() -> None:
    found = []
    for path in _files():
        if path.suffix != ".py":
            continue
        documentation = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if not documentation or not documentation.splitlines()[0].rstrip().endswith((".", "?")):
            found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_every_package_module_lists_what_it_gives() -> None:
    found = []
    for path in _files():
        inside = path.relative_to(ROOT)
        if path.suffix != ".py" or inside.parts[0] != "audiodesk" or path.name == "__init__.py":
            continue
        source = path.read_text(encoding="utf-8")
        if "from __future__ import annotations" not in source or "\n__all__ = " not in source:
            found.append(str(inside))
    assert found == []


def test_sql_is_spoken_where_the_databases_are() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "audiodesk").rglob("*.py")
        if path.relative_to(ROOT / "audiodesk").parts[0] not in ("local", "cloud")
        and re.search(r"\.execute(many|script)?\(", path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_readme_begins_with_the_two_commands() -> None:
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert blocks[0] == "./run\n./test\n"


def test_the_scripts_can_be_started() -> None:
    for name in ("run", "test", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
        subprocess.run(["sh", "-n", ROOT / name], check=True, timeout=10)


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text
    assert len(text) > 30_000


def test_the_lock_holds_every_dependency_with_its_hash() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.M)}
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)
        assert name is not None
        assert name.group().lower().replace("_", "-") in locked, requirement
    blocks = re.split(r"\n(?=[A-Za-z0-9])", lock.strip())
    assert all("--hash=sha256:" in block for block in blocks)
