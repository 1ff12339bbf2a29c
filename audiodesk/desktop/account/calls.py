"""Asks the server or the keyring from a thread of its own, because either may not answer for a long time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from audiodesk.desktop.base.tasks import Task, Tasks

__all__ = ["Calls"]


class Calls:
    """Starts calls; their handlers run on the main thread. When the window closes nobody waits for them."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def start(self, work: Callable[[], Any]) -> Task:
        """Run ``work``; call this on the main thread. The task's handlers get its result or its error."""
        task = self._tasks.expect()

        def run(work: Callable[[], Any]) -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                result = work()
            except BaseException as raised:  # noqa: BLE001 - every end of the work is an answer
                error = raised
            del work  # it may hold a password
            self._tasks.answer(task, result, error)

        threading.Thread(target=run, args=(work,), name="account", daemon=True).start()
        return task
