"""Modules and libraries that only some systems have."""

from __future__ import annotations

import contextlib
from types import ModuleType
from typing import Any

__all__ = ["FCNTL", "RESOURCE", "kernel32"]


def _module(name: str) -> ModuleType | None:
    """Return a module of the standard library; None where this system has none of that name."""
    with contextlib.suppress(ImportError):
        return __import__(name)
    return None


FCNTL = _module("fcntl")
RESOURCE = _module("resource")


def kernel32() -> Any:
    """Return a new handle on Windows' kernel32, for the caller to configure; None on other systems."""
    import ctypes

    load = getattr(ctypes, "WinDLL", None)
    return None if load is None else load("kernel32")
