"""The book in the pictures: made through the services, with audio that looks like speech."""

from __future__ import annotations

import math
import random
import wave
from array import array
from pathlib import Path

from audiodesk.composition import Core
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.section_status import SectionStatus
from tests import media

__all__ = ["ARABIC_TITLE", "LONG_TITLE", "Book", "make_book", "speech"]

LONG_TITLE = (
    "Being the full and faithful account of how the salt caravans crossed the river Ome "
    "in the year of two floods, part one"
)
ARABIC_TITLE = "الفصل الثالث: طريق الملح القديم"

_CHAPTERS = (
    ("Opening credits", ("Opening credits",)),
    ("1 · The Well", ("1.1 Rope", "1.2 Bucket", "1.3 The dry year", "1.4 Water")),
    ("2 · The River", ("2.1 Dawn", "2.2 Reeds", "2.3 The Ferry", "2.4 Toll", "2.5 Night crossing")),
    ("3 · Salt", ("3.1 Pans", "3.2 Crust", "3.3 The weighing", "3.4 Brine")),
    ("4 · The Price of Water", ("4.1 Market", "4.2 Ledger")),
    ("Closing credits", ("Closing credits",)),
)
_RECORDED = ("Opening credits", "1.1 Rope", "1.2 Bucket", "1.3 The dry year", "1.4 Water", "2.1 Dawn", "2.2 Reeds")


class Book:
    """The ids of the rows that the pictures select."""

    def __init__(self, core: Core, folder: Path) -> None:
        self.core, self.folder = core, folder
        self.project = core.library.add_project(
            "The Salt Road", author="Ana Pires", narrator="Jo Lindqvist", language="en", notes="Studio B, door shut."
        )
        self.chapters: dict[str, Ref] = {}
        self.sections: dict[str, Ref] = {}
        for chapter, sections in _CHAPTERS:
            self.chapters[chapter] = core.library.add_chapter(self.project.id, chapter)
            for section in sections:
                self.sections[section] = core.library.add_section(self.chapters[chapter].id, section)

    def add(self, section: str, *paths: Path) -> None:
        """Import files into a section."""
        target = Ref(Entity.SECTION, self.sections[section].id)
        self.core.importer.import_files(self.core.planner.plan([str(path) for path in paths], target))


def make_book(core: Core, folder: Path) -> Book:
    """Make the library of the pictures: one book half recorded, two others, one of them with difficult titles."""
    book = Book(core, folder)
    for index, section in enumerate(_RECORDED):
        book.add(section, speech(folder / f"{section.split()[0].lower()}-{index}.wav", 4.0 + index, seed=index))
    book.add("2.3 The Ferry", speech(folder / "ferry.wav", 63.0, seed=11))
    book.add("2.3 The Ferry", media.mp3(folder / "ferry_v2.mp3", seconds=5.0))
    book.add("2.3 The Ferry", speech(folder / "ferry_pickup_v3.wav", 57.2, seed=12, silence=(39.1, 46.3)))
    book.add("3.1 Pans", speech(folder / "pans.wav", 5.0, seed=13))
    for section, status in (("2.1 Dawn", SectionStatus.APPROVED), ("2.2 Reeds", SectionStatus.RETAKE)):
        core.library.set_status([Ref(Entity.SECTION, book.sections[section].id)], status)
    other = core.library.add_project("Kitchen Physics")
    core.library.add_many(other, ["1 · Heat", "2 · Steam"])
    difficult = core.library.add_project("Gdzie rośnie wrzos")
    core.library.add_many(difficult, [LONG_TITLE, ARABIC_TITLE])
    core.analyser.wait_until_idle()
    return book


def speech(path: Path, seconds: float, *, seed: int = 0, silence: tuple[float, float] = (0.0, 0.0)) -> Path:
    """Write a mono WAV whose loudness comes and goes as sentences do, with a stretch of silence from, to (seconds)."""
    rate, chance = 22_050, random.Random(seed)
    samples = array("h")
    level, wanted, left = 0.0, 0.5, 0
    for index in range(round(seconds * rate)):
        if left <= 0:
            left = round(rate * chance.uniform(0.08, 0.35))
            wanted = 0.004 if chance.random() < 0.17 else chance.uniform(0.15, 0.75)
        left -= 1
        level += (wanted - level) * 0.0015
        is_silent = silence[0] <= index / rate < silence[1]
        samples.append(
            0 if is_silent else round(level * 30_000 * math.sin(index * 0.06 + 3 * math.sin(index * 0.0021)))
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path
