"""PySide6 is imported without its files for type stubs, and still has them for who asks."""

from __future__ import annotations

import subprocess
import sys

_LOOK = """
import builtins, sys
real = builtins.compile
from audiodesk.desktop import pyside_import
assert builtins.compile is real
files = sorted(pyside_import._put_off)
assert [name.rpartition("/")[2] for name in files] == ["enum_sig.py", "pyi_generator.py"], files
from PySide6.QtWidgets import QLabel, QApplication
application = QApplication(["x", "-platform", "offscreen"])
try:
    QLabel().setText(3)
except TypeError as error:
    assert "setText(int)" in str(error), error
assert len(pyside_import._put_off) == 2
from PySide6.support.signature.lib import enum_sig
from shibokensupport.signature.lib import pyi_generator
assert enum_sig.ExactEnumerator.__module__.endswith("enum_sig")
assert pyi_generator.Formatter is vars(pyi_generator)["Formatter"]
assert pyside_import._put_off == {}
assert not hasattr(enum_sig, "no_such_name")
"""


def test_files_for_type_stubs_run_when_somebody_asks_for_them() -> None:
    looked = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stderr
