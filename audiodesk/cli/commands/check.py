"""The command that gives verdicts on files and imports nothing."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.documents import checked_file
from audiodesk.cli.output.options import AsJson, require_names
from audiodesk.cli.output.progress import progress_bar
from audiodesk.composition import Program
from audiodesk.domain.audio.findings import Severity, Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.words import formats
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.importing.result_words import check_summary
from audiodesk.domain.words.program.command_words import at_work, stopped

if TYPE_CHECKING:
    from audiodesk.services.audio.checker import Checker

__all__ = ["check"]

_AT_ONCE = 2
"""Files checked side by side."""


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="The files to check; they are only read.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Give a verdict on each file, importing nothing."""
    require_names(files)
    answer = Answer(as_json=as_json)
    done: list[tuple[str, CheckReport]] = []
    with (
        stoppable() as cancel,
        Program(face="command") as program,
        progress_bar(at_work("checking"), lambda: (len(done), len(files), "")),
    ):
        for path, report in _check_all(program.checker, files, cancel):
            done.append((path, report))
            for line in _lines(path, report):
                answer.line(line)
    answer.document({"files": [checked_file(path, report) for path, report in done]})
    counts = Counter(report.verdict.value for _, report in done)
    if len(files) > 1:
        answer.line(check_summary(counts))
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    return 1 if counts[Verdict.REFUSED.value] else 0


def _check_all(checker: Checker, files: Sequence[str], cancel: threading.Event) -> Iterator[tuple[str, CheckReport]]:
    """Check files side by side; answers come in the order in which they were named."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="check") as pool:
        asked = [pool.submit(_check_one, checker, path, cancel) for path in files]
        for path, answer in zip(files, asked, strict=True):
            report = answer.result()
            if report is not None:
                yield path, report


def _check_one(checker: Checker, path: str, cancel: threading.Event) -> CheckReport | None:
    """Return None for a file whose check was not done when the person wished to stop."""
    try:
        return None if cancel.is_set() else checker.check(Path(path), full=True, cancel=cancel)
    except AudioDeskError:
        if cancel.is_set():
            return None
        raise


def _lines(path: str, report: CheckReport) -> Iterator[str]:
    facts = [report.kind.value.upper() if report.kind else "", formats.size(report.size)]
    if report.seconds:
        facts.insert(1, formats.length(report.seconds, 3))
    yield f"{report.verdict.value:<8} {shown(path)}  {' · '.join(fact for fact in facts if fact)}"
    for finding in report.all_findings:
        yield f"         {finding_sentence(finding)}"
        action = finding_action(finding) if finding.severity is not Severity.NOTE else ""
        if action:
            yield f"         {action}"
