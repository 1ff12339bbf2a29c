"""The environment of processes started by benchmarks: folders of their own, and bytecode as when installed."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["environment"]


def environment(home: Path) -> dict[str, str]:
    """Return it for the library ``home``; settings, state and caches lie below that folder too."""
    own = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    # An installed program has bytecode; some environments forbid writing it, which doubles the time of every start.
    base = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    cache = {"PYTHONPYCACHEPREFIX": str(home.parent / "pycache")}
    return {**base, **cache, **own, "QT_QPA_PLATFORM": "offscreen", "AUDIODESK_HOME": str(home)}
