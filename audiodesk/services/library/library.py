"""A person's edits of a library: each is committed, published on the bus, and undone on request."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple, Protocol, TypeVar

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import BugError, UserError
from audiodesk.domain.events import BroughtBack, TreeChanged, UndoChanged
from audiodesk.domain.ids import new_id
from audiodesk.domain.job import JobProgress
from audiodesk.domain.library.cover import COVER_BYTES
from audiodesk.domain.library.edit import Edit, FieldChange
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.language_tag import clean_language
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.library.titles import clean_line, clean_notes, clean_title
from audiodesk.local.database.database import Database
from audiodesk.local.rows.library import trash_repo
from audiodesk.local.rows.store.edited_rows import EditedRows
from audiodesk.local.rows.work import leaving_repo, vault_file_repo
from audiodesk.services.bus import Bus
from audiodesk.services.library import take_choice, undo
from audiodesk.services.library.edit_effects import Touched, remember, touched_by
from audiodesk.services.library.leaving import Drained, FileRemover, drain
from audiodesk.services.library.tree_writer import TreeWriter

__all__ = ["HIGHEST_NUMBER", "EmptiedTrash", "Library"]

T = TypeVar("T")

HIGHEST_NUMBER = 9999
"""The highest number that a person may give a take."""
_MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_LINES = {
    Entity.PROJECT: frozenset({"title", "author", "narrator"}),
    Entity.CHAPTER: frozenset({"title"}),
    Entity.SECTION: frozenset({"title"}),
    Entity.TAKE: frozenset({"title"}),
}
_NOTED = frozenset({Entity.PROJECT, Entity.TAKE})


class EmptiedTrash(NamedTuple):
    """What emptying the trash did: which things are gone from the list, and what became of their files."""

    refs: tuple[Ref, ...]
    files: Drained

    @property
    def things(self) -> int:
        """How many things are gone."""
        return len(self.refs)


class RoomMaker(Protocol):
    """The reserve of disk space, as far as emptying the trash needs it."""

    def made(self) -> AbstractContextManager[None]:
        """Make room on a full disk for the block. Raises OutsideError."""


class _Label(NamedTuple):
    """What an edit is called: see ``act_words.act``."""

    code: str
    params: Mapping[str, str | int]


class Library:
    """Edits. Each is one transaction and one undo. Each may raise OutsideError, and then nothing has changed.

    ``clock`` returns milliseconds, by default the database's; ``make_id`` makes the ids of new rows. An edit of a row
    in the trash restores the row and the branch above it, and publishes ``BroughtBack``. Thread-safe.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        *,
        vault: FileRemover | None = None,
        room: RoomMaker | None = None,
        clock: Callable[[], int] | None = None,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self._database = database
        self._bus = bus
        self._vault = vault
        self._room = room
        self._clock = clock or database.clock
        self._make_id = make_id
        self._lock = threading.RLock()  # keeps the undo stack in the order of the commits
        self._stack = undo.UndoStack()

    # -- making ------------------------------------------------------------------------------------------------------

    def add_project(
        self, title: str, *, author: str = "", narrator: str = "", language: str = "", notes: str = ""
    ) -> Ref:
        """Make a project behind all others.

        Raises UserError for a title that is empty or too long, and ("language-tag", text) for what is no language tag.
        """
        lines = {"author": clean_line(author), "narrator": clean_line(narrator)}
        fields = {**lines, "language": clean_language(language), "notes": clean_notes(notes)}
        return self._add(None, [clean_title(title)], None, **fields)[0]

    def add_chapter(self, project_id: str, title: str, *, before: str | None = None) -> Ref:
        """Make a chapter before the one with the id ``before``, else as the last."""
        return self._add(Ref(Entity.PROJECT, project_id), [clean_title(title)], before)[0]

    def add_section(self, chapter_id: str, title: str, *, before: str | None = None) -> Ref:
        """Make a section before the one with the id ``before``, else as the last."""
        return self._add(Ref(Entity.CHAPTER, chapter_id), [clean_title(title)], before)[0]

    def add_many(self, parent: Ref, titles: Sequence[str]) -> list[Ref]:
        """Make chapters below a project, or sections below a chapter, as one undo; empty titles are passed over."""
        if parent.entity not in (Entity.PROJECT, Entity.CHAPTER):
            raise BugError("wrong-parent", details=parent.entity)
        cleaned = [title for title in map(clean_line, titles) if title]
        if not cleaned:
            raise UserError("title-empty")
        return self._add(parent, cleaned, None)

    # -- setting -----------------------------------------------------------------------------------------------------

    def rename(self, ref: Ref, title: str) -> None:
        """Give a row another title; an empty title removes a take's own name."""
        name = clean_line(title) if ref.entity is Entity.TAKE else clean_title(title)
        self._edit(lambda writer: writer.set_fields(ref, title=name), lambda writer: _one("rename", ref, writer))

    def set_fields(self, ref: Ref, **fields: str) -> None:
        """Set a project's properties or a take's notes, as one undo.

        Raises UserError as ``add_project`` does, and ("not-found").
        """
        cleaned = {name: _clean(ref.entity, name, value) for name, value in fields.items()}
        verb = "notes" if set(fields) == {"notes"} else "edit"
        self._edit(lambda writer: writer.set_fields(ref, **cleaned), lambda writer: _one(verb, ref, writer))

    def set_cover(self, project_id: str, mime: str | None, data: bytes | None) -> None:
        """Give a project a picture, PNG or JPEG of at most 256 KB; None takes it away.

        Raises UserError("cover-too-large", size, limit) or UserError("cover-not-an-image").
        """
        if data is not None:
            if len(data) > COVER_BYTES:
                raise UserError("cover-too-large", size=len(data), limit=COVER_BYTES)
            if mime not in _MAGIC or not data.startswith(_MAGIC[mime]):
                raise UserError("cover-not-an-image")
        ref = Ref(Entity.PROJECT, project_id)
        self._edit(lambda writer: writer.set_cover(project_id, mime, data), lambda writer: _one("cover", ref, writer))

    def set_status(self, refs: Sequence[Ref], status: SectionStatus) -> None:
        """Set the status of sections. Raises BugError for a row that is no section."""

        def work(writer: TreeWriter) -> None:
            for ref in refs:
                if ref.entity is not Entity.SECTION:
                    raise BugError("no-section", details=ref.entity)
                writer.set_fields(ref, status=status)

        self._edit(work, lambda writer: _several("status", refs, writer))

    # -- moving ------------------------------------------------------------------------------------------------------

    def move(self, refs: Sequence[Ref], parent_id: str | None, *, before: str | None = None) -> None:
        """Move rows of one noun below another parent (None for projects), or elsewhere among their siblings.

        A moved take does not take the place of a sound current take. Raises
        UserError("move-mixed") for rows of several nouns, ("move-wrong-place"), ("target-trashed"), ("not-found").
        """
        if not refs:
            return
        noun = refs[0].entity.parent
        parent = None if parent_id is None or noun is None else Ref(noun, parent_id)
        self._edit(
            lambda writer: writer.move(refs, parent, before=before), lambda writer: _several("move", refs, writer)
        )

    def move_by(self, refs: Sequence[Ref], offset: int) -> None:
        """Move siblings ``offset`` places down among the live ones (negative: up), as far as it goes."""
        self._edit(lambda writer: writer.move_by(refs, offset), lambda writer: _several("move", refs, writer))

    # -- the trash ---------------------------------------------------------------------------------------------------

    def trash(self, refs: Sequence[Ref]) -> None:
        """Put rows and all below them into the trash; the newest take replaces a current take that goes."""
        self._edit(lambda writer: writer.trash(refs), lambda writer: _several("trash", refs, writer))

    def restore(self, refs: Sequence[Ref]) -> None:
        """Restore rows from the trash, with the rows above them that are there too. Raises UserError("not-found")."""

        def work(writer: TreeWriter) -> None:
            for ref in refs:
                writer.revive(ref)

        self._edit(work, lambda writer: _several("restore", refs, writer))

    def empty_trash(
        self,
        refs: Sequence[Ref] | None = None,
        *,
        cancel: threading.Event | None = None,
        progress: Callable[[JobProgress], object] = lambda _progress: None,
    ) -> EmptiedTrash:
        """Empty the trash, or only ``refs`` of it, for good; this cannot be undone.

        Each thing is a transaction of its own, so that no other write waits long. The same transaction promises to
        remove the files that no row refers to any more. They are removed after the commit: if it fails, no file may be
        gone. Setting ``cancel`` stops between two things or files. Then the rest stays in the trash, and the next start
        removes what was promised. This works on a full disk too: the reserve is given up for it if there is anything to
        do. ``progress`` is told how many things are gone, then how many files.
        """

        def told(gone: int, files: int) -> None:
            progress(JobProgress(files, gone))

        chosen = None if refs is None else set(refs)
        if not self._has_to_leave(chosen):
            return EmptiedTrash((), Drained())
        with self._room.made() if self._room is not None else nullcontext():
            emptied = self._empty_all(chosen, cancel, told)
            files = Drained() if self._vault is None else drain(self._database, self._vault, cancel, told)
        return EmptiedTrash(tuple(emptied), files)

    def _empty_all(
        self, chosen: set[Ref] | None, cancel: threading.Event | None, told: Callable[[int, int], None]
    ) -> list[Ref]:
        emptied: list[Ref] = []
        try:
            # From the bottom up, so that a row is counted before a branch above takes it along.
            items = sorted(self._read_trash(), key=_depth, reverse=True)
            wanted = [item for item in items if chosen is None or item in chosen]
            for number, item in enumerate(wanted):
                if cancel is not None and cancel.is_set():
                    break
                told(number, len(wanted))
                with self._lock:  # for one thing at a time, so that edits can come in between
                    if self._empty(item):
                        emptied.append(item)
        finally:
            if emptied:
                self._bus.publish(TreeChanged(frozenset({None})))
        return emptied

    # -- takes -------------------------------------------------------------------------------------------------------

    def set_current(self, take_id: str) -> None:
        """Make a take its section's current one."""
        self.choose_takes([take_id])

    def choose_takes(self, take_ids: Sequence[str]) -> None:
        """Make takes of several sections the current ones, as one undo; settles the conflicts that they are part of."""
        refs = [Ref(Entity.TAKE, take_id) for take_id in take_ids]

        def work(writer: TreeWriter) -> None:
            for ref in refs:
                writer.choose(ref.id)

        self._edit(work, lambda writer: _several("choose", refs, writer))

    def set_number(self, take_id: str, number: int) -> None:
        """Give a take another number in its section, at least 1.

        Raises UserError("number-out-of-range", low, high) or UserError("number-taken", number): another take has it.
        """
        if not 1 <= number <= HIGHEST_NUMBER:
            raise UserError("number-out-of-range", low=1, high=HIGHEST_NUMBER)
        ref = Ref(Entity.TAKE, take_id)
        self._edit(lambda writer: writer.set_number(take_id, number), lambda writer: _one("number", ref, writer))

    def previous_take(self, section_id: str) -> None:
        """Go back to the take that the current one replaced. Raises UserError("no-previous-take")."""
        chosen: list[str] = []

        def work(writer: TreeWriter) -> None:
            chosen.append(take_choice.previous(writer.rows, section_id).id)
            writer.choose(chosen[-1])

        self._edit(work, lambda writer: _one("choose", Ref(Entity.TAKE, chosen[-1]), writer))

    # -- undo --------------------------------------------------------------------------------------------------------

    @property
    def undo_edit(self) -> Edit | None:
        """What ``undo`` would take back; ``act_words.act`` names it."""
        return self._stack.undo_edit

    @property
    def redo_edit(self) -> Edit | None:
        """What ``redo`` would do again."""
        return self._stack.redo_edit

    def record(self, edit: Edit) -> None:
        """Remember an edit that was committed elsewhere (an import) as one undo; an edit without changes is ignored."""
        if edit.changes:
            with self._lock:
                self._stack.push(edit)
            self._bus.publish(UndoChanged())

    def undo(self) -> Edit:
        """Take the last edit back and return it.

        Raises UserError("nothing-to-undo"), or UserError("undo-stale") if later changes stand in the way; then the edit
        is forgotten.
        """
        with self._lock:
            edit = self._stack.undo_edit
            if edit is None:
                raise UserError("nothing-to-undo")
            touched = self._apply(edit.reversed(), self._stack.drop_undo)
            self._stack.undone()
        self._tell(touched)
        return edit

    def redo(self) -> Edit:
        """Do again what was undone last, and return it. Raises as ``undo`` does ("nothing-to-redo")."""
        with self._lock:
            edit = self._stack.redo_edit
            if edit is None:
                raise UserError("nothing-to-redo")
            touched = self._apply(edit, self._stack.drop_redo)
            self._stack.redone()
        self._tell(touched)
        return edit

    # -- what they have in common ------------------------------------------------------------------------------------

    def _add(self, parent: Ref | None, titles: Sequence[str], before: str | None, **fields: str) -> list[Ref]:
        made: list[Ref] = []

        def work(writer: TreeWriter) -> None:
            made[:] = writer.add(parent, titles, before=before, **fields)

        self._edit(work, lambda writer: _several("add", made, writer))
        return made

    def _edit(self, work: Callable[[TreeWriter], object], label: Callable[[TreeWriter], _Label]) -> None:
        def run(connection: sqlite3.Connection) -> tuple[list[FieldChange], _Label, Touched, tuple[str, ...]]:
            writer = TreeWriter(EditedRows(connection, self._clock()), self._make_id)
            work(writer)
            remember(writer.rows, writer.changes)
            back = tuple(map(writer.title, dict.fromkeys(writer.revived)))
            return writer.changes, label(writer), touched_by(writer.rows, writer.changes), back

        with self._lock:
            changes, (code, params), touched, back = self._database.write(run)
            if not changes:
                return
            self._stack.push(Edit(code, tuple(changes), params))
        self._tell(touched)
        if back and not code.startswith("restore"):
            self._bus.publish(BroughtBack(back))

    def _has_to_leave(self, chosen: set[Ref] | None) -> bool:
        """Tell whether there is work: something of ``chosen`` (None: all) in the trash, or promised files."""
        with self._database.read() as connection:
            if leaving_repo.count(connection):
                return True
        return any(chosen is None or ref in chosen for ref in self._read_trash())

    def _read_trash(self) -> list[Ref]:
        with self._database.read() as connection:
            return [item.ref for item in trash_repo.items(connection)]

    def _empty(self, ref: Ref) -> bool:
        def mark(connection: sqlite3.Connection) -> bool:
            # It may have been restored, here or by another process, since the trash was listed.
            if not trash_repo.is_trashed(connection, ref):
                return False
            now = self._clock()
            done = trash_repo.empty(EditedRows(connection, now), [ref])
            leaving_repo.add(connection, _unused(connection, done.files), now)
            return done.rows > 0

        return self._database.write(mark)

    def _apply(self, edit: Edit, drop: Callable[[], None]) -> Touched:
        def run(connection: sqlite3.Connection) -> Touched:
            rows = EditedRows(connection, self._clock())
            changes = undo.apply(rows, edit)
            remember(rows, changes)
            return touched_by(rows, changes)

        try:
            return self._database.write(run)
        except UserError:
            drop()
            self._bus.publish(UndoChanged())
            raise

    def _tell(self, touched: Touched) -> None:
        for event in touched.events():
            self._bus.publish(event)
        self._bus.publish(UndoChanged())


