"""Start AudioDesk: the window without arguments, else the command line.

The decoders' process imports this module again under another name, so nothing is imported here before it is needed.
"""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> int:
    """Run what was asked for and return the exit code."""
    if getattr(sys, "frozen", False):
        # In the frozen build a decoders' process starts here too; this call takes it where it belongs.
        from multiprocessing import freeze_support

        freeze_support()
    # A shell that asks for completions gives no arguments either.
    if len(sys.argv) > 1 or "_AUDIODESK_COMPLETE" in os.environ:
        from audiodesk.cli.program import main as command_line

        return command_line(sys.argv[1:])
    from audiodesk.desktop.application import main as window

    return window(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
