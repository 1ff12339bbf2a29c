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
        # The frozen build starts a decoders' process here too; this call then runs that process's own work.
        from multiprocessing import freeze_support

        freeze_support()
    # A shell that asks for completions gives no arguments, but sets a variable.
    if len(sys.argv) > 1 or "_AUDIODESK_COMPLETE" in os.environ:
        _leave_on_ctrl_c(_INTERRUPTED)
        # Loaded modules stay in use: searching them for garbage, now and at the end, takes a sixth of a short command.
        gc.disable()
        from audiodesk.cli.frame.program import main as command_line

        code = command_line(sys.argv[1:], at_work=_at_work)
        _leave_on_ctrl_c(code)
        gc.freeze()
        return code
    return _window()


def _at_work() -> None:
    """Collect garbage again, but never search the loaded modules; from here on the command handles Ctrl-C."""
    from audiodesk.system.turns import keep_turns_short

    keep_turns_short()
    gc.freeze()
    gc.enable()
    _heed_ctrl_c()


def _window() -> int:
    """Open the window; where none can be opened, say so instead of letting Qt end the process."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in named):
        from audiodesk.cli.frame.no_window import no_display

        return no_display()
    # What is made before the first paint stays in use: searching it for garbage costs a tenth of the start. ``Desk``
    # turns the collector on again.
    gc.disable()
    _leave_on_ctrl_c(_INTERRUPTED)
    try:
        from audiodesk.desktop.start.application import main as window
    except ImportError as error:
        # Qt needs a library of the system that the wheel cannot contain.
        from audiodesk.cli.frame.no_window import no_toolkit

        return no_toolkit(error)
    _heed_ctrl_c()
    return window(sys.argv)


def _leave_on_ctrl_c(code: int) -> None:
    """Let Ctrl-C end the process at once while nothing is at work: while modules load, and after the work.

    An exception would not be enough, because some code that runs during imports swallows it with a warning. If the
    parent process has switched Ctrl-C off, it stays off.
    """
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, lambda *_: os._exit(code))


def _heed_ctrl_c() -> None:
    """Let Ctrl-C raise KeyboardInterrupt from here on, so that work in progress can tidy up."""
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main())
