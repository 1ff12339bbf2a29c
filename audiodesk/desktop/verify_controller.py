"""Has every file of the vault read again when the person asks for it, and says what was found."""

from __future__ import annotations

import threading
from collections import Counter

from PySide6.QtCore import QObject

from audiodesk.composition import Core
from audiodesk.desktop.notices import Notices
from audiodesk.desktop.tasks import Tasks
from audiodesk.domain.result_words import verify_action, verify_result, verify_summary
from audiodesk.domain.verify import VerifyItem, VerifyResult
from audiodesk.domain.words import tr
from audiodesk.views.main_window import MainWindow

__all__ = ["VerifyController"]

_MOST_LINES = 50


class VerifyController(QObject):
    """One reading at a time; closing the window ends it between two blocks."""

    def __init__(self, core: Core, window: MainWindow, tasks: Tasks, notices: Notices) -> None:
        super().__init__(window)
        self._core, self._window, self._tasks, self._notices = core, window, tasks, notices
        self._cancel = threading.Event()
        window.acts.verify.triggered.connect(self.verify)

    def verify(self) -> None:
        """Read everything again."""
        self._window.acts.verify.setEnabled(False)
        self._window.status.say(tr("Reading all files of the library again…"))
        task = self._tasks.run(lambda: self._core.verifier.verify(cancel=self._cancel), "long")
        task.done(self._show).failed(self._fail)

    def close(self) -> None:
        """Stop reading."""
        self._cancel.set()

    def _show(self, items: list[VerifyItem]) -> None:
        self._window.acts.verify.setEnabled(True)
        sentence = verify_summary(Counter(item.result for item in items))
        wrong = [item for item in items if item.result is not VerifyResult.OK]
        if not wrong:
            self._window.notice.show_notice(sentence, icon="check", tone="safe")
            return
        lines = [f"{item.title}: {verify_result(item.result)}" for item in wrong[:_MOST_LINES]]
        if len(wrong) > _MOST_LINES:
            lines.append("…")
        if action := verify_action({item.result for item in wrong}):
            lines.append(action)
        self._window.notice.show_notice(sentence, details="\n".join(lines))

    def _fail(self, error: object) -> None:
        self._window.acts.verify.setEnabled(True)
        self._notices.show_error(error)  # type: ignore[arg-type]  # tasks hand on AudioDeskErrors only
