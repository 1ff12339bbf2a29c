"""A process that lets a library follow its server, and kills itself at one step: ``python -m … STEP``."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from audiodesk.composition import Program
from audiodesk.services.account import library_folders, server_move
from audiodesk.services.account.server_move import ServerMove
from audiodesk.system.account_store import AccountStore
from audiodesk.system.library_registry import LibraryRegistry

__all__ = ["STEPS"]

STEPS: dict[str, tuple[Any, str]] = {
    "before the rename": (library_folders, "make_folder"),
    "after the rename": (LibraryRegistry, "move"),
    "before the address is noted": (ServerMove, "_note"),
    "before the former account goes": (AccountStore, "retire"),
    "before the plan goes": (server_move, "remove"),
}


def _die(*_arguments: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Do it, up to the step."""
    owner, name = STEPS[sys.argv[1]]
    setattr(owner, name, _die)
    with Program(face="window") as program:
        program.open().close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
