"""Runs the imports of one library one after the other, in the background or at once, and lists what they refused."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError, UserError
from audiodesk.domain.events import RefusalsChanged, Trouble
from audiodesk.domain.ids import new_id
from audiodesk.domain.job import JobKind, JobProgress
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult, Place, PlannedFile
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.refusal import Refusal
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.importing import refusal_repo
from audiodesk.local.rows.library import take_repo
from audiodesk.services.bus import Bus
from audiodesk.services.importing.derived_files import FileChecker
from audiodesk.services.importing.import_job import ImportJob, ImportTools
from audiodesk.services.importing.import_stages import still_being_written
from audiodesk.services.importing.recovery import recover
from audiodesk.services.jobs import Job, Jobs
from audiodesk.system.dropped_files import size_of
from audiodesk.system.writers import RestWatch

__all__ = ["Importer"]

_log = logging.getLogger(__name__)
_KEPT_JOBS = 20
_PATIENCE = 30.0
"""Seconds for which an import in the foreground waits for files that are still being written."""
_LOOK_SECONDS = 0.5
_CLOSE_SECONDS = 10.0
"""How long closing waits for an import to stop: a source that no longer answers must not hold up the end."""


class Importer:
    """Runs imports one at a time, so that two drops on one section keep their order. Any thread may call it.

    ``owner`` is the name of this process's sign of life; ``is_alive`` tells whether another process is alive.
    ``record`` takes what an import did as one edit for undo. ``rest`` tells which files are still being written: an
    import in the background leaves them to ``WaitingFiles``, any other looks again for ``patience`` seconds. Imports in
    the background are listed among ``jobs``.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        checker: FileChecker,
        bus: Bus,
        owner: str,
        is_alive: Callable[[str], bool],
        record: Callable[[Edit], None],
        clock: Callable[[], int],
        rest: RestWatch | None = None,
        patience: float | None = None,
        jobs: Jobs | None = None,
    ) -> None:
        self._tools = ImportTools(
            database=database,
            vault=vault,
            checker=checker,
            bus=bus,
            owner=owner,
            clock=clock,
            record=record,
            rest=rest or RestWatch(),
        )
        self._patience = _PATIENCE if patience is None else patience
        self._is_alive = is_alive
        self._lock = threading.Lock()
        self._jobs: dict[str, ImportJob] = {}
        self._turn = threading.Condition(self._lock)
        self._queue: list[ImportJob] = []
        self._job_list = jobs or Jobs(bus)

    def start(self, plan: ImportPlan, *, repair: bool = False) -> str:
        """Import in the background; returns the id for ``cancel`` and ``items``. Events tell the rest."""
        importing = self._add(plan, repair=repair, waits=True)
        job = Job(JobKind.IMPORT, job_id=importing.job_id, cancel=importing.cancel)
        job.wait_for_turn(is_waiting=True)
        job.follow(importing.progress.value)
        self._job_list.start(job, lambda job: self._run_in_turn(importing, job))
        return job.id

    def import_files(
        self,
        plan: ImportPlan,
        *,
        repair: bool = False,
        more_audio: bool = False,
        cancel: threading.Event | None = None,
        job: Job | None = None,
        act: str = "import",
    ) -> list[ImportItem]:
        """Import now, and return what became of each file. Setting ``cancel`` stops it between two blocks.

        ``repair`` keeps the sound part of refused files; ``more_audio`` makes takes of further recordings in a file. A
        file that is still being written is added once it is finished, or refused after 30 seconds. Ctrl-C cancels too;
        KeyboardInterrupt is raised again when all is tidy. ``job``: the job that this work belongs to.
        """
        until = time.monotonic() + self._patience
        cancel = cancel or (threading.Event() if job is None else job.cancel)
        items = self._run(self._add(plan, repair=repair, more_audio=more_audio, cancel=cancel, act=act, job=job))
        planned = {file.path: file for file in plan.files}
        while (waiting := _still_written(items, planned)) and not cancel.is_set():
            is_over = time.monotonic() >= until
            resting = [file for file in waiting if self._tools.rest.is_resting(file.path)]
            if resting:
                rest = ImportPlan(plan.target, tuple(resting))
                again = self._run(
                    self._add(rest, repair=repair, more_audio=more_audio, cancel=cancel, act=act, job=job)
                )
                results = {item.path: item for item in again}
                items = [results.get(item.path, item) for item in items]
            if is_over:
                break
            cancel.wait(min(_LOOK_SECONDS, max(0.0, until - time.monotonic())))
        return items

    def cancel(self, job_id: str) -> None:
        """Stop an import between two blocks; what it added stays."""
        with self._lock:
            job = self._jobs.get(job_id)
        if job is not None:
            job.stop()

    def progress(self) -> list[JobProgress]:
        """Return the latest numbers of every import that runs or waits, in order."""
        with self._lock:
            jobs = list(self._queue)
        return [job.progress.value() for job in jobs]

    def items(self, job_id: str) -> list[ImportItem]:
        """Return what became of the files of an import so far; those of the last 20 imports are kept."""
        with self._lock:
            job = self._jobs.get(job_id)
        return [] if job is None else job.items

    def refusals(self) -> list[Refusal]:
        """Return the files that were not added and not dismissed, the newest last."""
        return self._tools.wanted.all()

    def dismiss(self, ids: Sequence[str]) -> None:
        """Take these files off the list."""
        self._tools.wanted.dismiss(ids)

    def retry(self, ids: Collection[str]) -> str | None:
        """Import these files of ``refusals`` again, to where each was to go; return the job's id, None if none.

        A file stays in the list until it is added. If it fails again, the list has the new reason.
        """
        files = [
            PlannedFile(refusal.path, refusal.name, size_of(refusal.path) or refusal.report.size, refusal.place)
            for refusal in self.refusals()
            if refusal.id in ids
        ]
        return self.start(ImportPlan(None, tuple(files))) if files else None

    def wait_for(self, refusal_id: str, file: PlannedFile) -> None:
        """List ``file`` in place of a refusal, to be added when it is finished."""
        report = CheckReport(size=file.size, kind=None, findings=(still_being_written(waits=True),))
        refusal = Refusal(new_id(), self._tools.clock(), file.path, file.name, file.place, report)

        def work(connection: sqlite3.Connection) -> None:
            refusal_repo.dismiss(connection, [refusal_id])
            refusal_repo.add(connection, refusal)

        self._tools.database.write(work)
        self._tools.bus.publish(RefusalsChanged())

    def keep_repaired(self, refusal_id: str, *, job: Job | None = None) -> Ref:
        """Import a refused file again and keep its sound part; return its take. Blocks until done.

        Raises UserError("not-found") if the file is not listed any more, UserError("not-repaired") if nothing of it can
        be kept now (it was changed or moved since), or the error that made the import fail.
        """
        with self._tools.database.read() as connection:
            refusal = refusal_repo.get(connection, refusal_id)
        if refusal is None:
            raise UserError("not-found", text=refusal_id)
        planned = PlannedFile(refusal.path, refusal.name, refusal.report.size, refusal.place)
        (item,) = self._run(self._add(ImportPlan(None, (planned,)), repair=True, job=job, act="keep-repaired"))
        if item.error is not None:
            raise item.error
        if item.take_id is None:
            raise UserError("cancelled" if item.result is ImportResult.CANCELLED else "not-repaired")
        return Ref(Entity.TAKE, item.take_id)

    def add_more_audio(self, take_id: str, *, job: Job | None = None) -> list[Ref]:
        """Make takes of the further recordings in a take's file in the vault; return the new takes.

        They come after the other takes of the section, whose current take stays. Blocks until done. Raises
        UserError("not-found") if there is no such take, or the error that made the import fail.
        """
        with self._tools.database.read() as connection:
            details = take_repo.details(connection, take_id)
        original = None if details is None else details.row.original
        if details is None or original is None:
            raise UserError("not-found", text=take_id)
        path = str(self._tools.vault.path_of(original.sha256, original.kind))
        take = details.row.take
        place = Place(section_id=take.section_id)
        planned = PlannedFile(path, take.file_name, original.size, place, is_found=True)
        plan = ImportPlan(None, (planned,))
        (item,) = self._run(self._add(plan, repair=True, more_audio=True, job=job, act="add-more-audio"))
        if item.error is not None:
            raise item.error
        return [Ref(Entity.TAKE, made) for made in item.more_takes]

    def recover(self) -> int:
        """Remove what crashed imports left behind; see ``recovery.recover``."""
        return recover(self._tools.database, self._tools.vault, self._is_alive)

    def close(self) -> None:
        """Stop every import between two blocks, and wait for it."""
        with self._lock:
            jobs = list(self._queue)
        for job in jobs:
            job.stop()
        with self._turn:
            if not self._turn.wait_for(lambda: not self._queue, _CLOSE_SECONDS):
                _log.warning("an import does not stop: the next start sweeps up")
        self._tools.wanted.write_rest()

    def _add(
        self,
        plan: ImportPlan,
        *,
        repair: bool,
        more_audio: bool = False,
        cancel: threading.Event | None = None,
        waits: bool = False,
        act: str = "import",
        job: Job | None = None,
    ) -> ImportJob:
        if job is not None:
            cancel = cancel or job.cancel
        importing = ImportJob(
            plan, self._tools, cancel=cancel, repair=repair, more_audio=more_audio, waits=waits, act=act
        )
        if job is not None:
            job.follow(importing.progress.value)
        with self._lock:
            self._queue.append(importing)
            self._jobs[importing.job_id] = importing
            for old in [known for known in self._jobs.values() if known.is_done.is_set()][:-_KEPT_JOBS]:
                del self._jobs[old.job_id]
        return importing

    def _run(self, job: ImportJob) -> list[ImportItem]:
        thread = threading.Thread(target=self._run_in_turn, args=(job,), name="import", daemon=True)
        thread.start()
        try:
            job.is_done.wait()
        except BaseException:
            job.stop()
            job.is_done.wait()
            raise
        finally:
            thread.join()
        return job.items

    def _run_in_turn(self, importing: ImportJob, job: Job | None = None) -> None:
        with self._turn:
            self._turn.wait_for(lambda: self._queue[0] is importing)
        if job is not None:
            job.wait_for_turn(is_waiting=False)
        try:
            importing.run()
        except Exception as error:  # noqa: BLE001 - no worker ends in silence
            _log.exception("an import ended")
            self._tools.bus.publish(Trouble(AudioDeskError("import-ended", details=repr(error))))
        finally:
            with self._turn:
                self._queue.remove(importing)
                self._turn.notify_all()


def _still_written(items: Sequence[ImportItem], planned: Mapping[str, PlannedFile]) -> list[PlannedFile]:
    return [
        planned[item.path]
        for item in items
        if item.path in planned and any(finding.code is Code.STILL_BEING_WRITTEN for finding in item.findings)
    ]
