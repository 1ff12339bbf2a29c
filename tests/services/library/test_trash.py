"""Trashing, restoring, and emptying the trash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest

from audiodesk.domain.events import BroughtBack
from audiodesk.domain.library.listings import TrashLoss
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.trash_words import empty_trash_question, empty_trash_warning
from audiodesk.local.rows.store import fact_repo
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


def test_the_loss_counts_takes_whose_only_audio_is_on_another_computer(desk: Desk, sections: list[Ref]) -> None:
    dawn, _ = sections
    here, in_cloud, missing, elsewhere, kept = (desk.add_take(dawn, f"{name}.wav") for name in "abcde")
    repaired = desk.add_take(dawn, "f.wav", repaired=True)

    def files_of(take: Ref) -> list[str]:
        with desk.database.read() as connection:
            return [row[0] for row in connection.execute("select sha256 from take_file where take_id = ?", (take.id,))]

    def known(connection: sqlite3.Connection) -> None:
        for take, fault in ((here, None), (missing, "missing")):
            query = "insert into vault_file (sha256, kind, size, since, fault, fault_at) values (?, 'wav', 1, 0, ?, ?)"
            connection.execute(query, (files_of(take)[0], fault, None if fault is None else 1))
        connection.execute("update take_file set verified_at = 1 where take_id = ?", (in_cloud.id,))

    desk.database.write(known)
    assert desk.catalogue.trash_loss() == TrashLoss()
    desk.library.trash([here, in_cloud, missing])
    assert desk.catalogue.trash_loss() == TrashLoss(3000, 0), "on this computer, in the cloud, or once here"
    desk.library.trash([elsewhere, repaired])
    assert desk.catalogue.trash_loss() == TrashLoss(6000, 2)
    desk.database.write(
        lambda connection: connection.execute(
            "update take_file set sha256 = ? where take_id = ?", (files_of(elsewhere)[0], kept.id)
        )
    )
    assert desk.catalogue.trash_loss() == TrashLoss(5000, 1), "another take keeps that audio"
    desk.library.trash([kept])
    assert desk.catalogue.trash_loss() == TrashLoss(6000, 3)
    desk.database.write(lambda connection: fact_repo.forget(connection, fact_repo.ACCOUNT))
    assert desk.catalogue.trash_loss() == TrashLoss(6000, 0), "without an account there is no other computer"


@pytest.mark.parametrize(
    ("elsewhere", "said"),
    [
        (1, "1 take has its only audio on another computer; it is lost there too."),
        (2, "2 takes have their only audio on another computer; it is lost there too."),
    ],
)
def test_the_question_says_what_is_lost_elsewhere(elsewhere: int, said: str) -> None:
    gone = "1 thing with 3 takes and 3 KB of audio would be gone; this cannot be undone."
    assert empty_trash_warning(1, 3, TrashLoss(3072, 0)) == gone
    assert empty_trash_warning(1, 3, TrashLoss(3072, elsewhere)) == f"{gone} {said}"
    assert empty_trash_question(1, 3, TrashLoss(3072, elsewhere)) == f"{gone} {said} Remove for good?"
