"""What a window said of its server since it was made, also for a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from audiodesk.views.centre.first_run import FirstRun
from audiodesk.views.frame.status_bar import StatusBar

__all__ = ["FALSE_FOR_AN_ACCOUNT", "remember_what_is_said"]

FALSE_FOR_AN_ACCOUNT = ("On this computer", "Offline", "Nothing leaves this computer.")
"""What may not be said, not even for a moment, while an account is being opened and its server answers."""


def remember_what_is_said(monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """Return a list that gets the word of the status bar and the text of the first page with each change."""
    said: list[str] = []
    show_connection, show_owner = StatusBar.show_connection, FirstRun.show_owner

    def connection(bar: StatusBar, *args: Any, **more: Any) -> None:
        show_connection(bar, *args, **more)
        said.append(bar.connection)

    def owner(page: FirstRun, **more: Any) -> None:
        show_owner(page, **more)
        said.extend(label.text() for label in page.findChildren(QLabel))

    monkeypatch.setattr(StatusBar, "show_connection", connection)
    monkeypatch.setattr(FirstRun, "show_owner", owner)
    return said
