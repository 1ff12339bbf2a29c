"""How systems differ with processes: Ctrl-C, standard error, memory, processors."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

from audiodesk.system.platforms import modules

__all__ = ["cores", "forbid_core_files", "interrupts_held", "limit_memory", "send_standard_error_to"]


@contextlib.contextmanager
def interrupts_held(*, signals: Any = signal, kernel32: Any = None) -> Iterator[None]:
    """Shield processes that are started in the block from the terminal's Ctrl-C, for as long as they run.

    They inherit the signals that this thread blocks; so do threads started in the block. ``kernel32`` is Windows'.
    """
    if not hasattr(signals, "pthread_sigmask"):
        with _console_interrupts_held(kernel32 if kernel32 is not None else modules.kernel32()):
            yield
        return
    # multiprocessing starts this tracker with its first process, and that lets Ctrl-C through again in this thread. So
    # it is started first.
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()
    before = signals.pthread_sigmask(signals.SIG_BLOCK, {signals.SIGINT})
    try:
        yield
    finally:
        signals.pthread_sigmask(signals.SIG_SETMASK, before)


@contextlib.contextmanager
def _console_interrupts_held(kernel32: Any) -> Iterator[None]:
    """Ignore Ctrl-C for a moment in the whole process: on Windows a new process inherits this from its parent."""
    if kernel32 is None:
        yield
        return
    kernel32.SetConsoleCtrlHandler(None, 1)
    try:
        yield
    finally:
        kernel32.SetConsoleCtrlHandler(None, 0)


def send_standard_error_to(path: str, *, keep_own: bool = False) -> None:
    """Send this process's standard error to the file ``path``; with ``keep_own``, only that of native code.

    A process calls this on itself, before it has other threads that write or start processes.
    """
    try:
        kept = os.dup(2) if keep_own else None
        target = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.dup2(target, 2)
        os.close(target)
        if kept is not None:
            sys.stderr = os.fdopen(kept, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    except OSError:  # a program without a console has no standard error
        sys.stderr = None


def limit_memory(beyond: int, *, resource: Any = modules.RESOURCE, statm: str = "/proc/self/statm") -> bool:
    """Let this process reserve at most ``beyond`` bytes more than it has; False where the system cannot (not Linux)."""
    try:
        with open(statm, encoding="ascii") as numbers:  # noqa: PTH123 - nothing more than one number
            reserved = int(numbers.read().split()[0]) * resource.getpagesize()
    except (OSError, AttributeError):
        return False
    limit = reserved + beyond
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return True


def forbid_core_files(*, resource: Any = modules.RESOURCE) -> bool:
    """Let this process leave no image of its memory when it crashes; False where the system has no such limit."""
    try:
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        # Linux heeds a limit of 0 only for files. With 1 it starts no program that collects the images either.
        least = 1 if sys.platform == "linux" and hard != 0 else 0
        resource.setrlimit(resource.RLIMIT_CORE, (least, hard))
    except (OSError, AttributeError, ValueError):
        return False
    return True


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
