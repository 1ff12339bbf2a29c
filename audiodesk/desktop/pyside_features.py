"""Tells PySide6 in advance that this program's modules use none of its ``__feature__`` switches.

Once imported, PySide6 reads and searches the source of every further module (its PYSIDE-2029). This takes longer than
the import itself: a third of the start. It skips modules that are in its table already. A PySide6 without that table
works too, only more slowly. Remove this module when PySide6 stops searching.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import PySide6  # noqa: F401 - makes the table

__all__ = ["declare_none"]

_NO_FEATURE = 0
"""PySide6's entry for a module that uses no switch."""


def declare_none() -> None:
    """Enter the modules of both Qt packages into PySide6's table; a frozen program has no source to search."""
    table = getattr(sys.modules.get("shibokensupport.feature"), "pyside_feature_dict", None)
    if not isinstance(table, dict):
        return
    root = Path(__file__).parent.parent
    for package in ("views", "desktop"):
        name = f"{root.name}.{package}"
        table.setdefault(name, _NO_FEATURE)
        with suppress(OSError):
            for file in (root / package).iterdir():
                table.setdefault(f"{name}.{file.stem}", _NO_FEATURE)
