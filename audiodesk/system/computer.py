"""What this computer is called, and what it runs."""

from __future__ import annotations

import socket
import sys

__all__ = ["computer_name", "platform_name"]


def computer_name() -> str:
    """Return the name that the person gave the computer, without its domain; empty where it has none."""
    return socket.gethostname().split(".")[0]


def platform_name() -> str:
    """Return ``linux``, ``windows`` or ``macos``."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
