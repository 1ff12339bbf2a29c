"""The one dialog that a controller has open, which is forgotten and destroyed once it was closed."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtWidgets import QDialog

__all__ = ["OpenDialog"]

D = TypeVar("D", bound=QDialog)


class OpenDialog(Generic[D]):
    """``shown`` is None while none is open."""

    def __init__(self) -> None:
        self.shown: D | None = None

    def open(self, dialog: D) -> D:
        """Open ``dialog``; return it."""
        self.shown = dialog
        dialog.finished.connect(lambda _result: self._forget(dialog))
        dialog.open()
        return dialog

    def close(self) -> None:
        """Close it without an answer, if there is one."""
        if self.shown is not None:
            self.shown.done(0)

    def _forget(self, dialog: D) -> None:
        if self.shown is dialog:
            self.shown = None
        dialog.deleteLater()
