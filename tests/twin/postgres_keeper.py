"""Waits until the process that started a PostgreSQL server has ended, then stops the server and removes its folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Arguments: the server's folder, pg_ctl, and the user and group to run it as where that is somebody else."""
    folder, pg_ctl, *ids = arguments
    sys.stdin.buffer.read()  # ends when the other process ends, even if it was killed
    owner: dict[str, Any] = {}
    if ids:
        owner = {"user": int(ids[0]), "group": int(ids[1]), "extra_groups": []}
    data = Path(folder) / "data"
    if (data / "postmaster.pid").exists():
        # Immediate: its data is about to be deleted.
        subprocess.run(
            [pg_ctl, "stop", f"--pgdata={data}", "--mode=immediate", "--silent", "--wait"],
            cwd=folder,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **owner,
        )
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
