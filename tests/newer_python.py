"""Runs the tests with a newer Python and so a newer Qt: python -m tests.newer_python [pytest arguments].

Qt for Python 6.12 does not run on Python 3.11. This script makes ``.venv-newer`` with the newest installed Python, from
the same lock, and runs pytest in it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

__all__ = ["find_pythons", "main", "newest"]

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-newer"
_OLDEST = (3, 12)
_NAME = re.compile(r"python3\.\d+")
_ASK = "import ensurepip, sys, venv; print(*sys.version_info[:2])"


def find_pythons() -> list[Path]:
    """Name the interpreters of the search path, of pyenv and of uv, whatever their versions."""
    found = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    homes = (Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python")
    found += [version / "bin" for home in homes if home.is_dir() for version in home.iterdir()]
    return [file for folder in found if folder.is_dir() for file in folder.iterdir() if _NAME.fullmatch(file.name)]


def newest(pythons: Iterable[Path]) -> Path | None:
    """Return the newest that is newer than 3.11 and can make an environment; None where there is none."""
    versions = [(version, python) for python in pythons if (version := _version(python)) >= _OLDEST]
    return max(versions)[1] if versions else None


def _version(python: Path) -> tuple[int, ...]:
    try:
        asked = subprocess.run([python, "-c", _ASK], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return ()
    return tuple(map(int, asked.stdout.split())) if asked.returncode == 0 else ()


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments; 3 where no newer Python is there, else pytest's own code."""
    python = newest(find_pythons())
    if python is None:
        print("There is no Python 3.12 or newer here. Debian 13 has one; so do pyenv and uv.", file=sys.stderr)
        return 3
    inside = ENVIRONMENT / "bin" / "python"
    subprocess.run([python, "-m", "venv", ENVIRONMENT], check=True)
    pip = [str(inside), "-m", "pip", "--quiet", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    return subprocess.run([inside, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
