"""A command line that kills itself with SIGKILL before its N-th message to the server.

python -m tests.server.applying N …
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import psycopg

from audiodesk.cli.frame.program import main

__all__ = ["ApplyCounted"]


class ApplyCounted(psycopg.Connection[tuple[Any, ...]]):
    """A connection that counts what is executed, and ends the process at its turn."""

    left = 0

    def execute(self, *arguments: Any, **options: Any) -> Any:
        """Execute, or be gone."""
        ApplyCounted.left -= 1
        if ApplyCounted.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().execute(*arguments, **options)


if __name__ == "__main__":
    ApplyCounted.left = int(sys.argv[1])
    psycopg.connect = ApplyCounted.connect  # type: ignore[assignment]
    sys.exit(main(sys.argv[2:]))
