"""The command that reads every file of the vault again and names what is missing or changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.cli.output.reading import open_to_read
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.verify import VerifyItem, VerifyProgress, VerifyResult, count_files
from audiodesk.domain.words.importing.result_words import verify_action, verify_result, verify_summary
from audiodesk.domain.words.program.command_words import at_work, stopped

__all__ = ["verify"]

_REASONS = {VerifyResult.MISSING: "file_missing", VerifyResult.CHANGED: "file_damaged"}
_AS_THEY_SHOULD_BE = (VerifyResult.OK, VerifyResult.ELSEWHERE)
_BAD = (VerifyResult.MISSING, VerifyResult.CHANGED, VerifyResult.UNREADABLE)


def verify(
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Only this project: an id, its beginning, or its title.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Read the vault's files again and name what is missing or changed."""
    answer = Answer(as_json=as_json)
    latest: list[VerifyProgress] = []

    def read() -> tuple[float, float, str] | None:
        return (latest[-1].bytes_done, latest[-1].size, "") if latest else None

    def tell(progress: VerifyProgress) -> None:
        latest[:] = [progress]

    with open_to_read() as core, stoppable() as cancel, progress_bar(at_work("reading"), read):
        project_id = None if project is None else core.catalogue.resolve(project, Entity.PROJECT).id
        items = core.verifier.verify(project_id, cancel=cancel, progress=tell)
    counts = Counter(item.result for item in items)
    answer.document(
        {
            "items": [_document(item) for item in items],
            "summary": {result.value: counts[result] for result in VerifyResult},
            "files": count_files(items).total(),
        }
    )
    if items or not cancel.is_set():
        _say(answer, items)
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    return 1 if any(counts[result] for result in _BAD) else 0


def _document(item: VerifyItem) -> dict[str, Any]:
    return {
        "take": item.take_id,
        "role": None if item.role is None else item.role.value,
        "title": item.title,
        "file_name": item.file_name,
        "size": item.size,
        "result": item.result.value,
        "reason": item.reason or _REASONS.get(item.result),
    }


def _say(answer: Answer, items: Sequence[VerifyItem]) -> None:
    for item in items:
        if item.result not in _AS_THEY_SHOULD_BE:
            name = f" ({shown(item.file_name)})" if item.file_name else ""
            answer.line(f"{verify_result(item.result)}: {shown(item.title)}{name}")
    counts = count_files(items)
    answer.line(verify_summary(counts))
    if action := verify_action(counts):
        answer.line(action)
