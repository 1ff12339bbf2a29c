"""Trashing, restoring, and emptying the trash."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from audiodesk.domain.events import BroughtBack
from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.work.leaving_repo import Leaving
from tests.library_support import Desk
from tests.services.library.book import find, undone_and_redone
from tests.support import code_of


def test_what_was_restored_meanwhile_is_not_emptied(desk: Desk, book: Ref, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.library, "_read_trash", lambda: [book])
    assert desk.library.empty_trash().things == 0
    desk.library.rename(book, "Still here")


def test_trash_and_restore(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    a, section = find(desk, "Book/A"), find(desk, "Book/A/1")
    desk.library.trash([section, a])
    undone_and_redone(desk, before, [["Book", [["B", []], ["C", []]]]])
    items = desk.catalogue.trash()
    assert [item.ref for item in items] == [a], "only the top of a branch is marked"
    assert items[0].until - items[0].deleted_at == 30 * 86_400_000
    desk.events.clear()
    desk.library.restore([section])
    assert desk.tree() == before, "a child brings its branch back"
    assert not [event for event in desk.events if isinstance(event, BroughtBack)], "that was asked for"
    desk.library.undo()
    assert desk.tree() == [["Book", [["B", []], ["C", []]]]]


def test_an_edit_in_the_trash_brings_the_branch_back(desk: Desk, book: Ref) -> None:
    a, section = find(desk, "Book/A"), find(desk, "Book/A/1")
    desk.library.trash([section])
    desk.library.trash([a])
    desk.events.clear()
    desk.library.rename(section, "One")
    assert desk.events[-1] == BroughtBack(("A", "One"))
    assert desk.tree() == [["Book", [["A", ["One", "2"]], ["B", []], ["C", []]]]]
    desk.library.undo()
    assert desk.tree() == [["Book", [["B", []], ["C", []]]]]


def test_what_was_emptied_is_gone_for_good(desk: Desk, book: Ref) -> None:
    a = find(desk, "Book/A")
    section = find(desk, "Book/A/1")
    c = find(desk, "Book/C")
    desk.library.trash([a])
    desk.library.trash([c])
    assert desk.library.empty_trash([a]).things == 1
    assert [item.ref for item in desk.catalogue.trash()] == [c]
    for gone in (a, section):
        assert code_of(desk.library.restore, [gone]) == "not-found"
        assert code_of(desk.library.rename, gone, "x") == "not-found"
        assert code_of(desk.catalogue.resolve, gone.id) == "not-found"
    assert desk.library.empty_trash().things == 1
    assert desk.library.empty_trash().things == 0
    assert code_of(desk.library.undo) == "undo-stale"
    assert f"chapter {a.id}" in desk.snapshot(), "the tombstone stays"


def test_emptying_takes_files_away_only_after_it_is_committed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    removed: list[str] = []
    settled: list[str] = []

    class Vault:
        def remove_leaving(self, connection: object, file: Leaving) -> bool:
            other = Desk(tmp_path)  # it sees only what is committed
            assert other.catalogue.trash() == []
            other.close()
            removed.append(file.sha256)
            return True

        def settle(self, shas: Iterable[str]) -> None:
            settled.extend(shas)

    library = type(desk.library)(desk.database, desk.bus, vault=Vault(), make_id=desk.ids)
    project = library.add_project("Book")
    chapter = library.add_chapter(project.id, "A")
    section = library.add_section(chapter.id, "1")
    desk.add_take(section, repaired=True)
    library.trash([project])
    assert library.empty_trash().things == 1
    assert len(removed) == 2
    assert settled == removed
    desk.close()
