"""Keeps the waits short in which Python stops a thread: to let another one run, or to search for garbage."""

from __future__ import annotations

import gc
import sys

__all__ = ["keep_turns_short"]

_TURN_SECONDS = 0.001
"""How long Python lets one thread run while another waits; a fifth of its own default. What a person does shall not
wait for what goes on in the background."""
_GARBAGE = (5000, 20, 50)
"""As ``gc.set_threshold``. Python searches new objects a seventh as often as by itself, all objects a seventieth: while
thousands of rows come from the server, each search of all stops all threads for 30 to 80 ms."""


def keep_turns_short() -> None:
    """Set both for this process."""
    sys.setswitchinterval(_TURN_SECONDS)
    gc.set_threshold(*_GARBAGE)
