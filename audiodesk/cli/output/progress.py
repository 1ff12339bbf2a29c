"""Progress bars on a terminal: a thread of their own reads the latest value ten times a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audiodesk.cli.output.answer import Answer, shown
from audiodesk.domain.words.program.command_words import progress_line

__all__ = ["progress_bar"]

_INTERVAL = 0.1
_FIRST_LINE, _LONGEST_SILENCE = 2.0, 15.0
"""Seconds until the first line, twice as many until the next, and so on up to the longest: a log must not fill up."""


@contextmanager
def progress_bar(label: str, read: Callable[[], tuple[float, float, str] | None]) -> Iterator[None]:
    """Show a bar on standard error while the body runs; where that is no terminal, a line now and then.

    ``read`` gives ``(done, whole, text)`` in any one unit, or None while there is nothing to tell; it is called from
    another thread.
    """
    if not sys.stderr.isatty():
        with _lines(label, read):
            yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %", markup=False),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[text]}", markup=False),
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
    )
    over = threading.Event()
    task = bar.add_task(label, total=None, text="")

    def follow() -> None:
        while not over.wait(_INTERVAL):
            value = read()
            if value is not None:
                done, whole, text = value
                bar.update(task, completed=done, total=whole, text=shown(text))
            bar.refresh()

    with bar:
        follower = threading.Thread(target=follow, name="progress", daemon=True)
        follower.start()
        try:
            yield
        finally:
            over.set()
            follower.join()


@contextmanager
def _lines(label: str, read: Callable[[], tuple[float, float, str] | None]) -> Iterator[None]:
    answer = Answer(as_json=False)
    over = threading.Event()

    def follow() -> None:
        pause = _FIRST_LINE
        while not over.wait(pause):
            value = read()
            if value is not None and value[1] > 0:
                answer.note(progress_line(label, value[0] / value[1]))
            pause = min(2 * pause, _LONGEST_SILENCE)

    follower = threading.Thread(target=follow, name="progress", daemon=True)
    follower.start()
    try:
        yield
    finally:
        over.set()
        follower.join()
