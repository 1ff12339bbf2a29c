"""A small real library for playback tests: one chapter with three sections whose audio differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from audiodesk.composition import Core
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from tests import media

__all__ = ["SmallBook", "add_audio", "small_book"]


@dataclass
class SmallBook:
    """The ids of its rows; ``takes`` holds the current take of each section that has one, in order."""

    project: Ref
    chapter: Ref
    sections: list[Ref]
    takes: list[str] = field(default_factory=list)


def small_book(core: Core, folder: Path, *, seconds: float = 2.0) -> SmallBook:
    """Make a book with the sections Dawn (WAV), Reeds (nothing yet) and Ferry (MP3)."""
    project = core.library.add_project("The Salt Road")
    chapter = core.library.add_chapter(project.id, "2 · The River")
    sections = [core.library.add_section(chapter.id, title) for title in ("2.1 Dawn", "2.2 Reeds", "2.3 The Ferry")]
    book = SmallBook(project, chapter, sections)
    book.takes.append(add_audio(core, sections[0], media.wav(folder / "dawn.wav", seconds=seconds, tone=440)))
    book.takes.append(add_audio(core, sections[2], media.mp3(folder / "ferry.mp3", seconds=seconds)))
    return book


def add_audio(core: Core, section: Ref, path: Path) -> str:
    """Import one file into a section as a person would, and return the id of its take."""
    (item,) = core.importer.import_files(core.planner.plan([str(path)], Ref(Entity.SECTION, section.id)))
    assert item.take_id is not None, item
    return item.take_id
