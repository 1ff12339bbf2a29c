"""Start AudioDesk: the window without arguments, else the command line.

The decoders' process imports this module again under another name, so nothing is imported here before it is needed.
"""

from __future__ import annotations

import gc
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
    return _window()


def _window() -> int:
    """Open the window; where none can be opened, say so instead of letting Qt end the process."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in named):
        from audiodesk.cli.no_window import no_display

        return no_display()
    # What is made on the way to the first paint stays: looking through it for garbage costs a tenth of the start.
    # ``Desk`` lets the collector work again.
    gc.disable()
    try:
        from audiodesk.desktop.application import main as window
    except ImportError as error:
        # A library of the system that Qt needs: the wheel cannot bring it along.
        from audiodesk.cli.no_window import no_toolkit

        return no_toolkit(error)
    return window(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
