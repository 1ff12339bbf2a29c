"""Tells PySide6 in advance that no module uses its ``__feature__`` switches.

Once imported, PySide6 reads and searches the source of every further module (its PYSIDE-2029); it skips modules that
are in its table already. Doing so takes 3 % from the time to the first paint (PySide6 6.11). A PySide6 without
that table works too, only more slowly. Remove this module when PySide6 stops searching.
"""

from __future__ import annotations

import sys
from typing import Any

import PySide6  # noqa: F401 - makes the table

__all__ = ["declare_none"]

_NO_FEATURE = 0
"""PySide6's entry for a module that uses no switch."""


def declare_none() -> None:
    """Enter every module into PySide6's table just before it is imported."""
    table = getattr(sys.modules.get("shibokensupport.feature"), "pyside_feature_dict", None)
    if isinstance(table, dict):
        sys.meta_path.insert(0, _Declaring(table))


class _Declaring:
    """Stands first among the finders of modules, and finds none."""

    def __init__(self, table: dict[str, int]) -> None:
        self._table = table

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        """Python: called for each module that is about to be imported."""
        self._table.setdefault(name, _NO_FEATURE)
