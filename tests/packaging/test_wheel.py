"""An installed package contains what the program reads at run time: icons, help and the database's schema."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_wheel_carries_resources_and_schema(tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        names = set(wheel.namelist())
    assert "audiodesk/local/database/schema/0001_library.sql" in names
    assert "audiodesk/_resources/help/start.md" in names
    assert any(name.startswith("audiodesk/_resources/icons/") for name in names)
    assert not any(name.startswith("tests/") for name in names)
