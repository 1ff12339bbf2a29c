"""Writes the rows of one new take: the take, its files, their source, and the work still to do for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from audiodesk.domain.audio.findings import Code, Verdict
from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.ids import new_id
from audiodesk.domain.library.edit import FieldChange
from audiodesk.domain.library.entities import FileRole, Section, Take, TakeFile
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.planning import name_with_ending, printable
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import without_surrogates
from audiodesk.local.file_copy import CopiedFile
from audiodesk.local.rows.importing.place_writer import append_key
from audiodesk.local.rows.library import half_repo, take_arrival, take_line, take_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.work import analysis_repo

__all__ = ["AddedTake", "NewFile", "TakeWriter"]

_PRESENT = """
    select t.id from take_file f join take t on t.id = f.take_id
    where f.sha256 = ? and t.section_id = ? and t.deleted_at is null and f.deleted_at is null
    order by t.created_at limit 1
"""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file in the vault's temporary folder, with its proven facts; ``report.kind`` is known."""

    temporary_name: str
    copied: CopiedFile
    report: CheckReport


@dataclass(frozen=True, slots=True)
class AddedTake:
    """The new take; ``changes`` are for undo."""

    take_id: str
    changes: tuple[FieldChange, ...] = field(default=())


class TakeWriter:
    """Writes takes inside one write."""

    def __init__(self, rows: EditedRows, device_id: str) -> None:
        self._rows = rows
        self._device_id = device_id
        self._moments: dict[str, int] = {}

    def present(self, section_id: str, sha256: str) -> str | None:
        """Return the id of the section's live take with these bytes; None if there is none."""
        row = self._rows.connection.execute(_PRESENT, (sha256, section_id)).fetchone()
        return None if row is None else str(row[0])

    def origin(self, take_id: str) -> str | None:
        """Return the path that the take's file came from; None if it is not known."""
        row = self._rows.connection.execute("select path from source where take_id = ?", (take_id,)).fetchone()
        return None if row is None else str(row[0])

    def add(
        self,
        section_id: str,
        path: str | None,
        name: str,
        original: NewFile,
        repaired: NewFile | None = None,
        *,
        is_current: bool = True,
    ) -> AddedTake:
        """Make a take of ``original`` and of the file ``repaired`` from it; it becomes the section's current take.

        Without ``is_current`` it becomes current only if the section has no current take. A repaired half becomes
        current only if the section has none or another half: a sound take stays current until a person decides
        otherwise.

        ``path`` is where the file came from; None if that is not known.
        """
        section: Section = self._rows.need(Ref(Entity.SECTION, section_id))
        current = section.current_take_id
        is_half = repaired is not None and original.report.verdict is Verdict.REFUSED
        if is_half and current is not None:
            is_current = is_current and half_repo.is_half(self._rows.connection, current)
        is_current = is_current or current is None
        is_first = take_arrival.is_first(self._rows.connection, section_id)
        take = Take(
            id=new_id(),
            order_key=append_key(self._rows, Entity.TAKE, section_id),
            created_at=self._moment(section_id),
            section_id=section_id,
            file_name=printable(_true_name(name, original.report)),
            replaces_take_id=section.current_take_id if is_current else None,
            device_id=self._device_id,
            number=take_repo.next_number(self._rows.connection, section_id),
        )
        changes = take_line.to_end(self._rows, current) if is_current and current is not None else []
        changes += self._rows.create(take)
        self._add_file(take.id, FileRole.ORIGINAL, "a0", original, plays=repaired is None)
        if repaired is not None:
            self._add_file(take.id, FileRole.REPAIRED, "a1", repaired, plays=True)
        chosen = {"current_take_id": take.id} if is_current else {}
        changes += take_arrival.update_section(self._rows, section, number=take.number, is_first=is_first, **chosen)
        if path is not None:
            self._rows.connection.execute(
                "insert into source (take_id, path, modified_at, imported_at) values (?, ?, ?, ?)",
                (take.id, without_surrogates(path), original.copied.modified_at, self._rows.now),
            )
        return AddedTake(take.id, tuple(changes))

    def _moment(self, section_id: str) -> int:
        """Return a creation time later than all others of the section: takes are counted by it."""
        last = self._moments.get(section_id)
        if last is None:
            query = "select coalesce(max(created_at), 0) from take where section_id = ?"
            last = self._rows.connection.execute(query, (section_id,)).fetchone()[0]
        self._moments[section_id] = max(self._rows.now, last + 1)
        return self._moments[section_id]

    def _add_file(self, take_id: str, role: FileRole, order_key: str, file: NewFile, *, plays: bool) -> None:
        report, connection = file.report, self._rows.connection
        assert report.kind is not None  # noqa: S101 - the importer refuses files that are neither MP3 nor WAV
        row = TakeFile(
            id=new_id(),
            order_key=order_key,
            take_id=take_id,
            role=role,
            sha256=file.copied.sha256,
            size=file.copied.size,
            kind=report.kind,
            seconds=report.seconds,
            sample_rate=report.sample_rate,
            channels=report.channels,
            bit_depth=report.bit_depth,
            bit_rate=report.bit_rate,
            cbr=report.cbr,
            tags=report.tags,
            findings=report.findings,
        )
        self._rows.create(row)
        if report.seek_table:
            connection.execute(
                "insert into take_file_shape (take_file_id, seek_table) values (?, ?)", (row.id, report.seek_table)
            )
        if plays:
            analysis_repo.ask(connection, self._rows.now, row.id, row.sha256)


def _true_name(name: str, report: CheckReport) -> str:
    if report.kind is None or all(finding.code is not Code.MISNAMED for finding in report.findings):
        return name
    return name_with_ending(name, report.kind)
