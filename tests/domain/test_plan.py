"""The facts that a plan gives about itself."""

from __future__ import annotations

from audiodesk.domain.library.plan import ImportPlan, Place, PlannedFile


def _file(name: str, place: Place, size: int = 10) -> PlannedFile:
    return PlannedFile(f"/in/{name}", name, size, place)


def test_new_chapters_and_sections_are_counted_once() -> None:
    plan = ImportPlan(
        None,
        (
            _file("1.wav", Place(project_title="Book", chapter_title="One", section_title="a")),
            _file("1b.wav", Place(project_title="Book", chapter_title="One", section_title="a")),
            _file("2.wav", Place(project_title="Book", chapter_title="One", section_title="b")),
            _file("3.wav", Place(project_id="p", chapter_id="c", section_title="b")),
            _file("4.wav", Place(project_id="p", chapter_id="c", section_id="s")),
        ),
    )
    assert plan.new_chapters == 1
    assert plan.new_sections == 3
    assert plan.size == 50
