"""A repaired half never replaces a sound current take by itself, and is counted in the tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.services.audio.checker import Checker
from tests import media
from tests.desk import Desk, must_hold, open_desk


@pytest.fixture
def desk(tmp_path: Path, shared_checker: Checker) -> Iterator[Desk]:
    with open_desk(tmp_path / "home", shared_checker) as opened:
        yield opened


def half(path: Path, seconds: float = 4.0) -> Path:
    data = media.wav_bytes(seconds=seconds)
    path.write_bytes(data[: len(data) // 2])
    return path


def repaired(desk: Desk) -> list[tuple[str, int]]:
    """Return (title, repaired current takes) of every row of the tree."""
    rows: list[tuple[str, int]] = []

    def walk(parent: Ref | None) -> None:
        for node in desk.catalogue.children(parent, counted=True):
            rows.append((node.title, node.repaired))
            if node.ref.entity is not Entity.SECTION:
                walk(node.ref)

    walk(None)
    return rows


def test_a_half_that_is_kept_leaves_the_sound_take_current(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, media.wav(tmp_path / "whole.wav", seconds=2.0), half(tmp_path / "cut.wav"))
    (refusal,) = desk.importer.refusals()
    take = desk.importer.keep_repaired(refusal.id)
    assert desk.current(section) == "whole.wav"
    assert len(desk.takes(section)) == 2
    desk.library.set_current(take.id)  # the person chooses it
    assert desk.current(section) == "cut.wav"
    must_hold(desk.home)


def test_where_there_is_no_sound_take_the_newest_half_is_current(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, half(tmp_path / "first.wav"), repair=True)
    assert desk.current(section) == "first.wav"
    desk.add(section, half(tmp_path / "second.wav", 3.0), repair=True)
    assert desk.current(section) == "second.wav"
    desk.add(section, media.wav(tmp_path / "whole.wav", seconds=2.0))
    assert desk.current(section) == "whole.wav"


def test_when_the_current_take_goes_a_sound_one_follows_it(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    desk.add(section, media.wav(tmp_path / "old.wav", seconds=1.0), media.wav(tmp_path / "new.wav", seconds=2.0))
    desk.add(section, half(tmp_path / "cut.wav"), repair=True)
    (new,) = [row.take for row in desk.takes(section) if row.take.file_name == "new.wav"]
    desk.library.trash([Ref(Entity.TAKE, new.id)])
    assert desk.current(section) == "old.wav"


def test_a_moved_half_does_not_replace_a_sound_take(desk: Desk, tmp_path: Path) -> None:
    section = desk.section()
    (chapter,) = [crumb.id for crumb in desk.catalogue.crumbs(section) if crumb.entity is Entity.CHAPTER]
    other = desk.library.add_section(chapter, "Other")
    desk.add(section, media.wav(tmp_path / "whole.wav", seconds=2.0))
    desk.add(other, half(tmp_path / "cut.wav"), repair=True)
    assert repaired(desk) == [("The Salt Road", 1), ("2 · The River", 1), ("Toll", 0), ("Other", 1)]
    (cut,) = desk.takes(other)
    desk.library.move([Ref(Entity.TAKE, cut.take.id)], section.id)
    assert desk.current(section) == "whole.wav"
    assert {count for _, count in repaired(desk)} == {0}
    assert desk.catalogue.counts([section])[section.id].repaired == 0
