"""The command that copies audio into the library."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from audiodesk.cli.frame.interrupt import INTERRUPTED, stoppable
from audiodesk.cli.output.answer import Answer, shown
from audiodesk.cli.output.documents import imported_file
from audiodesk.cli.output.nouns import place_named
from audiodesk.cli.output.options import AsJson, require_names
from audiodesk.cli.output.progress import progress_bar
from audiodesk.cli.output.titles import short_id
from audiodesk.composition import Core, open_core
from audiodesk.domain.audio.findings import Code, Finding, Severity, Verdict, verdict_of
from audiodesk.domain.errors import NOT_WRITABLE, OutsideError, UserError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult, Place
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import same_title
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.domain.words.errors.error_words import error_action, error_sentence
from audiodesk.domain.words.importing.import_words import cut_short_sentence, no_room_sentence
from audiodesk.domain.words.importing.result_words import copy_made, import_result, import_summary, more_takes_added
from audiodesk.domain.words.library.project_words import one_of_several
from audiodesk.domain.words.program.command_words import at_work, not_opened, nothing_found, others_left_out, stopped

__all__ = ["decode_what_is_pending", "import_audio"]


def import_audio(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files and folders; they are only read.")],
    *,
    section: Annotated[str | None, typer.Option(metavar="S", help="Add each file as a take of this section.")] = None,
    chapter: Annotated[str | None, typer.Option(metavar="C", help="Make each file a section of this chapter.")] = None,
    project: Annotated[
        str | None, typer.Option(metavar="P", help="Make folders chapters of this project, their files sections.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Only say where each file would go. The files are not opened: what is wrong with them, `check` says.",
        ),
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Keep what is left of files that end too early, beside the original.")
    ] = False,
    more_audio: Annotated[
        bool, typer.Option("--more-audio", help="Add further recordings in a file as takes of their own.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Copy audio into the library.

    Without a target, into a new project named after the folder. Your files are only read.
    """
    require_names(paths)
    answer = Answer(as_json=as_json)
    with open_core(face="command") as core, stoppable() as cancel:
        if core.upkeep.is_import_cut_short():
            answer.note(cut_short_sentence())
        target = _target(core, section, chapter, project)
        plan = core.planner.plan(paths, target, cancel=cancel)
        if target is None:
            for note in _chosen_by_title(core, plan):
                answer.note(note)
        if lack := no_room_sentence(plan):
            answer.note(lack)
        items = _as_planned(plan) if dry_run else _carry_out(core, plan, cancel, repair=repair, more_audio=more_audio)
    places = {file.path: _place_titles(file.place) for file in plan.files}
    answer.document(
        {
            "items": [{**imported_file(item), "place": places.get(item.path, [])} for item in items],
            "summary": _summary(items),
            "left_out": list(plan.other_files),
        }
    )
    for line in _lines(items, places):
        answer.line(line)
    if not items and not cancel.is_set():
        answer.note(nothing_found())
    if dry_run and plan.files:
        answer.note(not_opened())
    if plan.other_files:
        answer.note(others_left_out(len(plan.other_files)))
    if cancel.is_set():
        answer.note(stopped())
        return INTERRUPTED
    return _exit_code(items)


def _target(core: Core, section: str | None, chapter: str | None, project: str | None) -> Ref | None:
    given = {Entity.SECTION: section, Entity.CHAPTER: chapter, Entity.PROJECT: project}
    named = [(noun, text) for noun, text in given.items() if text is not None]
    if len(named) > 1:
        raise UserError("one-target-only")
    return place_named(core, named[0][1], named[0][0]) if named else None


def _chosen_by_title(core: Core, plan: ImportPlan) -> Iterator[str]:
    """Yield a note for each project that the plan found by its title although others have the same one."""
    count = Counter(same_title(project.title) for project in core.tree.children(None))
    found = {file.place.project_id: file.place.project_title for file in plan.files}
    for project_id, title in found.items():
        if project_id is not None and count[same_title(title)] > 1:
            yield one_of_several(shown(title), short_id(project_id))


