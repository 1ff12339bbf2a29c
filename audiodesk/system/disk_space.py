"""How much room there is on the disk of a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["free_bytes"]


def free_bytes(folder: Path) -> int | None:
    """Return the bytes that may still be written below ``folder``, which need not be there yet; None: not known."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
