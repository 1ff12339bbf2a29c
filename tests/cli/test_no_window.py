"""Starting without a command where no window can open."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

BLOCKED = """
import sys
sys.modules["PySide6"] = None
sys.argv = ["audiodesk"]
from audiodesk.__main__ import main
sys.exit(main())
"""


def _environment(**more: str) -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {**{name: value for name, value in os.environ.items() if name not in hidden}, **more}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "audiodesk"],
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("There is no display here")
    assert "Traceback" not in done.stderr


def test_where_qt_does_not_load() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED],
        env=_environment(QT_QPA_PLATFORM="offscreen"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3
    assert "Qt does not load" in done.stderr
    assert "Traceback" not in done.stderr
