"""A process to be killed that writes to a library: python -m tests.crash.working WORK ROOT [FOLDER].

WORK is "empty" (the trash), "bring-back", "remove" (what no book knows), "verify" or "repair" (an import that keeps
what is left of damaged files). It prints "ready" when it is about to begin, waits for a line, and prints "done".
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from audiodesk.composition import Core, open_core
from tests.crash.importing import environ_for

__all__ = ["WORKS", "main"]

WORKS: dict[str, Callable[[Core, str], object]] = {
    "empty": lambda core, _folder: core.library.empty_trash(),
    "bring-back": lambda core, _folder: core.found.bring_back(),
    "remove": lambda core, _folder: core.found.remove(core.found.files()),
    "verify": lambda core, _folder: core.verifier.verify(),
    "repair": lambda core, folder: core.importer.import_files(core.planner.plan([folder], None), repair=True),
}


def main(arguments: list[str]) -> int:
    work, root, *folder = arguments
    with open_core(environ_for(Path(root)), face="command") as core:
        if work in ("bring-back", "repair"):
            core.program.checker.warm()
        print("ready", flush=True)
        sys.stdin.readline()
        WORKS[work](core, *(folder or [""]))
        print("done", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
