"""Imports PySide6 without work that this program never needs.

PySide6 6.11 carries about 100 KB of Python, which it compiles anew at each start. Two of its files serve only those who
write type stubs. They are compiled when something asks for them, which takes 5 % from the time to the first paint.
The other files must stay as they are: PySide6's C++ code ends the process if it cannot use them at once.

Once imported, PySide6 also reads and searches the source of every further module for its ``__feature__`` switches (its
PYSIDE-2029); it skips modules that are in its table already. No module here uses one. That takes another 3 %.

A PySide6 without these parts works too, only more slowly. Remove what a later PySide6 does by itself.
"""

from __future__ import annotations

import builtins
import sys
import threading
from collections.abc import Callable
from typing import Any

__all__ = ["import_pyside"]

_FOR_STUBS = frozenset(f"shibokensupport/signature/lib/{name}.py" for name in ("enum_sig", "pyi_generator"))
"""The files for writing type stubs, by the names that PySide6 gives to ``compile``."""

_NO_FEATURE = 0
"""PySide6's entry for a module that uses no switch."""

_lock = threading.RLock()


def import_pyside() -> None:
    """Import PySide6 for the whole process; the later imports find it done."""
    if "PySide6" not in sys.modules:
        real = builtins.compile
        builtins.compile = _deferring(real)
        try:
            import PySide6  # noqa: F401 - runs its Python parts
        finally:
            builtins.compile = real
    table = getattr(sys.modules.get("shibokensupport.feature"), "pyside_feature_dict", None)
    if isinstance(table, dict):
        sys.meta_path.insert(0, _Declaring(table))


def _deferring(real: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ``compile`` that puts off the files of ``_FOR_STUBS``: their code runs when it is first used."""

    def compile_(source: Any, filename: Any, mode: str, *arguments: Any, **options: Any) -> Any:
        if filename not in _FOR_STUBS or mode != "exec":
            return real(source, filename, mode, *arguments, **options)

        def run(namespace: dict[str, Any]) -> None:
            exec(real(source, filename, mode, *arguments, **options), namespace)  # noqa: S102 - PySide6's own file

        _put_off[filename] = run
        return real(f"from {__name__} import put_off\nput_off(globals(), {filename!r})", filename, mode)

    return compile_


_put_off: dict[str, Callable[[dict[str, Any]], None]] = {}
"""What runs each file that was not run yet."""


def put_off(namespace: dict[str, Any], filename: str) -> None:
    """Let the module with this ``namespace`` run the file as soon as one of its names is asked for."""

    def get(name: str) -> Any:
        with _lock:
            if (run := _put_off.pop(filename, None)) is not None:
                run(namespace)
                del namespace["__getattr__"]  # only now: another thread may ask meanwhile
            if name not in namespace:
                raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")
            return namespace[name]

    namespace["__getattr__"] = get


class _Declaring:
    """Stands first among the finders of modules, and finds none."""

    def __init__(self, table: dict[str, int]) -> None:
        self._table = table

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        """Python: called for each module that is about to be imported."""
        self._table.setdefault(name, _NO_FEATURE)
