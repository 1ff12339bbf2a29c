"""An import while the database fails, at each of its calls in turn."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from audiodesk.domain.audio.report import CheckReport
from audiodesk.domain.errors import AudioDeskError
from audiodesk.domain.library.listings import TakeRow
from audiodesk.domain.library.plan import ImportResult
from audiodesk.domain.words.audio.finding_words import finding_sentence
from audiodesk.local.files.vault import Vault
from audiodesk.services.audio.checker import CheckCancelled, Checker
from audiodesk.services.care.unknown_files import unknown_files
from audiodesk.services.importing import import_stages
from audiodesk.services.importing.import_commit import ImportCommit
from tests import media
from tests.desk import Desk, must_hold, open_desk
from tests.support import FailingCalls

RIGHT = {ImportResult.ADDED, ImportResult.PRESENT, ImportResult.FAILED}


def make_book(folder: Path) -> Path:
    book = folder / "Book"
    for number in range(3):
        media.wav(book / "1" / f"{number}.wav", seconds=0.2 + number / 10)
    media.wav(book / "2" / "same.wav", seconds=0.2)
    return book


def calls_of_one_import(home: Path, book: Path, checker: Checker) -> int:
    calls = FailingCalls()
    with open_desk(home, checker, connect=calls) as desk:
        plan = desk.plan(None, book)
        calls.arm(None)
        desk.importer.import_files(plan)
        return calls.count


def fails_at(number: int, folder: Path, book: Path, checker: Checker, *, error: int, for_good: bool) -> None:
    """Import while call ``number`` fails, then start again, look, and finish the import."""
    home = folder / f"{number}"
    calls = FailingCalls(error)
    with open_desk(home, checker, connect=calls) as desk:
        plan = desk.plan(None, book)
        calls.arm(number, for_good=for_good)
        items = desk.importer.import_files(plan)
        calls.arm(None)
        assert len(items) == 4
        assert {item.result for item in items} <= RIGHT, items
        added = {item.take_id for item in items if item.result is ImportResult.ADDED}
    with open_desk(home, checker) as desk:
        desk.importer.recover()
        must_hold(home, offered=[file.sha256 for file in unknown_files(desk.database, desk.vault)])
        there = {row.take.id for row in all_takes(desk)}
        assert there >= added
        desk.add(None, book)
        must_hold(home)
        assert [takes for _, _, _, takes in desk.tree_rows()] == [1, 1, 1, 1]


def all_takes(desk: Desk) -> list[TakeRow]:
    nodes = [
        section
        for project in desk.catalogue.children(None)
        for chapter in desk.catalogue.children(project.ref)
        for section in desk.catalogue.children(chapter.ref)
    ]
    return [row for node in nodes for row in desk.catalogue.takes(node.ref.id)]


@pytest.mark.slow
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "from-then-on"])
def test_whichever_call_fails_the_library_holds(tmp_path: Path, shared_checker: Checker, *, for_good: bool) -> None:
    book = make_book(tmp_path)
    count = calls_of_one_import(tmp_path / "count", book, shared_checker)
    assert count > 50
    for number in range(1, count + 1, 5):
        fails_at(number, tmp_path, book, shared_checker, error=sqlite3.SQLITE_IOERR, for_good=for_good)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "from-then-on"])
@pytest.mark.parametrize(
    "error", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR], ids=["full", "busy", "input-output"]
)
def test_whichever_of_all_calls_fails_the_library_holds(
    tmp_path: Path, shared_checker: Checker, error: int, *, for_good: bool
) -> None:
    book = make_book(tmp_path)
    count = calls_of_one_import(tmp_path / "count", book, shared_checker)
    print(f"{count} calls")
    for number in range(1, count + 2):
        fails_at(number, tmp_path, book, shared_checker, error=error, for_good=for_good)


def test_a_full_database_fails_the_rest_quietly(tmp_path: Path, shared_checker: Checker) -> None:
    book = make_book(tmp_path)
    calls = FailingCalls(sqlite3.SQLITE_FULL)
    with open_desk(tmp_path / "home", shared_checker, connect=calls) as desk:
        plan = desk.plan(None, book)
        calls.arm(1, for_good=True)
        items = desk.importer.import_files(plan)
        calls.arm(None)
        errors = {item.error.code for item in items if isinstance(item.error, AudioDeskError)}
        assert [item.result for item in items] == [ImportResult.FAILED] * 4
        assert errors == {"disk-full"}
        assert desk.library.undo_edit is None
        assert desk.tree_rows() == []
        desk.add(None, book)
        assert len(desk.tree_rows()) == 4


def test_after_a_full_disk_no_more_files_are_asked_for(tmp_path: Path, shared_checker: Checker) -> None:
    whole = media.wav_bytes(seconds=0.1)
    for number in range(120):
        path = tmp_path / "in" / f"{number}.wav"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(whole[:-2] + number.to_bytes(2, "little"))
    calls = FailingCalls(sqlite3.SQLITE_FULL)
    with open_desk(tmp_path / "home", shared_checker, connect=calls) as desk:
        plan = desk.plan(desk.section(), tmp_path / "in")
        last = Path(plan.files[-1].path)
        last.unlink()  # reading it would refuse it as missing
        calls.arm(15)  # after the announcement, in the first transaction with rows
        items = desk.importer.import_files(plan)
        calls.arm(None)
        assert items[-1].path == str(last)
        assert items[-1].result is ImportResult.FAILED
        assert items[-1].error is not None
        assert items[-1].error.code == "disk-full"


def test_a_bug_with_one_file_costs_that_file_only(
    tmp_path: Path, shared_checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "Book"
    for number in range(8):
        media.wav(book / "1" / f"{number}.wav", seconds=0.2 + number / 10)
    looked: list[str] = []
    is_damaged = Vault.is_damaged

    def fail_once(vault: Vault, sha256: str, *rest: Any, **named: Any) -> bool:
        looked.append(sha256)
        if len(looked) == 4:
            raise RuntimeError("our bug")
        return is_damaged(vault, sha256, *rest, **named)

    monkeypatch.setattr(Vault, "is_damaged", fail_once)
    with open_desk(tmp_path / "home", shared_checker) as desk:
        items = desk.importer.import_files(desk.plan(None, book))
    results = Counter(item.result for item in items)
    assert results == {ImportResult.ADDED: 7, ImportResult.FAILED: 1}


def test_a_bug_in_the_loop_ends_the_threads_too(
    tmp_path: Path, shared_checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        media.wav(tmp_path / "in" / f"{number}.wav", seconds=0.1 + number / 100)

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(ImportCommit, "commit", broken)
    monkeypatch.setattr(import_stages, "_UNDER_WAY", 3)  # so that copies wait for room that never comes
    with open_desk(tmp_path / "home", shared_checker) as desk:
        plan = desk.plan(None, tmp_path / "in")
        items = desk.importer.import_files(plan)
        assert [item.error.code for item in items if item.error is not None] == ["import-ended"] * 12
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("import ")]
    with open_desk(tmp_path / "home", shared_checker) as desk:
        desk.importer.recover()
        must_hold(tmp_path / "home")


class StubbornChecker:
    """Answers its first call; each later one takes five seconds, unless it is cancelled."""

    def __init__(self, real: Checker) -> None:
        self._real = real
        self.calls = 0

    def check_many(
        self, files: Sequence[tuple[Path, str | None]], *, ends: bool = True, cancel: threading.Event | None = None
    ) -> list[CheckReport]:
        self.calls += 1
        until = time.monotonic() + 5
        while self.calls > 1 and time.monotonic() < until:
            if cancel is not None and cancel.is_set():
                raise CheckCancelled
            time.sleep(0.01)
        return self._real.check_many(files, ends=ends, cancel=cancel)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_a_bug_in_the_loop_stops_the_checks_and_lists_every_file(
    tmp_path: Path, shared_checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        media.wav(tmp_path / "in" / f"{number:02}.wav", seconds=0.1 + number / 100)

    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(ImportCommit, "commit", broken)
    monkeypatch.setattr(import_stages, "_CHECKED_AT_ONCE", 1)
    checker = StubbornChecker(shared_checker)
    with open_desk(tmp_path / "home", cast("Checker", checker)) as desk:
        items = desk.importer.import_files(desk.plan(None, tmp_path / "in"))
        assert checker.calls <= 2
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("import ")]
        assert [item.result for item in items] == [ImportResult.FAILED] * 12
        listed = desk.importer.refusals()
        assert sorted(Path(refusal.path).name for refusal in listed) == [f"{number:02}.wav" for number in range(12)]
        for refusal in listed:
            (finding,) = refusal.report.findings
            assert "The import ended before" in finding_sentence(finding)
    with open_desk(tmp_path / "home", shared_checker) as desk:
        assert len(desk.importer.refusals()) == 12
