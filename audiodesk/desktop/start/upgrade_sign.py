"""Shows in a small window that an older library is being upgraded; the main window can only open after that."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from audiodesk.domain import words
from audiodesk.views.parts.theme import scaled

__all__ = ["saying_upgrade"]

_PAINT_SECONDS = 0.5


@contextlib.contextmanager
def saying_upgrade() -> Iterator[None]:
    """Show the sentence during the block.

    The block stops the event loop, so the sentence is painted first; that takes at most half a second.
    """
    sign = QLabel(words.tr("The library is being brought to the form of this version. A copy of its list is kept."))
    sign.setWindowTitle("AudioDesk")
    sign.setWordWrap(True)
    sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
    sign.setMargin(scaled(24))
    sign.resize(scaled(420), scaled(140))
    sign.show()
    handle = sign.windowHandle()
    end = time.monotonic() + _PAINT_SECONDS
    while time.monotonic() < end and not (handle is not None and handle.isExposed()):
        QApplication.processEvents()
    QApplication.processEvents()
    try:
        yield
    finally:
        sign.hide()
        sign.deleteLater()
