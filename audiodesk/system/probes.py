"""Asks about this computer in a process of its own, because the answer may be a crash."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from audiodesk.system.platforms import interrupts_held, send_standard_error_to

__all__ = ["Probe", "has_display", "probe_display", "probe_sound", "probe_window"]

_PATIENCE = 30.0
"""Seconds; a cold start of Qt from a slow disk takes some."""
_DISPLAY_PATIENCE = 5.0
"""Seconds for a display to answer, once Qt is loaded: a program that hangs behind it never does."""
_NOT_REACHED = "could not connect"
"""What Qt's plug-ins say, each in other words around it, where nothing answers at a display's address."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What the other process said: an ``answer``, or ``details`` of why there is none."""

    answer: str | None
    details: str = ""
    is_silent: bool = False
    """Whether it was given up, because no answer came."""

    @property
    def is_unreachable(self) -> bool:
        """Whether nothing is where the display should be."""
        return self.answer is None and _NOT_REACHED in self.details


def has_display() -> bool:
    """Tell whether windows could be shown: on Linux where a display server is named, elsewhere always."""
    if sys.platform in ("win32", "darwin"):
        return True
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in named)


def probe_window() -> Probe:
    """Load Qt's widgets; the answer is Qt's version."""
    return _ask(_load_widgets)


def probe_display() -> Probe:
    """Open a connection to the display; the answer is the name of Qt's platform."""
    return _ask(_open_display, first=_load_gui, patience=_DISPLAY_PATIENCE)


def probe_sound() -> Probe:
    """Ask for the sound device; the answer is its name, empty where there is none."""
    return _ask(_ask_for_sound)


# Qt is loaded by name, and only in the other process, because this package does without it.


def _load_widgets() -> str:
    importlib.import_module("PySide6.QtWidgets")
    importlib.import_module("PySide6.QtSvg")
    return str(importlib.import_module("PySide6.QtCore").qVersion())


def _load_gui() -> None:
    importlib.import_module("PySide6.QtGui")


def _open_display() -> str:
    gui: Any = importlib.import_module("PySide6.QtGui")
    application = gui.QGuiApplication(["audiodesk"])
    return str(application.platformName())


def _ask_for_sound() -> str:
    core: Any = importlib.import_module("PySide6.QtCore")
    multimedia: Any = importlib.import_module("PySide6.QtMultimedia")
    application = core.QCoreApplication(["audiodesk"])
    device = multimedia.QMediaDevices.defaultAudioOutput()
    name = "" if device.isNull() else str(device.description())
    del application
    return name


def _nothing() -> None:
    """Prepare nothing."""


def _ask(question: Callable[[], str], *, first: Callable[[], None] = _nothing, patience: float = _PATIENCE) -> Probe:
    """Ask in a new process, never in a fork of this one: what it loads might crash there.

    What takes long without anything being wrong is done ``first``; the answer then has ``patience`` seconds.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="audiodesk-") as folder:
        said = Path(folder) / "said"
        said.touch()
        process = context.Process(target=_answer, args=(question, first, theirs, str(said)), daemon=True)
        with interrupts_held():
            process.start()
        theirs.close()
        answer, is_silent = _receive(ours, patience)
        process.join(_PATIENCE if answer is not None else 0.1)
        if process.is_alive():
            process.kill()
            process.join()
        ours.close()
        words = said.read_bytes()[:4096].decode("utf-8", "replace").strip()
    if answer is None:
        lines = words.splitlines() or [f"exit code {process.exitcode}"]
        return Probe(None, next((line for line in lines if _NOT_REACHED in line), lines[-1]), is_silent)
    return answer


def _receive(ours: Connection, patience: float) -> tuple[Probe | None, bool]:
    """Return the answer, if there is one, and whether it was waited for in vain."""
    for seconds in (_PATIENCE, patience):
        if not ours.poll(seconds):
            return None, True
        try:
            said = ours.recv()
        except EOFError:
            return None, False
        if said is not None:
            worked, text = said
            return (Probe(text) if worked else Probe(None, text)), False
    return None, True


def _answer(question: Callable[[], str], first: Callable[[], None], theirs: Connection, said: str) -> None:
    # Qt prints its complaints on standard error, sometimes just before it ends the process.
    send_standard_error_to(said)
    try:
        first()
        theirs.send(None)
        theirs.send((True, question()))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is the answer
        theirs.send((False, f"{type(error).__name__}: {error}"))
    theirs.close()
    # No normal exit: what was loaded may crash while it is torn down, after the answer was sent.
    os._exit(0)
