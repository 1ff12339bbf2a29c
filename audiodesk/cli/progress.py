"""Progress bars on a terminal: a latest value, looked at ten times a second by a thread of its own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from audiodesk.cli.answer import shown

__all__ = ["progress_bar"]

_INTERVAL = 0.1


@contextmanager
def progress_bar(label: str, read: Callable[[], tuple[float, float, str] | None]) -> Iterator[None]:
    """Show a bar on standard error while the body runs, where that is a terminal.

    ``read`` gives ``(done, whole, text)`` in any one unit, or None while there is nothing to tell; it is called from
    another thread.
    """
    if not sys.stderr.isatty():
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
