"""Files that are not added: the reason, how long they are listed, and which part of them can be kept."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from audiodesk.domain.audio.findings import Code
from audiodesk.domain.errors import UserError
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportItem, ImportResult
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from tests import media
from tests.desk import Desk, must_hold

ADDED, REFUSED = ImportResult.ADDED, ImportResult.REFUSED


def results(items: Sequence[ImportItem]) -> list[str]:
    return [item.result.value for item in items]


def codes(item: ImportItem) -> list[Code]:
    return [finding.code for finding in item.findings]


def truncated(path: Path, *, seconds: float = 2.0) -> Path:
    data = media.wav_bytes(seconds=seconds)
    path.write_bytes(data[: len(data) // 2])
    return path


def test_refused_files_are_listed_until_dismissed_and_make_no_empty_sections(desk: Desk, tmp_path: Path) -> None:
    book = tmp_path / "Book"
    media.wav(book / "good.wav")
    (book / "page.mp3").write_bytes(b"<!DOCTYPE html><html><body>not found</body></html>")
    (book / "empty.wav").touch()
    items = desk.add(None, book)
    assert {Path(item.path).name: item.result for item in items} == {
        "good.wav": ADDED,
        "page.mp3": REFUSED,
        "empty.wav": REFUSED,
    }
    assert [title for _, title, _, _ in desk.tree_rows()] == ["good"]
    refusals = desk.importer.refusals()
    assert sorted(refusal.name for refusal in refusals) == ["empty.wav", "page.mp3"]
    assert {refusal.report.findings[0].code for refusal in refusals} == {Code.NOT_MP3_OR_WAV}
    desk.importer.dismiss([refusals[0].id])
    assert len(desk.importer.refusals()) == 1
    must_hold(desk.home)


def test_a_refusal_is_forgotten_once_the_file_was_mended_and_added(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = truncated(tmp_path / "a.wav")
    desk.add(section, source)
    desk.add(section, source)
    assert len(desk.importer.refusals()) == 1
    media.wav(source)
    desk.add(section, source)
    assert desk.importer.refusals() == []


def test_what_can_be_kept_of_a_damaged_file_is_kept_beside_the_original(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = truncated(tmp_path / "cut.wav")
    (item,) = desk.add(section, source)
    assert codes(item) == [Code.TRUNCATED]
    (refusal,) = desk.importer.refusals()
    assert refusal.report.rescue is not None
    ref = desk.importer.keep_repaired(refusal.id)
    (row,) = desk.takes(section)
    assert ref == Ref(Entity.TAKE, row.take.id)
    assert row.is_current
    assert row.file is not None
    assert row.original is not None
    assert row.file.role is FileRole.REPAIRED
    assert row.file.seconds == pytest.approx(1.0, abs=0.01)
    assert row.file.findings == ()
    assert [finding.code for finding in row.original.findings] == [Code.TRUNCATED]
    assert desk.vault.path_of(row.original.sha256, row.original.kind).read_bytes() == source.read_bytes()
    assert desk.importer.refusals() == []
    edit = desk.library.undo_edit
    assert edit is not None
    assert act(edit) == "Keep repaired “cut.wav”"
    assert results(desk.add(section, source)) == ["present"]
    with desk.database.read() as connection:
        pending = [row[0] for row in connection.execute("select take_file_id from pending_analysis")]
    assert pending == [row.file.id]
    must_hold(desk.home)


def test_repairing_at_once_gives_the_same(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    cut = tmp_path / "cut.mp3"
    data = media.mp3_bytes(seconds=4.0)
    cut.write_bytes(data[: len(data) // 2])
    (tmp_path / "words.wav").write_text("words")
    items = desk.add(section, cut, tmp_path / "words.wav", repair=True)
    assert results(items) == ["added", "refused"]
    (row,) = desk.takes(section)
    assert row.file is not None
    assert row.file.role is FileRole.REPAIRED
    must_hold(desk.home)


def test_nothing_can_be_kept_of_a_file_that_is_gone(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = truncated(tmp_path / "cut.wav")
    desk.add(section, source)
    (refusal,) = desk.importer.refusals()
    source.unlink()
    with pytest.raises(UserError) as caught:
        desk.importer.keep_repaired(refusal.id)
    assert caught.value.code == "not-repaired"
    with pytest.raises(UserError) as caught:
        desk.importer.keep_repaired("nobody")
    assert caught.value.code == "not-found"


def test_pipes_devices_loops_and_missing_files_are_said_and_the_others_go_on(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    folder = tmp_path / "in"
    media.wav(folder / "good.wav")
    os.mkfifo(folder / "pipe.wav")
    (folder / "loop").symlink_to(folder)
    items = desk.add(section, folder, tmp_path / "gone.wav", Path("/dev/zero"))
    assert results(items)[0] == "added"
    assert {Path(item.path).name: item.findings[0].params["reason"] for item in items[1:]} == {
        "pipe.wav": "pipe",
        "loop": "loop",
        "gone.wav": "missing",
        "zero": "device",
    }
    assert len(desk.importer.refusals()) == 4
    must_hold(desk.home)


def test_what_goes_away_after_the_plan_is_refused_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    source = media.wav(tmp_path / "a.wav")
    plan = desk.plan(section, source)
    source.unlink()
    os.mkfifo(source)
    (item,) = desk.importer.import_files(plan)
    assert (item.result, item.findings[0].params) == (REFUSED, {"reason": "pipe"})


def test_a_misnamed_file_gets_its_right_kind(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    path = tmp_path / "a.mp3"
    path.write_bytes(media.wav_bytes())
    (item,) = desk.add(section, path)
    assert (item.result, codes(item)) == (ADDED, [Code.MISNAMED])
    (row,) = desk.takes(section)
    assert row.file is not None
    assert desk.vault.path_of(row.file.sha256, row.file.kind).suffix == ".wav"
    assert row.take.file_name == "a.wav"
    details = desk.catalogue.take(row.take.id)
    assert details.history[-1].params["file"] == "a.mp3"
    assert details.source_path == str(path)


def test_names_of_any_bytes_can_be_added_and_refused(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    good, bad = (os.fsdecode(os.fsencode(tmp_path) + name) for name in (b"/caf\xe9.wav", b"/caf\xe8.wav"))
    Path(good).write_bytes(media.wav_bytes())
    truncated(Path(bad))
    items = desk.importer.import_files(desk.planner.plan([good, bad], section))
    assert {item.path: item.result for item in items} == {good: ADDED, bad: REFUSED}
    (refusal,) = desk.importer.refusals()
    assert refusal.path == bad
    desk.importer.keep_repaired(refusal.id)
    assert [row.take.file_name for row in desk.takes(section)] == ["caf\ufffd.wav", "caf\ufffd.wav"]
    must_hold(desk.home)