def _unused(connection: sqlite3.Connection, files: Sequence[tuple[str, Kind]]) -> list[tuple[str, Kind]]:
    return [(sha256, kind) for sha256, kind in files if not vault_file_repo.is_used(connection, sha256)]


def _depth(ref: Ref) -> int:
    return 0 if ref.entity.parent is None else 1 + _depth(Ref(ref.entity.parent, ref.id))


def _clean(entity: Entity, name: str, value: Any) -> str:
    if name == "notes" and entity in _NOTED:
        return clean_notes(value)
    if name == "language" and entity is Entity.PROJECT:
        return clean_language(value)
    if name not in _LINES.get(entity, frozenset()):
        raise BugError("unknown-field", details=f"{entity}.{name}")
    return clean_title(value) if name == "title" and entity is not Entity.TAKE else clean_line(value)


def _one(verb: str, ref: Ref, writer: TreeWriter) -> _Label:
    return _Label(f"{verb}-{ref.entity.value}", {"title": writer.title(ref)})


def _several(verb: str, refs: Sequence[Ref], writer: TreeWriter) -> _Label:
    if not refs:
        return _Label(verb, {})
    if len({ref.entity for ref in refs}) > 1:
        return _Label(f"{verb}-several", {"count": len(refs)})
    return _Label(f"{verb}-{refs[0].entity.value}", {"title": writer.title(refs[0]), "count": len(refs)})
