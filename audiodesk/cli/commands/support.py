"""The command with which support staff look at a person's storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from audiodesk.cli.commands.usage import project_lines, usage_document
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.asking import ask_server
from audiodesk.cli.output.options import AsJson
from audiodesk.cli.output.progress import progress_bar
from audiodesk.cli.output.support_csv import files_csv
from audiodesk.composition import Program
from audiodesk.domain.server.support import StorageProblem, SupportReport
from audiodesk.domain.words.server.support_words import (
    csv_written,
    looking,
    more_problems,
    objects_sentence,
    person_line,
    problem_action,
    problem_sentence,
    problems_head,
    projects_head,
    recorded,
)
from audiodesk.domain.words.server.usage_words import usage_sentence
from audiodesk.system.files import require_free, write_new

__all__ = ["support"]

_LISTED = 5
"""Problems of one kind that a terminal shows; the document has them all."""


def support(
    who: Annotated[str, typer.Argument(metavar="USER", help="The person's e-mail address, or the account's id.")],
    *,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the list of files to this new file.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Look at a person's storage, for support staff: usage, files and problems, never audio. Each look is recorded."""
    answer = Answer(as_json=as_json)
    if csv is not None:
        require_free(csv)  # before the look, which leaves a record
    latest: list[tuple[int, int]] = []

    def read() -> tuple[float, float, str] | None:
        return (*latest[-1], "") if latest else None

    with (
        Program(face="command") as program,
        program.sign_in() as sign_in,
        progress_bar(looking(), read),
    ):

        def ask(moved: Callable[[], None]) -> SupportReport:
            def tell(done: int, whole: int) -> None:
                latest[:] = [(done, max(done, whole))]
                moved()

            return sign_in.support.look(who, files=as_json or csv is not None, progress=tell)

        report = ask_server(sign_in, ask)
    files = report.files or ()
    if csv is not None:
        write_new(csv, files_csv(files))
    answer.document(_document(report, csv))
    answer.lines(_lines(report))
    if csv is not None:
        answer.line(csv_written(len(files), str(csv)))
    answer.note(recorded(report))
    return 0


def _document(report: SupportReport, csv: Path | None) -> dict[str, Any]:
    return {
        "user": {
            "id": report.person.id,
            "email": report.person.email,
            "created_at": report.person.created_at or None,
            "last_upload_at": report.last_upload_at or None,
        },
        "usage": usage_document(report.usage),
        "files": [dict(file) for file in report.files or ()],
        "problems": [
            {
                "code": problem.code,
                "message": problem_sentence(problem),
                "action": problem_action(problem),
                "params": dict(problem.params),
            }
            for problem in report.problems
        ],
        "problem_counts": dict(report.counts),
        "csv": None if csv is None else str(csv),
    }


def _lines(report: SupportReport) -> Iterator[str]:
    yield person_line(report)
    yield usage_sentence(report.usage)
    yield objects_sentence(report)
    if report.usage.projects:
        yield projects_head()
        yield from project_lines(report.usage)
    yield problems_head(sum(report.counts.values()))
    for code, found in groupby(report.problems, key=lambda problem: problem.code):
        yield from _problem_lines(list(found), report.counts.get(code, 0))


def _problem_lines(problems: list[StorageProblem], count: int) -> Iterator[str]:
    for problem in problems[:_LISTED]:
        yield f"  {shown(problem_sentence(problem))}"
    if (more := max(count, len(problems)) - _LISTED) > 0:
        yield f"  {more_problems(more)}"
    yield f"    {shown(problem_action(problems[0]))}"
