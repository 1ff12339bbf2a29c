"""Verifying the vault: a missing or changed file is named by its take."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.verify import VerifyProgress, VerifyResult
from tests import media
from tests.desk import Desk, must_hold


def files_of(desk: Desk) -> dict[str, Path]:
    """Return the vault's paths by the name of the dropped file."""
    with desk.database.read() as connection:
        rows = connection.execute("select t.file_name, f.* from take_file f join take t on t.id = f.take_id").fetchall()
    return {row["file_name"]: desk.vault.path_of(row["sha256"], Kind(row["kind"])) for row in rows}


def test_damage_is_found_and_named(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    names = ("good.wav", "gone.wav", "flipped.wav", "short.wav")
    desk.add(section, *(media.wav(tmp_path / name, seconds=1 + n / 10) for n, name in enumerate(names)))
    paths = files_of(desk)
    paths["gone.wav"].unlink()
    data = bytearray(paths["flipped.wav"].read_bytes())
    data[len(data) // 2] ^= 1
    paths["flipped.wav"].write_bytes(data)
    paths["short.wav"].write_bytes(paths["short.wav"].read_bytes()[:-1])
    items = {item.file_name: item for item in desk.verifier.verify()}
    assert {name: item.result for name, item in items.items()} == {
        "good.wav": VerifyResult.OK,
        "gone.wav": VerifyResult.MISSING,
        "flipped.wav": VerifyResult.CHANGED,
        "short.wav": VerifyResult.CHANGED,
    }
    gone = next(row for row in desk.takes(section) if row.take.file_name == "gone.wav")
    assert items["gone.wav"].take_id == gone.take.id
    assert items["gone.wav"].title == f"The Salt Road › 2 · The River › Toll › Take {gone.number}"


def test_one_project_can_be_verified_alone(desk: Desk, tmp_path: Path) -> None:
    desk.add(None, media.wav(tmp_path / "One" / "a.wav").parent, media.wav(tmp_path / "Two" / "b.wav", tone=300).parent)
    one, two = desk.catalogue.children(None)
    assert [item.file_name for item in desk.verifier.verify(one.ref.id)] == ["a.wav"]
    assert [item.file_name for item in desk.verifier.verify(two.ref.id)] == ["b.wav"]
    assert len(desk.verifier.verify()) == 2


def test_takes_in_the_trash_are_verified_until_it_is_emptied(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    (item,) = desk.add(section, media.wav(tmp_path / "a.wav"))
    desk.library.trash([Ref(Entity.TAKE, item.take_id or "")])
    assert [item.result for item in desk.verifier.verify()] == ["ok"]
    desk.library.empty_trash()
    assert desk.verifier.verify() == []


def test_a_file_without_a_take_is_named(desk: Desk) -> None:
    sha256 = hashlib.sha256(b"stray").hexdigest()
    name = desk.vault.new_temporary_name()
    desk.vault.temporary(name).write_bytes(b"stray")
    desk.vault.adopt(name, sha256, Kind.WAV, 5)
    (item,) = desk.verifier.verify()
    assert (item.result, item.take_id, item.size) == (VerifyResult.UNKNOWN, None, 5)
    assert sha256 in item.title


def test_bytes_that_two_takes_share_are_read_once_and_named_twice(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    other = desk.library.add_section(desk.catalogue.crumbs(section)[1].id, "2.5")
    source = media.wav(tmp_path / "a.wav")
    desk.add(section, source)
    desk.add(other, source)
    told: list[VerifyProgress] = []
    assert len(desk.verifier.verify(progress=told.append)) == 2
    assert told[-1] == VerifyProgress(source.stat().st_size, source.stat().st_size, 1, 1)


def test_it_can_be_cancelled(desk: Desk, tmp_path: Path) -> None:
    desk.add(desk.section(), media.wav(tmp_path / "a.wav"))
    cancel = threading.Event()
    cancel.set()
    assert desk.verifier.verify(cancel=cancel) == []


def states(desk: Desk, section: Ref) -> dict[str, str]:
    return {row.take.file_name: desk.catalogue.state_of(row).reason for row in desk.takes(section)}


def test_what_is_missing_or_damaged_is_remembered_until_it_is_healed(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    dropped = [media.wav(tmp_path / name, seconds=1 + n / 10) for n, name in enumerate(("gone.wav", "flipped.wav"))]
    desk.add(section, *dropped, media.wav(tmp_path / "good.wav", seconds=3))
    paths = files_of(desk)
    paths["gone.wav"].unlink()
    paths["flipped.wav"].write_bytes(b"x" + paths["flipped.wav"].read_bytes()[1:])
    assert set(states(desk, section).values()) == {""}
    desk.verifier.verify()
    assert states(desk, section) == {"gone.wav": "file_missing", "flipped.wav": "file_damaged", "good.wav": ""}
    assert desk.catalogue.totals().states.unsound == 2
    assert desk.catalogue.counts([section])[section.id].warnings == 1
    assert [item.result for item in desk.add(section, *dropped)] == ["present", "present"]
    assert set(states(desk, section).values()) == {""}
    assert desk.catalogue.totals().states.unsound == 0
    assert [item.result for item in desk.verifier.verify()] == ["ok"] * 3
    must_hold(desk.home)


def test_a_file_that_was_put_back_by_hand_is_healed_by_reading_it(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, media.wav(tmp_path / "a.wav"))
    path = files_of(desk)["a.wav"]
    kept = path.rename(tmp_path / "kept")
    desk.verifier.verify()
    assert states(desk, section) == {"a.wav": "file_missing"}
    kept.rename(path)
    desk.verifier.verify()
    assert states(desk, section) == {"a.wav": ""}


def test_both_files_of_a_repaired_take_are_healed_by_adding_it_again(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    cut = tmp_path / "cut.mp3"
    data = media.mp3_bytes(seconds=4.0)
    cut.write_bytes(data[: len(data) // 2])
    desk.add(section, cut, repair=True)
    for file in list(desk.vault.files()):
        desk.vault.path_of(file.sha256, file.kind).unlink()
    desk.verifier.verify()
    assert states(desk, section) == {"cut.mp3": "file_missing"}
    assert [item.result for item in desk.add(section, cut)] == ["present"]
    assert states(desk, section) == {"cut.mp3": ""}
    must_hold(desk.home)
    other = desk.library.add_section(desk.catalogue.crumbs(section)[1].id, "Elsewhere")
    assert [item.result for item in desk.add(other, cut)] == ["refused"]
