"""A process to be killed that upgrades, copies or recovers a list: python -m tests.crash.list_work WHAT ROOT.

WHAT is "upgrade", "copy", "recover" or "vault". It prints "ready" when it is about to begin, and waits for a line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from audiodesk.cli.frame.program import main as command_line
from audiodesk.composition import open_core
from audiodesk.domain.ids import new_id
from audiodesk.services.care.list_copier import copy_if_due
from tests.crash.importing import environ_for

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    what, root = arguments
    os.environ.update(environ_for(Path(root)))
    if what == "copy":
        return copy()
    import audiodesk.services.care.found_recordings  # noqa: F401  # what loads slowly is loaded before "ready"

    wait()
    if what == "upgrade":
        return command_line(["tree", "--json"])
    return command_line(["recover", "library", "--json", *(["--from-vault"] if what == "vault" else [])])


def copy() -> int:
    with open_core(face="command") as core:
        core.library.add_project(new_id())
        wait()
        for number in range(1, 10):
            core.library.add_project(new_id())
            later = core.program.clock() + number * 86_400_000
            core.database.clock = lambda later=later: later  # type: ignore[misc]  # bound now
            copy_if_due(core.database)
        os._exit(0)


def wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
