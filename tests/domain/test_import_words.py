"""The words for a drop, a plan and an import."""

from __future__ import annotations

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import ImportPlan, Place, PlannedFile
from audiodesk.domain.words.importing.import_words import (
    drop_sentence,
    import_sentence,
    plan_sentence,
    where_in_section,
)


@pytest.mark.parametrize(
    ("count", "entity", "next_take", "sentence"),
    [
        (1, Entity.SECTION, 2, "Add 1 file as take 2 of “2.4 Toll”"),
        (3, Entity.SECTION, 2, "Add 3 files as takes 2 to 4 of “2.4 Toll”"),
        (1, Entity.CHAPTER, 0, "Add 1 file to “2.4 Toll” as a section"),
        (2, Entity.CHAPTER, 0, "Add 2 files to “2.4 Toll”, each a section"),
        (2, Entity.PROJECT, 0, "Add 2 items to “2.4 Toll”, each a chapter"),
        (1, None, 0, "Make a project of 1 item"),
    ],
)
def test_a_drop_says_what_it_would_do(count: int, entity: Entity | None, next_take: int, sentence: str) -> None:
    assert drop_sentence(count, entity, "2.4 Toll", next_take) == sentence


def test_a_plan_counts_what_it_would_make() -> None:
    book = [
        PlannedFile("/a", "a.wav", 1024 * 1024, Place(project_title="Book", chapter_title="1", section_title="a")),
        PlannedFile("/b", "b.wav", 1024 * 1024, Place(project_title="Book", chapter_title="1", section_title="b")),
    ]
    assert (
        plan_sentence(ImportPlan(None, tuple(book))) == "2 files, 2.0 MB · 1 new project, 1 new chapter, 2 new sections"
    )
    known = PlannedFile("/a", "a.wav", 97, Place("p", "Book", "c", "1", "s", "a"))
    assert plan_sentence(ImportPlan(None, (known,))) == "1 file, 97 bytes"


def test_an_import_says_what_became_of_it() -> None:
    assert import_sentence(added=1, present=0, refused=0, failed=0, cancelled=False) == "1 take added"
    assert import_sentence(added=11, present=1, refused=1, failed=1, cancelled=True) == (
        "11 takes added, 1 already there, 2 not added, the rest cancelled"
    )
    assert where_in_section("2.3 The Ferry", 3) == "2.3 The Ferry · take 3"
