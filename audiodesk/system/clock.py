"""This computer's clocks: the date in the unit of the library, and seconds that no change of the date touches."""

from __future__ import annotations

import time
from pathlib import Path

__all__ = ["boot_id", "elapsed_seconds", "now_ms"]

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None) or (getattr(time, "CLOCK_MONOTONIC", None))
"""Counts on while the computer sleeps: CLOCK_MONOTONIC does so on macOS, but not on Linux."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def now_ms() -> int:
    """Return the milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


def elapsed_seconds() -> float:
    """Return seconds since some moment, also those in which the computer slept; changes of the date do not matter."""
    return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)


def boot_id() -> str:
    """Return what tells this run of the computer from others, so that processes can compare ``elapsed_seconds``.

    Empty where the system does not say (not Linux).
    """
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
