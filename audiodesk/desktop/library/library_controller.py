"""Carries out the person's edits in the library, and names what can be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from audiodesk.desktop.base.controller import Controller, Shared
from audiodesk.desktop.library.tree_controller import TreeController
from audiodesk.domain import words
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.edit import Edit
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from audiodesk.domain.words.library.act_words import act
from audiodesk.domain.words.library.new_row_words import new_title
from audiodesk.views.dialogs.dialog import Dialog

__all__ = ["LibraryController"]


class LibraryController(Controller):
    """Runs every edit in the background, in the order of the requests.

    ``reveal`` shows rows of one kind, for example those that undo or redo brought back or moved.
    """

    def __init__(self, shared: Shared, tree: TreeController, *, reveal: Callable[[list[Ref]], object]) -> None:
        super().__init__(shared)
        window, bridge = self._window, self._bridge
        self._tree = tree
        self._reveal = reveal
        a = window.acts
        for action, handler in (
            (a.new_project, self.add_project),
            (a.new_chapter, self.add_chapter),
            (a.new_section, self.add_section),
            (a.rename, self.rename_chosen),
            (a.trash, self.trash_chosen),
            (a.move_up, lambda: self._move_by(-1)),
            (a.move_down, lambda: self._move_by(1)),
            (a.make_current, self._make_current),
            (a.previous_take, self._previous_take),
            (a.undo, self._undo),
            (a.redo, self._redo),
        ):
            action.triggered.connect(lambda *_checked, h=handler: h())
        for status, action in a.status_acts().items():
            action.triggered.connect(lambda *_checked, s=status: self._set_status(s))
        for model in (window.tree_model, window.centre.node_model, window.centre.take_model):
            model.rename_requested.connect(self.rename)
        window.tree.move_requested.connect(self.move)
        window.tree.takes_dropped.connect(self._move_takes)
        window.details.take.notes_committed.connect(self._set_notes)
        window.details.node.notes_committed.connect(self._set_notes)
        window.details.take.current_requested.connect(self._set_current)
        window.details.take.previous_requested.connect(self._return_to_previous)
        bridge.undo_changed.connect(self.show_undo)

    def start(self) -> None:
        """Show in the menu what can be undone."""
        self.show_undo()

    def edit(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object] | None = None,
        *,
        asked_in: Dialog | None = None,
        leaving: Iterable[str] = (),
    ) -> None:
        """Run an edit, then call ``then`` with its result; a failure is shown, in ``asked_in`` while that is open.

        ``leaving`` are the ids of the rows that the edit takes away from their place.
        """
        show_error = self._notices.show_error if asked_in is None else self._notices.show_error_in(asked_in)
        ids = frozenset(leaving)
        self._window.chosen.expect_removal(ids)

        def failed(error: AudioDeskError) -> None:
            self._window.chosen.forget_removal(ids)
            show_error(error)

        task = self._tasks.start(work, "edit").failed(failed)
        if then is not None:
            task.done(then)

    # -- making ----------------------------------------------------------------------------------------------------

    def add_project(self) -> None:
        """Make a project and start typing its title."""
        title = new_title(Entity.PROJECT)
        self.edit(lambda: self._core.library.add_project(title), lambda ref: self._name(None, ref))

    def add_chapter(self) -> None:
        """Make a chapter in the chosen project, after the chosen chapter."""
        path = self._path()
        if path:
            title = new_title(Entity.CHAPTER)
            before = self._after(path, 1)
            self.edit(
                lambda: self._core.library.add_chapter(path[0].id, title, before=before),
                lambda ref: self._name(path[0], ref),
            )

    def add_section(self) -> None:
        """Make a section in the chosen chapter, after the chosen section."""
        path = self._path()
        if len(path) > 1:
            title = new_title(Entity.SECTION)
            before = self._after(path, 2)
            self.edit(
                lambda: self._core.library.add_section(path[1].id, title, before=before),
                lambda ref: self._name(path[1], ref),
            )

    def add_many(self, parent: Ref, titles: list[str], asked_in: Dialog) -> None:
        """Make many chapters or sections in this order, then close the dialog."""

        def show(refs: list[Ref]) -> None:
            asked_in.accept_once()
            self._tree.read(parent.id, lambda: self._window.tree.choose(refs[:1]))

        self.edit(lambda: self._core.library.add_many(parent, titles), show, asked_in=asked_in)

    # -- changing --------------------------------------------------------------------------------------------------

    def rename(self, ref: Ref, title: str) -> None:
        """Give a row another title."""
        self.edit(lambda: self._core.library.rename(ref, title))

    def rename_chosen(self) -> None:
        """Start typing the title of the chosen row."""
        chosen = self._window.chosen.rows()
        if len(chosen) == 1:
            self._window.chosen.edit_title(chosen[0])

    def trash_chosen(self) -> None:
        """Move the chosen rows to the trash, and show how to get them back."""
        chosen = self._window.chosen.rows()
        if not chosen:
            return

        def done(_result: object) -> None:
            self._window.status.say(words.tr("Moved to the trash. Undo brings it back."))

        self.edit(lambda: self._core.library.trash(chosen), done, leaving=[ref.id for ref in chosen])

    def bring_back(self, refs: list[Ref]) -> None:
        """Restore rows from the trash, and show them."""
        self.edit(lambda: self._core.library.restore(refs), lambda _result: self._reveal(refs))

    def move(self, refs: list[Ref], parent_id: str | None, before: str | None, asked_in: Dialog | None = None) -> None:
        """Move rows below another parent or among their siblings; they stay chosen. ``asked_in`` is closed then."""

        def done(_result: object) -> None:
            if asked_in is not None:
                asked_in.accept_once()
            if parent_id is None or self._window.tree_model.node_of(parent_id) is None:
                return
            self._tree.read(parent_id, lambda: self._window.tree.choose(refs))

        def leaves(ref: Ref) -> bool:
            node = self._window.tree_model.node_of(ref.id)
            here = node.parent_id if node is not None else shown.id if shown is not None else None
            return here != parent_id

        shown = self._window.centre.ref  # takes are rows of the table alone
        self.edit(
            lambda: self._core.library.move(refs, parent_id, before=before),
            done,
            asked_in=asked_in,
            leaving=[ref.id for ref in refs if leaves(ref)],
        )

    def _move_by(self, offset: int) -> None:
        refs = self._window.chosen.rows()
        if refs:
            self.edit(lambda: self._core.library.move_by(refs, offset))

    def _move_takes(self, take_ids: list[str], section: Ref) -> None:
        refs = [Ref(Entity.TAKE, take_id) for take_id in take_ids]
        leaving = take_ids if section != self._window.centre.ref else []
        self.edit(lambda: self._core.library.move(refs, section.id), leaving=leaving)

    def _set_notes(self, ref: Ref, text: str) -> None:
        self.edit(lambda: self._core.library.set_fields(ref, notes=text))

    def _set_status(self, status: SectionStatus) -> None:
        sections = self._window.chosen.sections()
        self._window.update_acts()  # Qt has changed the check mark already, but the edit may fail
        if sections:
            self.edit(lambda: self._core.library.set_status(sections, status))

    # -- takes -----------------------------------------------------------------------------------------------------

    def _make_current(self) -> None:
        chosen = self._window.chosen.rows()
        if len(chosen) == 1 and chosen[0].entity is Entity.TAKE:
            self._set_current(chosen[0].id)

    def _set_current(self, take_id: str) -> None:
        self.edit(lambda: self._core.library.set_current(take_id))

    def _previous_take(self) -> None:
        shown = self._window.centre.ref
        if shown is not None and shown.entity is Entity.SECTION:
            self._return_to_previous(shown.id)

    def _return_to_previous(self, section_id: str) -> None:
        self.edit(lambda: self._core.library.previous_take(section_id))

    # -- undo ------------------------------------------------------------------------------------------------------

    def show_undo(self) -> None:
        """Name in the menu what would be undone and redone."""
        library = self._core.library
        self._window.acts.show_undo(_name_of(library.undo_edit), _name_of(library.redo_edit))

    def _undo(self) -> None:
        edit = self._core.library.undo_edit
        leaving = edit.reversed().leaving_rows() if edit is not None else ()
        self.edit(lambda: self._core.library.undo(), self._say_undone, leaving=leaving)

    def _redo(self) -> None:
        edit = self._core.library.redo_edit
        leaving = edit.leaving_rows() if edit is not None else ()
        self.edit(lambda: self._core.library.redo(), self._say_redone, leaving=leaving)

    def _say_undone(self, edit: Edit) -> None:
        self._window.status.say(words.tr("Undone: {act}").format(act=act(edit)))
        self._show_rows(edit.reversed())

    def _say_redone(self, edit: Edit) -> None:
        self._window.status.say(words.tr("Done again: {act}").format(act=act(edit)))
        self._show_rows(edit)

    def _show_rows(self, done: Edit) -> None:
        """Show the rows that came back or moved, beginning with the first in the order of the edit."""
        if refs := [Ref(entity, row_id) for entity, row_id in done.shown_rows()]:
            self._reveal(refs)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _name(self, parent: Ref | None, ref: Ref) -> None:
        """Show a row that was just made, and start typing its title."""

        def show() -> None:
            if parent is not None:
                self._window.tree.expand_ids([parent.id])
            self._window.tree.choose([ref])
            self._window.chosen.edit_title_in_tree(ref)

        self._tree.read(None if parent is None else parent.id, show)

    def _path(self) -> list[Ref]:
        """Return the rows from the project down to the row chosen in the tree."""
        current = self._window.tree.current()
        node = None if current is None else self._window.tree_model.node_of(current.id)
        path: list[Ref] = []
        while node is not None:
            path.insert(0, node.ref)
            node = None if node.parent_id is None else self._window.tree_model.node_of(node.parent_id)
        return path

    def _after(self, path: list[Ref], depth: int) -> str | None:
        """Return the id of the row before which a new one at ``depth`` goes: the row after the chosen one."""
        return self._window.tree_model.sibling_after(path[depth].id) if len(path) > depth else None


def _name_of(edit: Edit | None) -> str:
    return "" if edit is None else act(edit)
