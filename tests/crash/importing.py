"""A process to be killed that imports a folder into a section or the window: python -m tests.crash.importing.

Arguments: the root of the libraries, then folders. It prints "ready" when it is about to import, waits for a line, and
prints "done" with the results.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from audiodesk.composition import open_core

__all__ = ["environ_for", "main"]


def environ_for(root: Path) -> dict[str, str]:
    """Return an environment in which everything is kept below ``root``."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
    return {"AUDIODESK_HOME": str(root), **{name: str(root / "places") for name in names}}


def main(arguments: list[str]) -> int:
    root, *folders = arguments
    with open_core(environ_for(Path(root)), face="command") as core:
        core.program.checker.warm()
        print("ready", flush=True)
        sys.stdin.readline()
        items = [item for folder in folders for item in core.importer.import_files(core.planner.plan([folder], None))]
        print("done", json.dumps(Counter(item.result.value for item in items)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
