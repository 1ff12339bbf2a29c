"""Runs one import from its plan to its last file: order within a section, results, one edit for undo."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath

from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError, BugError
from audiodesk.domain.events import ImportFinished, ImportStarted, RefusalsChanged, TakesChanged, TreeChanged, Trouble
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult, Place, PlannedFile
from audiodesk.domain.library.refusal import Refusal
from audiodesk.domain.words.importing.import_words import where_in_section
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.importing import refusal_repo
from audiodesk.local.rows.library import take_repo
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.services.bus import Bus
from audiodesk.services.importing.arrival import Arrival
from audiodesk.services.importing.derived_files import FileChecker
from audiodesk.services.importing.import_commit import Committed, ImportCommit
from audiodesk.services.importing.import_progress import ImportProgress
from audiodesk.services.importing.import_stages import ImportStages
from audiodesk.services.importing.temporary_names import TemporaryNames
from audiodesk.services.importing.wanted_files import WantedFiles
from audiodesk.system.writers import RestWatch

__all__ = ["ImportJob", "ImportTools", "not_finished"]

_log = logging.getLogger(__name__)
_TRANSACTION_SECONDS = 0.02
"""Seconds for one transaction. Edits in the window wait for it, so it takes only as many files as fit."""
_FEWEST, _MOST = 8, 24
"""Files in one transaction: fewer cost too many fsyncs, and more save no time."""


class ImportTools:
    """What every import of a library uses; ``owner`` names this process's sign of life."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        checker: FileChecker,
        bus: Bus,
        owner: str,
        clock: Callable[[], int],
        record: Callable[[Edit], None],
        rest: RestWatch,
        wanted: WantedFiles | None = None,
    ) -> None:
        self.database = database
        self.vault = vault
        self.checker = checker
        self.bus = bus
        self.owner = owner
        self.clock = clock
        self.record = record
        self.rest = rest
        self.wanted = wanted or WantedFiles(database, bus, clock)


