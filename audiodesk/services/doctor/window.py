"""Tests what a window needs: Qt's libraries, a display, a sound device."""

from __future__ import annotations

import os

from audiodesk.domain.doctor import PartReport
from audiodesk.system.probes import has_display, probe_display, probe_sound, probe_window

__all__ = ["report_display", "report_sound", "report_window"]


def report_window() -> PartReport:
    """Load Qt, in a process of its own."""
    probe = probe_window()
    if probe.answer is None:
        return PartReport("window", "cannot-load", {"details": probe.details}, ok=False)
    return PartReport("window", "fine", {"version": probe.answer})


def report_display() -> PartReport:
    """Connect to the display; without one the part is fine, because the command line works without a display.

    One that is named but does not answer, such as that of a session that ended, is no display for a window.
    """
    if not has_display():
        return PartReport("display", "none")
    probe = probe_display()
    if probe.is_silent or probe.is_unreachable:
        variable = next((name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)), "QT_QPA_PLATFORM")
        params = {"variable": variable, "name": os.environ.get(variable, "")}
        return PartReport("display", "silent" if probe.is_silent else "unreachable", params, ok=False)
    if probe.answer is None:
        return PartReport("display", "cannot-open", {"details": probe.details}, ok=False)
    return PartReport("display", "fine", {"platform": probe.answer})


def report_sound() -> PartReport:
    """Ask for the sound device; without one the part is fine, because playback then runs silently."""
    probe = probe_sound()
    if probe.answer is None:
        return PartReport("sound", "cannot-load", {"details": probe.details})
    return PartReport("sound", "fine", {"device": probe.answer}) if probe.answer else PartReport("sound", "none")
