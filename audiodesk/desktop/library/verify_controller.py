"""Reads every file of the vault again when the person asks for it, and shows the result."""

from __future__ import annotations

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.domain.library.verify import VerifyItem, VerifyProgress, VerifyResult, count_files
from audiodesk.domain.words.importing.result_words import verify_action, verify_result, verify_summary
from audiodesk.services.jobs import Job

__all__ = ["VerifyController"]

_MOST_LINES = 50


class VerifyController(Controller):
    """One job at a time; cancelling it or closing the window stops it between two blocks."""

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared)
        self._is_cancelled = False
        self._window.acts.verify.triggered.connect(self.verify)

    def verify(self) -> None:
        """Start reading all files again."""
        self._window.acts.verify.setEnabled(False)
        self._window.status.say(words.tr("Reading all files of the library again…"))
        self._jobs.start(JobKind.VERIFY, self._read).done(self._show).failed(self._fail)

    def _read(self, job: Job) -> list[VerifyItem]:
        def told(at: VerifyProgress) -> None:
            job.tell(JobProgress(at.files, at.files_done, at.size, at.bytes_done))

        items = self._core.verifier.verify(cancel=job.cancel, progress=told)
        self._is_cancelled = job.cancel.is_set()
        return items

    def _show(self, items: list[VerifyItem]) -> None:
        self._window.acts.verify.setEnabled(True)
        sentence = verify_summary(count_files(items))
        if self._is_cancelled:
            self._window.status.say(words.tr("Cancelled. Until then: {sentence}").format(sentence=sentence))
        fine = (VerifyResult.OK, VerifyResult.ELSEWHERE)
        wrong = [item for item in items if item.result not in fine]
        if not wrong:
            if self._is_cancelled:  # the files that were not read may be damaged
                return
            self._window.notice.show_notice(sentence, icon="check", tone="safe")
            return
        lines = [f"{item.title}: {verify_result(item.result)}" for item in wrong[:_MOST_LINES]]
        if len(wrong) > _MOST_LINES:
            lines.append("…")
        if action := verify_action({item.result for item in wrong}):
            lines.append(action)
        self._window.notice.show_notice(sentence, details="\n".join(lines))

    def _fail(self, error: AudioDeskError) -> None:
        self._window.acts.verify.setEnabled(True)
        self._notices.show_error(error)
