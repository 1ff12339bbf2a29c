"""Start AudioDesk: the window without arguments, else the command line.

The decoders' process imports this module again under another name, so nothing is imported here before it is needed.
"""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]

_INTERRUPTED = 130
"""As in ``cli.frame.interrupt``, which loads too much for here."""


def main() -> int:
    """Run what was asked for and return the exit code."""
    try:
        return _run()
    except KeyboardInterrupt:  # no inner handler caught it
        return _INTERRUPTED


def _run() -> int:
    if getattr(sys, "frozen", False):
        # In the frozen build a decoders' process starts here too; this call takes it where it belongs.
        from multiprocessing import freeze_support

        freeze_support()
    # A shell that asks for completions gives no arguments either.
    if len(sys.argv) > 1 or "_AUDIODESK_COMPLETE" in os.environ:
        _leave_on_ctrl_c(_INTERRUPTED)
        # What is loaded stays: looking through it for garbage, on the way in and out, is a sixth of a short command.
        gc.disable()
        from audiodesk.cli.frame.program import main as command_line

        code = command_line(sys.argv[1:], at_work=_at_work)
        _leave_on_ctrl_c(code)
        gc.freeze()
        return code
    return _window()


def _at_work() -> None:
    """Collect garbage again, but never look through what was loaded; from here on Ctrl-C is the command's own."""
    gc.freeze()
    gc.enable()
    _heed_ctrl_c()


def _window() -> int:
    """Open the window; where none can be opened, say so instead of letting Qt end the process."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in named):
        from audiodesk.cli.frame.no_window import no_display

        return no_display()
    # What is made on the way to the first paint stays: looking through it for garbage costs a tenth of the start.
    # ``Desk`` lets the collector work again.
    gc.disable()
    _leave_on_ctrl_c(_INTERRUPTED)
    try:
        from audiodesk.desktop.start.application import main as window
    except ImportError as error:
        # A library of the system that Qt needs: the wheel cannot bring it along.
        from audiodesk.cli.frame.no_window import no_toolkit

        return no_toolkit(error)
    _heed_ctrl_c()
    return window(sys.argv)


def _leave_on_ctrl_c(code: int) -> None:
    """Let Ctrl-C end the process at once while nothing is at work: before, when modules load, and afterwards.

    An exception would not do, for some of what importing runs drops it with a complaint. Where whoever started us has
    switched Ctrl-C off, it stays off.
    """
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(code))


def _heed_ctrl_c() -> None:
    """Let Ctrl-C raise KeyboardInterrupt from here on, for what is at work now to be left in order."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main())