def _carry_out(
    core: Core, plan: ImportPlan, cancel: threading.Event, *, repair: bool, more_audio: bool
) -> list[ImportItem]:
    """Import, then finish the full decodes that it left to be done; a wish to stop leaves them to the next start."""

    def read() -> tuple[float, float, str] | None:
        running = core.importer.progress()
        if not running:
            return None
        job = running[-1]
        return job.bytes_done, job.size, ", ".join(row.name for row in job.rows)

    with progress_bar(at_work("copying"), read):
        items = core.importer.import_files(plan, repair=repair, more_audio=more_audio, cancel=cancel)
    if not cancel.is_set() and any(item.result is ImportResult.ADDED or item.more_takes for item in items):
        decode_what_is_pending(core, cancel)
    return items


def decode_what_is_pending(core: Core, cancel: threading.Event) -> None:
    """Do the full decodes that an import left to be done; setting ``cancel`` leaves them to the next start."""
    analyser = core.analyser
    whole = analyser.unfinished()
    with progress_bar(at_work("listening"), lambda: (whole - analyser.unfinished(), whole, "")):
        analyser.wait_until_idle(cancel)


def _as_planned(plan: ImportPlan) -> list[ImportItem]:
    from audiodesk.services.importing.import_job import not_finished  # loaded late, because it loads all of an import

    planned = [ImportItem(file.path, ImportResult.PLANNED, section_id=file.place.section_id) for file in plan.files]
    passed_over = [
        ImportItem(path, ImportResult.REFUSED, findings=(Finding(Code.UNREADABLE, {"reason": reason}),))
        for path, reason in plan.passed_over
    ]
    unfinished = [
        ImportItem(file.path, ImportResult.REFUSED, findings=(not_finished(file.name, waits=False),))
        for file in plan.unfinished
    ]
    return planned + passed_over + unfinished


def _summary(items: Sequence[ImportItem]) -> dict[str, int]:
    counts = Counter(item.result for item in items)
    always = (ImportResult.ADDED, ImportResult.PRESENT, ImportResult.PLANNED, ImportResult.REFUSED, ImportResult.FAILED)
    return {result.value: counts[result] for result in (*always, ImportResult.CANCELLED)}


def _place_titles(place: Place) -> list[str]:
    return [title for title in (place.project_title, place.chapter_title, place.section_title) if title]


def _lines(items: Sequence[ImportItem], places: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for item in items:
        where = places.get(item.path)
        is_in = item.result in (ImportResult.ADDED, ImportResult.PRESENT, ImportResult.PLANNED)
        goes = f" → {' / '.join(where)}" if where is not None and is_in else ""
        yield f"{import_result(item.result)}: {shown(item.path)}{goes}"
        for finding in item.findings:
            if finding.severity is not Severity.NOTE:
                yield f"    {finding_sentence(finding)}"
                action = finding_action(finding)
                if action and item.result is ImportResult.REFUSED:
                    yield f"    {action}"
        if item.repaired_seconds is not None:
            yield f"    {copy_made(item.repaired_seconds, is_part=verdict_of(item.findings) is Verdict.REFUSED)}"
        if item.more_takes:
            yield f"    {more_takes_added(len(item.more_takes))}"
        if item.error is not None:
            yield f"    {error_sentence(item.error)}"
            if action := error_action(item.error):
                yield f"    {action}"
    if len(items) > 1:
        yield import_summary(Counter(item.result for item in items))


def _exit_code(items: Sequence[ImportItem]) -> int:
    if any(isinstance(item.error, OutsideError) and item.error.code in NOT_WRITABLE for item in items):
        return 3
    return 1 if any(item.result in (ImportResult.REFUSED, ImportResult.FAILED) for item in items) else 0