class ImportJob:
    """Runs one plan. It is made on one thread and runs on another; any thread may ask for its state.

    Files of one section are committed in the plan's order, so that the last becomes the current take. Sections do not
    wait for each other. What was added before a cancel or a failure stays. It is one edit for undo, named ``act``.
    """

    def __init__(
        self,
        plan: ImportPlan,
        tools: ImportTools,
        *,
        cancel: threading.Event | None = None,
        repair: bool = False,
        more_audio: bool = False,
        waits: bool = False,
        act: str = "import",
    ) -> None:
        self.job_id = new_id()
        self.cancel = cancel or threading.Event()
        self.is_done = threading.Event()
        self._plan = plan
        self._tools = tools
        self._repair = repair
        self._more_audio = more_audio
        self._waits = waits
        self._act = act
        self._at_once = _FEWEST
        self._items: dict[int, ImportItem] = {}
        self._passed_over: list[ImportItem] = []
        self._queues = _by_section(plan.files)
        self.progress = ImportProgress(self.job_id, plan.files)

    @property
    def items(self) -> list[ImportItem]:
        """The results so far: those of the planned files, in order, then those of the files passed over."""
        return [self._items[index] for index in sorted(self._items)] + list(self._passed_over)

    def stop(self) -> None:
        """Cancel the import between two blocks."""
        self.cancel.set()

    def run(self) -> list[ImportItem]:
        """Import all files and return the items. Raises only bugs; ``is_done`` is set in any case."""
        tools, files = self._tools, self._plan.files
        tools.bus.publish(ImportStarted(self.job_id))
        names = TemporaryNames(tools.database, tools.vault, tools.owner, tools.clock, len(files))
        commit = ImportCommit(tools.database, tools.vault, names, tools.clock, files)
        try:
            self._name_places()
            self._pass_over()
            stages = ImportStages(
                files,
                vault=tools.vault,
                names=names,
                checker=tools.checker,
                progress=self.progress,
                cancel=self.cancel,
                repair=self._repair,
                lost_repaired=self._lost_repaired,
                more_audio=self._more_audio,
                rest=tools.rest,
                waits=self._waits,
            )
            with contextlib.closing(iter(stages)) as batches:  # whatever happens here, their threads end
                for batch in batches:
                    ready = self._ready(batch)
                    while ready:
                        piece, ready = ready[: self._at_once], ready[self._at_once :]
                        self._settle(self._commit(commit, piece), piece, stages)
            return self.items
        finally:
            self._finish(commit, names)

    def _lost_repaired(self, sha256: str) -> bool:
        with self._tools.database.read() as connection:
            return vault_file_repo.lost_repaired(connection, sha256)

    def _name_places(self) -> None:
        """Say in the progress which take each file will become, as far as that is known now."""
        numbers: dict[tuple[str, ...], int] = {}
        try:
            with self._tools.database.read() as connection:
                for place in {file.place for file in self._plan.files}:
                    if place.section_id is not None:
                        numbers[_section_key(place)] = take_repo.next_number(connection, place.section_id)
        except AudioDeskError as error:
            _log.warning("the numbers of the next takes are not known: %s", error)
        wheres = []
        for file in self._plan.files:
            key = _section_key(file.place)
            number = numbers.get(key, 1)
            numbers[key] = number + 1
            wheres.append(where_in_section(file.place.section_title, number))
        self.progress.name_places(wheres)

    def _pass_over(self) -> None:
        """Refuse the files that could not be planned."""
        passed = [
            (
                PlannedFile(path, _name(path), 0, Place()),
                CheckReport(size=0, kind=None, findings=(Finding(Code.UNREADABLE, {"reason": reason}),)),
            )
            for path, reason in self._plan.passed_over
        ]
        passed += [
            (file, CheckReport(size=file.size, kind=None, findings=(not_finished(file.name, waits=self._waits),)))
            for file in self._plan.unfinished
        ]
        if not passed:
            return
        now = self._tools.clock()
        try:
            self._tools.database.write(lambda connection: _remember_passed_over(connection, now, passed))
        except AudioDeskError as error:
            _log.warning("what was passed over is not remembered: %s", error)
        self._passed_over = [
            ImportItem(file.path, ImportResult.REFUSED, findings=report.findings) for file, report in passed
        ]
        self._tools.bus.publish(RefusalsChanged())

    def _ready(self, batch: Iterable[Arrival]) -> list[Arrival]:
        """Return, in the plan's order, all arrivals that wait for no earlier file of their section."""
        ready: list[Arrival] = []
        for arrival in batch:
            waiting, arrived = self._queues[_section_key(arrival.planned.place)]
            arrived[arrival.index] = arrival
            while waiting and waiting[0] in arrived:
                ready.append(arrived.pop(waiting.popleft()))
        return sorted(ready, key=lambda arrival: arrival.index)

    def _commit(self, commit: ImportCommit, arrivals: Sequence[Arrival]) -> Committed:
        begun = time.monotonic()
        done = commit.commit(arrivals)
        each = (time.monotonic() - begun) / len(arrivals)
        self._at_once = max(_FEWEST, min(_MOST, round(_TRANSACTION_SECONDS / max(each, 0.0001))))
        return done

    def _settle(self, done: Committed, arrivals: Sequence[Arrival], stages: ImportStages) -> None:
        for arrival, item in zip(arrivals, done.items, strict=True):
            self._items[arrival.index] = item
            self.progress.finished(arrival.index, item.result)
            if item.error is not None:
                stages.stop(item.error)
        stages.free_places(len(arrivals))
        bus = self._tools.bus
        if done.parents:
            bus.publish(TreeChanged(frozenset(done.parents)))
        if done.sections:
            bus.publish(TakesChanged(frozenset(done.sections)))
        if done.refusals_changed:
            bus.publish(RefusalsChanged())

    def _finish(self, commit: ImportCommit, names: TemporaryNames) -> None:
        try:
            names.close()
        except AudioDeskError as error:
            _log.warning("announcements stay until the next sweep: %s", error)
        self._remember_failed()
        items = self.items
        counts = {result: sum(item.result is result for item in items) for result in ImportResult}
        try:
            if commit.changes:
                self._tools.record(self._edit(commit))
        except AudioDeskError as error:
            self._tools.bus.publish(Trouble(error))
        finally:
            self.is_done.set()
            self._tools.bus.publish(
                ImportFinished(
                    self.job_id,
                    counts[ImportResult.ADDED],
                    counts[ImportResult.PRESENT],
                    counts[ImportResult.REFUSED],
                    counts[ImportResult.FAILED],
                    self.cancel.is_set(),
                    tuple(dict.fromkeys(item.section_id for item in items if item.section_id is not None)),
                    sum(any(finding.params.get("waits") for finding in item.findings) for item in items),
                    self._act,
                )
            )

    def _remember_failed(self) -> None:
        """List the files that should have been added and were not.

        This comes after the temporary files are gone, so that there may be room again.
        """
        failed = []
        for index, file in enumerate(self._plan.files):
            item = self._items.get(index)
            if item is None and not self.cancel.is_set():  # the import itself broke off
                item = ImportItem(file.path, ImportResult.FAILED, error=BugError("import-ended"))
                self._items[index] = item
            if item is not None and item.result is ImportResult.FAILED and not file.is_found:
                failed.append((file, item.error or BugError("import-ended")))
        self._tools.wanted.added([item.path for item in self._items.values() if item.take_id is not None])
        self._tools.wanted.remember(failed)

    def _edit(self, commit: ImportCommit) -> Edit:
        added = {index: item.result is ImportResult.ADDED for index, item in self._items.items()}
        touched = [index for index, item in self._items.items() if added[index] or item.more_takes]
        count = sum(added[index] + len(self._items[index].more_takes) for index in touched)
        title = self._plan.files[min(touched)].name if touched else ""
        return Edit(self._act, commit.changes, {"count": count, "title": title})


def not_finished(name: str, *, waits: bool) -> Finding:
    """Return the finding on a file that says by its name that it is not finished."""
    return Finding(Code.NOT_FINISHED, {"ending": PurePath(name).suffix, "waits": waits})


def _remember_passed_over(
    connection: sqlite3.Connection, now: int, passed: Sequence[tuple[PlannedFile, CheckReport]]
) -> None:
    for file, report in passed:
        refusal_repo.add(connection, Refusal(new_id(), now, file.path, file.name, file.place, report))


def _section_key(place: Place) -> tuple[str, ...]:
    """Return a key that is equal for files of one section, even before the section exists."""
    if place.section_id is not None:
        return (place.section_id,)
    chapter = (
        (place.chapter_id,) if place.chapter_id else (place.project_id or place.project_title, place.chapter_title)
    )
    return (*chapter, place.section_title)


def _by_section(files: Sequence[PlannedFile]) -> dict[tuple[str, ...], tuple[deque[int], dict[int, Arrival]]]:
    queues: dict[tuple[str, ...], tuple[deque[int], dict[int, Arrival]]] = {}
    for index, file in enumerate(files):
        queues.setdefault(_section_key(file.place), (deque(), {}))[0].append(index)
    return queues


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] or path
