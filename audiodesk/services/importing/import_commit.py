"""Commits what an import has copied and checked: true names in the vault and rows, many files in one transaction."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.audio.findings import Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import NOT_WRITABLE, AudioDeskError, BugError
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportItem, ImportResult, PlannedFile
from audiodesk.domain.library.planning import numbered_name
from audiodesk.domain.library.refusal import Refusal
from audiodesk.local.database.database import Database
from audiodesk.local.files.vault import Vault
from audiodesk.local.rows.importing import refusal_repo
from audiodesk.local.rows.importing.place_writer import MadePlaces, PlaceWriter
from audiodesk.local.rows.importing.take_writer import NewFile, TakeWriter
from audiodesk.local.rows.library import take_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.sync.device import this_device
from audiodesk.local.rows.work import vault_file_repo
from audiodesk.services.importing.arrival import Arrival
from audiodesk.services.importing.temporary_names import TemporaryNames

__all__ = ["Committed", "ImportCommit"]

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Committed:
    """What one transaction did: items in the order of the arrivals, and the sections and parents that changed."""

    items: list[ImportItem] = field(default_factory=list)
    sections: set[str] = field(default_factory=set)
    parents: set[str | None] = field(default_factory=set)
    refusals_changed: bool = False


@dataclass(slots=True)
class _Draft(Committed):
    """A transaction under way; all of it is dropped if it fails."""

    made: MadePlaces = field(default_factory=lambda: MadePlaces({}))
    changes: list[FieldChange] = field(default_factory=list)
    adopted: list[NewFile] = field(default_factory=list)
    renewed: list[NewFile] = field(default_factory=list)
    """Files that replaced damaged ones. They are right whether their rows are committed or not."""
    withdrawn: frozenset[str] = frozenset()


class ImportCommit:
    """Runs the transactions of one import, one after the other, on one thread.

    Each adds to ``changes``, which the import's one edit undoes.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        names: TemporaryNames,
        clock: Callable[[], int],
        files: Sequence[PlannedFile],
    ) -> None:
        self._database = database
        self._vault = vault
        self._names = names
        self._clock = clock
        self._made = MadePlaces.of_plan([file.place for file in files])
        self._changes: list[FieldChange] = []

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        """All changes, to be undone as one: the topmost new rows, and the choice of current takes."""
        return tuple(_condensed([*self._made.changes, *self._changes]))

    def commit(self, arrivals: Sequence[Arrival]) -> Committed:
        """Commit ``arrivals`` in order; all their temporary files are gone afterwards.

        If the transaction fails, each file is tried alone, and its item says what failed. Raises nothing.
        """
        done = self._try(arrivals)
        if isinstance(done, Committed):
            return done
        if len(arrivals) == 1 or done.code in NOT_WRITABLE:
            return self._failed(arrivals, done)
        whole = Committed()
        for arrival in arrivals:
            one = self.commit([arrival])
            whole.items += one.items
            whole.sections |= one.sections
            whole.parents |= one.parents
            whole.refusals_changed |= one.refusals_changed
        return whole

    def _try(self, arrivals: Sequence[Arrival]) -> Committed | AudioDeskError:
        draft = _Draft(made=self._made.copy())
        now = self._clock()
        try:
            self._database.write(lambda connection: self._work(connection, now, arrivals, draft))
        except AudioDeskError as error:
            _log.warning("%d files of an import were not committed: %s", len(arrivals), error)
            self._take_back(draft)
            return error
        except Exception as error:  # noqa: BLE001 - a bug of ours must cost these files, not the whole import
            _log.exception("an import's transaction failed")
            self._take_back(draft)
            return BugError("import", details=repr(error))
        self._made, draft.parents = draft.made, draft.made.parents
        self._made.parents = set()
        self._changes += draft.changes
        self._names.withdrawn(draft.withdrawn)
        adopted = {file.temporary_name for file in (*draft.adopted, *draft.renewed)}
        for arrival in arrivals:
            for name in arrival.temporary_names:
                if name not in adopted:
                    self._names.discard(name)
        return draft

    def _work(self, connection: sqlite3.Connection, now: int, arrivals: Sequence[Arrival], draft: _Draft) -> None:
        rows = EditedRows(connection, now)
        places = PlaceWriter(rows, draft.made)
        takes = TakeWriter(rows, this_device(rows))
        try:
            for arrival in arrivals:
                draft.items.append(self._item(arrival, rows, places, takes, draft))
            named = [*draft.adopted, *draft.renewed]
            self._vault.settle(file.copied.sha256 for file in named)
            draft.withdrawn = self._names.withdraw(connection, [file.temporary_name for file in named])
            places.close()
        except BaseException:
            # Before this transaction ends, because until then no other process can count on these files.
            self._give_back(draft)
            raise

    def _item(
        self, arrival: Arrival, rows: EditedRows, places: PlaceWriter, takes: TakeWriter, draft: _Draft
    ) -> ImportItem:
        path = arrival.planned.path
        if arrival.cancelled or arrival.error is not None:
            return _without_rows(arrival)
        original = arrival.original
        assert arrival.report is not None  # noqa: S101 - it is neither failed nor cancelled
        is_refused = arrival.report.verdict is Verdict.REFUSED and (arrival.repaired is None or arrival.only_heals)
        if original is None or is_refused:
            kept_before = self._kept_before(arrival, places, takes)
            if kept_before is not None:
                self._heal(arrival, rows, draft)
            return kept_before or self._refuse(arrival, arrival.report, rows, draft)
        try:
            section_id = places.section(arrival.planned.place)
        except AudioDeskError as error:
            return ImportItem(path, ImportResult.FAILED, findings=arrival.report.findings, error=error)
        draft.refusals_changed |= refusal_repo.forget_path(rows.connection, path) > 0
        take_id = takes.present(section_id, original.copied.sha256)
        result = ImportResult.ADDED if take_id is None else ImportResult.PRESENT
        kept = arrival.repaired.report.seconds if arrival.repaired is not None and take_id is None else None
        if take_id is not None:
            # The take is there, but the vault may have lost its file. Adding the file again brings it back.
            self._heal(arrival, rows, draft)
        else:
            self._adopt(original, arrival.damaged, rows, draft)
            if arrival.repaired is not None:
                self._adopt(arrival.repaired, arrival.damaged, rows, draft)
            origin = None if arrival.planned.is_found else path
            added = takes.add(section_id, origin, arrival.planned.name, original, arrival.repaired)
            take_id = added.take_id
            draft.sections.add(section_id)
            # Undoing a new row also undoes what was made below it.
            if section_id not in draft.made.new_ids:
                draft.changes += added.changes
        more = self._add_further(arrival, section_id, take_id, rows, takes, draft)
        return ImportItem(
            path, result, take_id, section_id, arrival.report.findings, repaired_seconds=kept, more_takes=more
        )

    def _add_further(
        self, arrival: Arrival, section_id: str, take_id: str, rows: EditedRows, takes: TakeWriter, draft: _Draft
    ) -> tuple[str, ...]:
        """Make takes of the further recordings in the file, none of them current; return their ids."""
        made: list[str] = []
        planned = arrival.planned
        origin = takes.origin(take_id) if planned.is_found else planned.path
        for number, one in enumerate(arrival.further, start=2):
            if takes.present(section_id, one.original.copied.sha256) is not None:
                continue
            for file in one.files:
                self._adopt(file, arrival.damaged, rows, draft)
            name = numbered_name(planned.name, number)
            added = takes.add(section_id, origin, name, one.original, one.repaired, is_current=False)
            made.append(added.take_id)
            draft.sections.add(section_id)
            if section_id not in draft.made.new_ids:
                draft.changes += added.changes
        return tuple(made)

    def _heal(self, arrival: Arrival, rows: EditedRows, draft: _Draft) -> None:
        """Put back files of existing takes that the vault has lost."""
        for file in (arrival.original, arrival.repaired):
            if file is not None and vault_file_repo.is_used(rows.connection, file.copied.sha256):
                self._adopt(file, arrival.damaged, rows, draft)

    def _adopt(self, file: NewFile, damaged: set[str], rows: EditedRows, draft: _Draft) -> None:
        sha256, kind = file.copied.sha256, _kind(file)
        was_there = self._vault.has(sha256, kind)
        if self._vault.adopt(
            file.temporary_name, sha256, kind, file.copied.size, is_damaged=was_there and sha256 in damaged
        ):
            damaged.discard(sha256)
            (draft.renewed if was_there else draft.adopted).append(file)
        # The vault's file is whole: it was read before, or has just been replaced.
        if vault_file_repo.entered(rows.connection, sha256, kind, file.copied.size, rows.now):
            draft.sections |= take_repo.sections_with(rows.connection, sha256)

    @staticmethod
    def _kept_before(arrival: Arrival, places: PlaceWriter, takes: TakeWriter) -> ImportItem | None:
        """Return the item of a damaged file whose take, with a repaired copy, is there already; else None."""
        section_id = None if arrival.copied is None else places.existing_section(arrival.planned.place)
        if section_id is None or arrival.copied is None:
            return None
        take_id = takes.present(section_id, arrival.copied.sha256)
        findings = arrival.report.findings if arrival.report is not None else ()
        if take_id is None:
            return None
        return ImportItem(arrival.planned.path, ImportResult.PRESENT, take_id, section_id, findings)

    def _refuse(self, arrival: Arrival, report: CheckReport, rows: EditedRows, draft: _Draft) -> ImportItem:
        planned = arrival.planned
        refusal = Refusal(new_id(), rows.now, planned.path, planned.name, planned.place, report)
        refusal_repo.add(rows.connection, refusal)
        draft.refusals_changed = True
        return ImportItem(planned.path, ImportResult.REFUSED, findings=report.findings)

    def _give_back(self, draft: _Draft) -> None:
        for file in reversed(draft.adopted):
            try:
                self._vault.give_back(file.temporary_name, file.copied.sha256, _kind(file))
            except AudioDeskError as error:
                _left(1, error)
        draft.adopted.clear()

    def _take_back(self, draft: _Draft) -> None:
        """Undo the renames of a transaction whose commit failed, except for files that have a row nevertheless."""
        if not draft.adopted:
            return

        def work(connection: sqlite3.Connection) -> None:
            files = [file for file in draft.adopted if not vault_file_repo.is_used(connection, file.copied.sha256)]
            draft.adopted[:] = files
            self._give_back(draft)

        try:
            self._database.write(work)
        except AudioDeskError as error:
            _left(len(draft.adopted), error)

    def _failed(self, arrivals: Sequence[Arrival], error: AudioDeskError) -> Committed:
        failed = Committed()
        for arrival in arrivals:
            for name in arrival.temporary_names:
                self._names.discard(name)
            arrival.error = arrival.error or error
            failed.items.append(_without_rows(arrival))
        return failed


def _left(count: int, error: AudioDeskError) -> None:
    """Log that files may be in the vault without rows; they are offered, and adding them again adopts them."""
    _log.warning("%d files may be in the vault without their rows: %s", count, error)


def _without_rows(arrival: Arrival) -> ImportItem:
    findings = arrival.report.findings if arrival.report is not None else ()
    if arrival.cancelled:
        return ImportItem(arrival.planned.path, ImportResult.CANCELLED, findings=findings)
    return ImportItem(arrival.planned.path, ImportResult.FAILED, findings=findings, error=arrival.error)


def _kind(file: NewFile) -> Kind:
    assert file.report.kind is not None  # noqa: S101 - what is neither MP3 nor WAV is refused before
    return file.report.kind


def _condensed(changes: Sequence[FieldChange]) -> list[FieldChange]:
    """Return one change for each field: from its first value to its last."""
    kept: dict[tuple[Entity, str, str], FieldChange] = {}
    for change in changes:
        key = (change.entity, change.row_id, change.field)
        first = kept.get(key, change)
        kept[key] = FieldChange(change.entity, change.row_id, change.field, first.before, change.after)
    return list(kept.values())
