"""The commands that project, chapter, section and take share: rename, move, trash and restore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from audiodesk.cli.output.answer import Answer
from audiodesk.cli.output.options import AnyId, AsJson, BeforeId, NewTitle
from audiodesk.cli.output.titles import short_id, title_of
from audiodesk.composition import Core, open_core
from audiodesk.domain.errors import UserError
from audiodesk.domain.events import BroughtBack
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.titles import same_title
from audiodesk.domain.words.library.project_words import namesakes_note
from audiodesk.domain.words.library.trash_words import can_be_restored
from audiodesk.domain.words.program.command_words import candidate_lines
from audiodesk.domain.words.program.status_words import brought_back_sentence

__all__ = ["add_one", "add_shared_commands", "edit_one", "open_for_edit", "place_named", "touched"]


@contextmanager
def open_for_edit() -> Iterator[Core]:
    """Open the library for an edit; say on standard error what the edit restored from the trash."""
    answer = Answer(as_json=False)
    with open_core(face="command") as core:
        core.bus.subscribe(BroughtBack, lambda event: answer.note(brought_back_sentence(event.titles)))
        yield core


def touched(core: Core, ref: Ref, *, as_json: bool, is_named: bool = False, **more: str | int) -> int:
    """Answer with what was touched: its id and its title as they are now, and ``more`` for scripts.

    ``is_named``: it got its title now; if it is a project, others of the same title are said on standard error.
    """
    answer = Answer(as_json=as_json)
    title = title_of(core, ref)
    answer.document({"id": ref.id, "title": title, **more})
    answer.line(f"{title}  {ref.id}")
    if is_named and ref.entity is Entity.PROJECT:
        projects = core.tree.children(None)
        others = [one.ref.id for one in projects if one.ref != ref and same_title(one.title) == same_title(title)]
        if others:
            answer.note(namesakes_note(short_id(ref.id), [short_id(other) for other in others]))
    return 0


def edit_one(
    noun: Entity,
    which: str,
    edit: Callable[[Core, Ref], object],
    *,
    as_json: bool,
    is_named: bool = False,
    **more: str | int,
) -> int:
    """Find the ``noun`` that is meant, edit it, and answer with it and ``more``, as ``touched`` does."""
    with open_for_edit() as core:
        ref = core.catalogue.resolve(which, noun)
        edit(core, ref)
        return touched(core, ref, as_json=as_json, is_named=is_named, **more)


def add_one(
    noun: Entity,
    parent: str,
    before: str | None,
    add: Callable[[Core, str, str | None], Ref],
    *,
    as_json: bool,
) -> int:
    """Make a ``noun`` in the ``parent`` that is meant and answer with it.

    ``add`` gets the id of the parent and the id of the sibling behind the new row, None at the end.
    """
    with open_for_edit() as core:
        parent_id = place_named(core, parent, noun.parent).id
        follower = None if before is None else core.catalogue.resolve(before, noun).id
        return touched(core, add(core, parent_id, follower), as_json=as_json)


def place_named(core: Core, text: str, noun: Entity | None) -> Ref:
    """Find the ``noun`` into which something is to go; if there is none, the error says how to make it."""
    try:
        return core.catalogue.resolve(text, noun)
    except UserError as error:
        if error.code == "not-found" and noun is not None:
            error.params["place"] = noun.value
        raise


def add_shared_commands(app: typer.Typer, noun: Entity) -> None:
    """Give ``app`` the four commands for ``noun``."""
    _add_rename(app, noun)
    _add_move(app, noun)
    _add_trash(app, noun)
    _add_restore(app, noun)


def _add_rename(app: typer.Typer, noun: Entity) -> None:
    @app.command("rename", help=f"Give a {noun} another title.")
    def rename(which: AnyId, title: NewTitle, *, as_json: AsJson = False) -> int:
        edit = lambda core, ref: core.library.rename(ref, title)  # noqa: E731
        return edit_one(noun, which, edit, as_json=as_json, is_named=True)


def _add_move(app: typer.Typer, noun: Entity) -> None:
    parent = noun.parent
    if parent is None:

        @app.command("move", help=f"Put a {noun} elsewhere in the order.")
        def order(which: AnyId, before: BeforeId = None, *, as_json: AsJson = False) -> int:
            return _move(noun, which, None, before, as_json=as_json)

        return
    to = Annotated[str | None, typer.Option("--to", metavar="PARENT", help=f"The {parent} it goes to.")]

    def move(which: AnyId, to: str | None = None, before: BeforeId = None, *, as_json: AsJson = False) -> int:
        return _move(noun, which, to, before, as_json=as_json)

    move.__annotations__["to"] = to  # the help names the parent's noun
    app.command("move", help=f"Move a {noun} to another {parent}, or elsewhere in its own.")(move)


def _move(noun: Entity, which: str, to: str | None, before: str | None, *, as_json: bool) -> int:
    with open_for_edit() as core:
        ref = core.catalogue.resolve(which, noun)
        follower = None if before is None else core.catalogue.resolve(before, noun)
        parent_id = _parent_id(core, ref, to, follower)
        core.library.move([ref], parent_id, before=None if follower is None else follower.id)
        return touched(core, ref, as_json=as_json)


def _parent_id(core: Core, ref: Ref, to: str | None, follower: Ref | None) -> str | None:
    """Return the new parent: the one named, else that of the row it is put before, else its own."""
    if ref.entity.parent is None:
        return None
    if to is not None:
        return place_named(core, to, ref.entity.parent).id
    crumbs = core.catalogue.crumbs(ref if follower is None else follower)
    above = [crumb.id for crumb in crumbs if crumb.entity is ref.entity.parent]
    if not above:
        raise UserError("not-found", text=ref.id)
    return above[-1]


def _add_trash(app: typer.Typer, noun: Entity) -> None:
    @app.command("trash", help=f"Put a {noun} into the trash, from where it can be restored.")
    def trash(which: AnyId, *, as_json: AsJson = False) -> int:
        with open_for_edit() as core:
            ref = core.catalogue.resolve(which, noun)
            title = title_of(core, ref)
            core.library.trash([ref])
            answer = Answer(as_json=as_json)
            answer.document({"id": ref.id, "title": title})
            answer.line(f"{title}  {ref.id}")
            answer.note(can_be_restored(noun, short_id(ref.id)))
            return 0


def _add_restore(app: typer.Typer, noun: Entity) -> None:
    @app.command("restore", help=f"Bring a {noun} back from the trash.")
    def restore(which: AnyId, *, as_json: AsJson = False) -> int:
        with open_for_edit() as core:
            ref = _in_trash(core, which, noun)
            core.library.restore([ref])
            return touched(core, ref, as_json=as_json, is_named=True)


def _in_trash(core: Core, which: str, noun: Entity) -> Ref:
    """Find a row on top of the trash: by id, by the unique beginning of an id, or by title path."""
    items = [item for item in core.catalogue.trash() if item.ref.entity is noun]
    wanted = same_title(which)
    found = [item for item in items if item.ref.id == wanted]
    if not found:
        found = [
            item
            for item in items
            if item.ref.id.startswith(wanted)
            or wanted
            in (same_title(item.title), same_title("/".join([*(crumb.title for crumb in item.crumbs), item.title])))
        ]
    if len(found) == 1:
        return found[0].ref
    if found:
        paths = [(item.ref, [*(crumb.title for crumb in item.crumbs), item.title]) for item in found]
        raise UserError("ambiguous", text=which, details=candidate_lines(paths))
    return core.catalogue.resolve(which, noun)
