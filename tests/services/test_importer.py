"""Importing dropped files: results, order, undo, progress, cancelling."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from audiodesk.domain.errors import OutsideError, UserError
from audiodesk.domain.events import ImportFinished, ImportStarted, RefusalsChanged, TakesChanged, TreeChanged
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportItem, ImportPlan, ImportResult, Place, PlannedFile
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from audiodesk.local.file_copy import copy_file
from audiodesk.local.files.vault import Vault
from tests import media
from tests.desk import Desk, must_hold

pytestmark = pytest.mark.slow

ADDED = ImportResult.ADDED


def results(items: Sequence[ImportItem]) -> list[str]:
    return [item.result.value for item in items]


def test_a_dropped_file_becomes_the_current_take_with_all_that_was_proven(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "toll_v1.wav", seconds=1.5, rate=48000)
    (item,) = desk.add(section, source)
    (row,) = desk.takes(section)
    assert (item.result, item.take_id, item.section_id) == (ADDED, row.take.id, section.id)
    assert row.is_current
    assert row.number == 1
    assert row.take.file_name == "toll_v1.wav"
    assert row.file is not None
    assert (row.file.seconds, row.file.sample_rate, row.file.channels, row.file.size) == (
        1.5,
        48000,
        1,
        source.stat().st_size,
    )
    assert desk.vault.path_of(row.file.sha256, row.file.kind).read_bytes() == source.read_bytes()
    details = desk.catalogue.take(row.take.id)
    assert details.source_path == str(source)
    assert details.source_modified_at == source.stat().st_mtime_ns // 1_000_000
    assert [entry.what for entry in details.history] == ["added"]
    with desk.database.read() as connection:
        assert connection.execute("select take_file_id from pending_analysis").fetchone()[0] == row.file.id
    must_hold(desk.home)


def test_several_files_on_a_section_are_takes_in_natural_order_and_each_replaces_the_one_before(
    desk: Desk, tmp_path: Path
) -> None:
    section = desk.section()
    for number in (10, 9, 1):
        media.wav(tmp_path / "in" / f"toll {number}.wav", seconds=number / 10)
    desk.add(section, tmp_path / "in")
    rows = desk.takes(section)
    assert [row.take.file_name for row in rows] == ["toll 1.wav", "toll 9.wav", "toll 10.wav"]
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.take.replaces_take_id for row in rows] == [None, rows[0].take.id, rows[1].take.id]
    assert desk.current(section) == "toll 10.wav"
    device = {row.take.device_id for row in rows}
    assert len(device) == 1
    assert device != {""}


def test_takes_of_one_section_keep_their_order_although_their_sizes_differ(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    for number in range(20):
        media.wav(tmp_path / "in" / f"{number}.wav", seconds=1.0 if number % 7 == 0 else 0.1, tone=200 + number)
    desk.add(section, tmp_path / "in")
    assert [row.take.file_name for row in desk.takes(section)] == [f"{number}.wav" for number in range(20)]
    assert desk.current(section) == "19.wav"


def test_the_same_bytes_twice_in_a_section_are_already_there(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    first = media.wav(tmp_path / "a.wav")
    again = tmp_path / "b.wav"
    again.write_bytes(first.read_bytes())
    items = desk.add(section, first, again)
    assert results(items) == ["added", "present"]
    assert items[1].take_id == items[0].take_id
    assert results(desk.add(section, first)) == ["present"]
    assert len(desk.takes(section)) == 1
    must_hold(desk.home)


def test_the_same_bytes_in_another_section_are_a_new_take_on_one_file(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    crumbs = desk.catalogue.crumbs(section)
    other = desk.library.add_section(crumbs[1].id, "2.5 Night crossing")
    source = media.wav(tmp_path / "a.wav")
    assert results(desk.add(section, source) + desk.add(other, source)) == ["added", "added"]
    assert list(must_hold(desk.home).values()) == [2]


def test_a_trashed_take_is_not_there_any_more(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "a.wav")
    (first,) = desk.add(section, source)
    desk.library.trash([Ref(Entity.TAKE, first.take_id or "")])
    (second,) = desk.add(section, source)
    assert second.result is ADDED
    assert second.take_id != first.take_id
    assert [row.number for row in desk.takes(section)] == [2]


def test_a_file_that_the_vault_has_lost_comes_back_when_it_is_dropped_again(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "a.wav")
    desk.add(section, source)
    for path in desk.vault.folder.glob("??/*"):
        path.unlink()
    assert results(desk.add(section, source)) == ["present"]
    must_hold(desk.home)


@pytest.mark.parametrize("is_same_section", [True, False])
def test_a_damaged_file_of_the_vault_gives_way_to_the_same_bytes_dropped_again(
    desk: Desk, tmp_path: Path, is_same_section: bool
) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "a.wav")
    desk.add(section, source)
    (kept,) = desk.vault.folder.glob("??/*")
    kept.write_bytes(bytes(kept.stat().st_size))
    target = section if is_same_section else desk.section("Another")
    assert results(desk.add(target, source)) == ["present" if is_same_section else "added"]
    must_hold(desk.home)


@pytest.mark.parametrize("damaged_size", [10, None])
def test_what_took_the_place_of_a_damaged_file_stays_although_its_rows_fail(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged_size: int | None
) -> None:
    section, other = desk.section(), desk.section("Another")
    source = media.wav(tmp_path / "a.wav")
    desk.add(section, source)
    (kept,) = desk.vault.folder.glob("??/*")
    kept.write_bytes(bytes(damaged_size or kept.stat().st_size))

    def fail(self: Vault, shas: object) -> None:
        raise OutsideError("disk-failed", path="", details="")

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "settle", fail)
        assert results(desk.add(other, source)) == ["failed"]
    must_hold(desk.home)


def test_a_folder_on_the_window_makes_project_chapters_and_sections_in_order(desk: Desk, tmp_path: Path) -> None:
    book = tmp_path / "My_Book"
    for number, name in enumerate(("10 End/a", "2 Mid/b 10", "2 Mid/b 9", "Intro")):
        media.wav(book / f"{name}.wav", seconds=0.5 + number / 10)
    desk.add(None, book)
    assert desk.tree_rows() == [
        ("My Book", "2 Mid", "b 9", 1),
        ("My Book", "2 Mid", "b 10", 1),
        ("My Book", "10 End", "a", 1),
        ("My Book", "Intro", "Intro", 1),
    ]
    assert results(desk.add(None, book)) == ["present"] * 4
    must_hold(desk.home)


def test_new_sections_stand_in_the_plans_order_though_they_arrive_in_another(desk: Desk, tmp_path: Path) -> None:
    book = tmp_path / "Book"
    for number in range(12):
        media.wav(book / "1" / f"{number}.wav", seconds=20.0 if number in (0, 5) else 0.2, tone=200 + number)
    desk.add(None, book)
    assert [title for _, _, title, _ in desk.tree_rows()] == [str(number) for number in range(12)]


def test_an_import_is_one_undo_and_one_redo(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, media.wav(tmp_path / "old.wav", seconds=0.3))
    desk.add(section, media.wav(tmp_path / "b1.wav", seconds=0.4), media.wav(tmp_path / "b2.wav", seconds=0.5))
    assert act(desk.library.undo()) == "Add 2 files"
    assert [row.take.file_name for row in desk.takes(section)] == ["old.wav"]
    assert desk.current(section) == "old.wav"
    desk.library.redo()
    assert [row.take.file_name for row in desk.takes(section)] == ["old.wav", "b1.wav", "b2.wav"]
    assert desk.current(section) == "b2.wav"
    must_hold(desk.home)


def test_undoing_an_import_of_a_book_takes_all_of_it_away(desk: Desk, tmp_path: Path) -> None:
    media.wav(tmp_path / "Book" / "1" / "a.wav")
    desk.add(None, tmp_path / "Book")
    assert act(desk.library.undo()) == "Add “a.wav”"
    assert desk.tree_rows() == []
    assert [(item.ref.entity, item.takes) for item in desk.catalogue.trash()] == [(Entity.PROJECT, 1)]
    desk.library.redo()
    assert desk.tree_rows() == [("Book", "1", "a", 1)]


def test_a_place_that_went_to_the_trash_meanwhile_fails_its_files_alone(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    other = desk.library.add_section(desk.catalogue.crumbs(section)[1].id, "2.5")
    first, second = media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.5)
    files = desk.plan(section, first).files + desk.plan(other, second).files
    desk.library.trash([section])
    items = desk.importer.import_files(ImportPlan(None, files))
    assert results(items) == ["failed", "added"]
    assert items[0].error is not None
    assert items[0].error.code == "target-trashed"
    must_hold(desk.home)


def test_a_title_that_came_since_the_plan_is_used(desk: Desk, tmp_path: Path) -> None:
    source = media.wav(tmp_path / "Book" / "1" / "a.wav")
    plan = desk.plan(None, source.parent.parent)
    project = desk.library.add_project("book")
    desk.importer.import_files(plan)
    assert desk.tree_rows() == [("book", "1", "a", 1)]
    assert plan.files[0].place.project_id is None
    assert project.id


def test_cancelling_keeps_what_was_added_and_leaves_nothing_else(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    whole = media.wav_bytes(seconds=2.0)
    header, body = whole[:44], whole[44:]
    for number in range(150):  # more than are processed at the same time
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number}.wav").write_bytes(header + os.urandom(len(body)))
    plan = desk.plan(section, tmp_path / "in")
    cancel = threading.Event()
    desk.bus.subscribe(TakesChanged, lambda _: cancel.set())
    items = desk.importer.import_files(plan, cancel=cancel)
    added = [item for item in items if item.result is ADDED]
    assert len(items) == 150
    assert {item.result for item in items} == {ADDED, ImportResult.CANCELLED}
    assert len(desk.takes(section)) == len(added)
    finished = desk.events[-1]
    assert isinstance(finished, ImportFinished)
    assert finished.cancelled
    assert finished.added == len(added)
    must_hold(desk.home)
    desk.library.undo()
    assert desk.takes(section) == []


def test_a_cancelled_import_makes_no_chapters_for_files_it_never_reached(desk: Desk, tmp_path: Path) -> None:
    media.wav(tmp_path / "Book" / "1" / "a.wav")
    cancel = threading.Event()
    cancel.set()
    items = desk.importer.import_files(desk.plan(None, tmp_path / "Book"), cancel=cancel)
    assert results(items) == ["cancelled"]
    assert desk.tree_rows() == []
    assert desk.library.undo_edit is None


def test_in_the_background_it_tells_what_happens_and_shows_its_numbers(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    for number in range(5):
        media.wav(tmp_path / "in" / f"{number}.wav", seconds=0.5 + number / 10)
    (tmp_path / "in" / "x.wav").write_text("words")
    desk.events.clear()
    finished = threading.Event()
    desk.bus.subscribe(ImportFinished, lambda _: finished.set())
    plan = desk.plan(section, tmp_path / "in")
    job_id = desk.importer.start(plan)
    seen = []
    while not finished.wait(0.001):
        seen += desk.importer.progress()
    assert len(desk.importer.items(job_id)) == 6
    assert desk.events[0] == ImportStarted(job_id)
    assert {type(event) for event in desk.events} >= {TakesChanged, RefusalsChanged, ImportFinished}
    assert TreeChanged not in {type(event) for event in desk.events}
    assert {(p.files, p.size) for p in seen} == {(6, plan.size)}
    assert [p.files_done for p in seen] == sorted(p.files_done for p in seen)
    assert [p.bytes_done for p in seen] == sorted(p.bytes_done for p in seen)
    rows = [row for p in seen for row in p.rows]
    assert {row.stage for row in rows} <= {"copying", "checking"}
    assert "Toll · take 1" in {row.where for row in rows}


def test_the_progress_names_the_numbers_that_the_takes_will_have(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[str] = set()

    def copy(source: str, *args: Any, **named: Any) -> Any:
        seen.update(row.where for running in desk.importer.progress() for row in running.rows)
        return copy_file(source, *args, **named)

    section = desk.section()
    chapter = desk.catalogue.crumbs(section)[1].id
    other = desk.library.add_section(chapter, "Other")
    first = desk.add(section, *(media.wav(tmp_path / f"{number}.wav", seconds=0.5 + number) for number in range(3)))
    desk.library.move([Ref(Entity.TAKE, item.take_id or "") for item in first[1:]], other.id)
    monkeypatch.setattr("audiodesk.services.importing.import_stages.copy_file", copy)
    desk.add(section, *(media.wav(tmp_path / f"new{number}.wav", seconds=3.5 + number) for number in range(2)))
    assert seen == {"Toll · take 4", "Toll · take 5"}
    assert [row.number for row in desk.takes(section)] == [1, 4, 5]


def test_a_running_import_can_be_cancelled_by_its_id(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = tmp_path / "long.wav"
    with source.open("wb") as file:
        file.write(media.wav_bytes(seconds=0.1)[:44])
        file.truncate(2_000_000_000)
    finished = threading.Event()
    desk.bus.subscribe(ImportFinished, lambda _: finished.set())
    job_id = desk.importer.start(desk.plan(section, source))
    begun = time.monotonic()
    while not any(row.bytes_done for p in desk.importer.progress() for row in p.rows):
        assert time.monotonic() - begun < 30
    desk.importer.cancel(job_id)
    assert finished.wait(10)
    assert results(desk.importer.items(job_id)) == ["cancelled"]
    must_hold(desk.home)


def test_imports_wait_for_each_other_so_that_drops_keep_their_order(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    paths = [media.wav(tmp_path / f"{n}.wav", seconds=3.0 - n / 2) for n in range(5)]
    done = threading.Semaphore(0)
    desk.bus.subscribe(ImportFinished, lambda _: done.release())
    for path in paths:
        desk.importer.start(desk.plan(section, path))
    for _ in paths:
        assert done.acquire(timeout=30)
    assert [row.take.file_name for row in desk.takes(section)] == [path.name for path in paths]


def test_a_place_given_by_id_alone_is_enough(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "a.wav")
    planned = PlannedFile(str(source), "a.wav", source.stat().st_size, Place(section_id=section.id))
    assert results(desk.importer.import_files(ImportPlan(section, (planned,)))) == ["added"]


def test_emptying_the_trash_removes_only_files_that_no_other_take_has(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    other = desk.library.add_section(desk.catalogue.crumbs(section)[1].id, "2.5")
    shared, alone = media.wav(tmp_path / "a.wav"), media.wav(tmp_path / "b.wav", seconds=0.7)
    items = desk.add(section, shared, alone)
    desk.add(other, shared)
    desk.library.trash([Ref(Entity.TAKE, item.take_id or "") for item in items])
    desk.library.empty_trash()
    assert len(list(desk.vault.files())) == 1
    assert [item.result for item in desk.verifier.verify()] == ["ok"]


def test_a_wish_for_a_target_that_is_gone_is_refused_before_anything_is_walked(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.library.trash([section])
    for ref, code in ((section, "target-trashed"), (Ref(Entity.SECTION, "nobody"), "not-found")):
        with pytest.raises(UserError) as caught:
            desk.plan(ref, tmp_path)
        assert caught.value.code == code


def test_titles_that_change_while_it_runs_are_seen(desk: Desk, tmp_path: Path) -> None:
    """The second half of a folder goes to the sections that a person made while the first half was added."""
    for number in range(60):
        media.wav(tmp_path / "Book" / "1" / f"{number}.wav", seconds=0.1, tone=200 + number)
    plan = desk.plan(None, tmp_path / "Book")
    made: list[str] = []

    def make_the_last(_: TreeChanged) -> None:
        unsubscribe()
        project = desk.catalogue.children(None)[0].ref
        made.append(desk.library.add_section(desk.catalogue.children(project)[0].ref.id, "59").id)

    unsubscribe = desk.bus.subscribe(TreeChanged, make_the_last)
    items = desk.importer.import_files(plan)
    assert items[-1].section_id == made[0]
    assert len(desk.tree_rows()) == 60
