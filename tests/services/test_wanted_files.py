"""Files that an import could not add stay listed with their reason, also after a restart, until they are added."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.plan import ROOM_FOR_THE_LIST, ImportPlan, ImportResult
from audiodesk.domain.words.audio.finding_words import finding_action, finding_sentence
from audiodesk.local.file_copy import copy_file
from audiodesk.services.audio.checker import Checker
from audiodesk.services.importing.planner import Planner
from tests import media
from tests.desk import Desk, must_hold, open_desk


class Disk:
    """The library's disk, which is full after ``room`` more files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = 1000
        self._lock = threading.Lock()
        monkeypatch.setattr("audiodesk.services.importing.import_stages.copy_file", self._copy)
        monkeypatch.setattr("audiodesk.services.importing.wanted_files.free_bytes", lambda _folder: 1_000)

    def _copy(self, source: str, *args: Any, **named: Any) -> Any:
        with self._lock:
            self.room -= 1
            is_full = self.room < 0
        if is_full:
            raise OutsideError("disk-full", path="/library")
        return copy_file(source, *args, **named)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def recordings(folder: Path, count: int = 8) -> list[Path]:
    return [media.wav(folder / f"{number}.wav", seconds=0.2 + number / 50) for number in range(count)]


def test_what_did_not_fit_is_listed_after_a_restart_and_added_by_retry(
    tmp_path: Path, shared_checker: Checker, disk: Disk
) -> None:
    home, paths = tmp_path / "home", recordings(tmp_path)
    with open_desk(home, shared_checker) as desk:
        section = desk.section()
        disk.room = 1
        items = desk.add(section, *paths)
        lost = {item.path for item in items if item.result is ImportResult.FAILED}
        assert len(lost) == 7
    with open_desk(home, shared_checker) as desk:
        listed = desk.importer.refusals()
        assert {refusal.path for refusal in listed} == lost
        assert all(refusal.can_retry for refusal in listed)
        (finding,) = listed[0].report.findings
        assert finding_sentence(finding) == "The disk is full."
        assert "more is needed" in finding_action(finding)
        assert finding.params["needed"] == sum(Path(path).stat().st_size for path in lost) - 1_000
        disk.room = 3
        retry(desk, [refusal.id for refusal in listed])
        assert len(desk.importer.refusals()) == 4, "what still does not fit stays"
        disk.room = 1000
        retry(desk, [refusal.id for refusal in desk.importer.refusals()])
        assert desk.importer.refusals() == []
        assert len(desk.takes(section)) == 8
    must_hold(home)


def test_a_list_that_cannot_be_written_either_is_kept_in_memory_and_written_later(
    tmp_path: Path, shared_checker: Checker, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, (path, *_) = tmp_path / "home", recordings(tmp_path)
    with open_desk(home, shared_checker) as desk:
        section = desk.section()
        disk.room = 0

        def full(_work: Any) -> Any:
            raise OutsideError("disk-full", path="/library")

        monkeypatch.setattr("audiodesk.services.importing.wanted_files.refusal_repo.add", lambda *_args: full(None))
        desk.add(section, path)
        assert [refusal.path for refusal in desk.importer.refusals()] == [str(path)]
        monkeypatch.undo()
    with open_desk(home, shared_checker) as desk:
        assert [refusal.path for refusal in desk.importer.refusals()] == [str(path)]
        desk.importer.dismiss([refusal.id for refusal in desk.importer.refusals()])
        assert desk.importer.refusals() == []


def test_a_stick_that_was_pulled_out_leaves_each_file_listed_to_be_tried_again(
    tmp_path: Path, shared_checker: Checker
) -> None:
    home, paths = tmp_path / "home", recordings(tmp_path / "stick", 3)
    with open_desk(home, shared_checker) as desk:
        section = desk.section()
        plan = desk.plan(section, *paths)
        (tmp_path / "stick").rename(tmp_path / "pocket")
        desk.importer.import_files(plan)
        listed = desk.importer.refusals()
        assert [refusal.report.findings[0].code for refusal in listed] == [Code.UNREADABLE] * 3
        assert all(refusal.can_retry for refusal in listed)
        assert "Retry" in finding_action(listed[0].report.findings[0])
        (tmp_path / "pocket").rename(tmp_path / "stick")
        retry(desk, [refusal.id for refusal in listed])
        assert desk.importer.refusals() == []
        assert len(desk.takes(section)) == 3


def test_an_import_that_breaks_off_lists_what_it_did_not_reach(
    tmp_path: Path, shared_checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = recordings(tmp_path, 3)
    with open_desk(tmp_path / "home", shared_checker) as desk:
        section = desk.section()

        def broken(*_args: Any) -> None:
            raise ValueError("a bug")

        with monkeypatch.context() as patch:
            patch.setattr("audiodesk.services.importing.import_job.ImportJob._ready", broken)
            desk.add(section, *paths)
        listed = desk.importer.refusals()
        assert {refusal.path for refusal in listed} == {str(path) for path in paths}
        retry(desk, [refusal.id for refusal in listed])
        assert len(desk.takes(section)) == 3


def test_a_plan_says_what_the_disk_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = recordings(tmp_path, 1)
    size = path.stat().st_size

    class Empty:
        def children(self, _parent: object) -> list[Any]:
            return []

        def crumbs(self, _ref: object) -> list[Any]:
            return []

        def is_live(self, _ref: object) -> bool:
            return True

    def plan(free: int) -> ImportPlan:
        monkeypatch.setattr("audiodesk.services.importing.planner.free_bytes", lambda _folder: free)
        return Planner(Empty(), tmp_path).plan([str(path)], None)

    assert plan(size + ROOM_FOR_THE_LIST).short_by == 0
    assert plan(size + ROOM_FOR_THE_LIST - 10).short_by == 10
    assert Planner(Empty()).plan([str(path)], None).short_by == 0


def retry(desk: Desk, ids: list[str]) -> None:
    job_id = desk.importer.retry(ids)
    assert job_id is not None
    over = threading.Event()
    for _ in range(1000):
        if not desk.importer.progress():
            return
        over.wait(0.02)
    raise AssertionError("the import did not end")
