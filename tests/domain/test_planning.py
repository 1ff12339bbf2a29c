"""Where dropped files go, on each kind of target."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.entities import Kind
from audiodesk.domain.entity import Entity
from audiodesk.domain.outline import Crumb, Ref
from audiodesk.domain.plan import PlannedFile
from audiodesk.domain.planning import (
    FoundFile,
    name_with_ending,
    natural_key,
    place_files,
    printable,
    same_title,
    title_from_name,
)

BOOK = Crumb(Entity.PROJECT, "p1", "The Salt Road")
RIVER = Crumb(Entity.CHAPTER, "c2", "2 · The River")
TOLL = Crumb(Entity.SECTION, "s4", "2.4 Toll")
ROWS: dict[Ref | None, list[tuple[str, str]]] = {
    None: [("p1", "The Salt Road")],
    Ref(Entity.PROJECT, "p1"): [("c1", "1 · The Well"), ("c2", "2 · The River")],
    Ref(Entity.CHAPTER, "c2"): [("s4", "2.4 Toll")],
}


def found(path: str, dropped_at: int | None = None) -> FoundFile:
    """``dropped_at`` is the index of the path's part that was dropped; None: the file itself."""
    parts = path.split("/")
    below = () if dropped_at is None else tuple(parts[dropped_at:-1])
    return FoundFile("/" + path, parts[-1], 10, parts[-2] if len(parts) > 1 else "", below)


def plan(files: Sequence[FoundFile], *crumbs: Crumb) -> tuple[PlannedFile, ...]:
    target = Ref(crumbs[-1].entity, crumbs[-1].id) if crumbs else None
    return place_files(files, target, crumbs, lambda ref: ROWS.get(ref, []), untitled="New project")


def titles(planned: Sequence[PlannedFile]) -> list[tuple[str, str, str]]:
    return [(f.place.project_title, f.place.chapter_title, f.place.section_title) for f in planned]


def test_on_a_section_each_file_is_a_take_of_it_in_natural_order() -> None:
    planned = plan([found("x/toll 10.wav"), found("x/toll 9.wav"), found("d/e/toll 9b.wav", 0)], BOOK, RIVER, TOLL)
    assert [f.name for f in planned] == ["toll 9b.wav", "toll 9.wav", "toll 10.wav"]
    assert {(f.place.project_id, f.place.chapter_id, f.place.section_id) for f in planned} == {("p1", "c2", "s4")}
    assert planned[0].place.section_title == "2.4 Toll"


def test_on_a_chapter_each_file_is_a_section_and_an_equal_title_gets_a_new_take() -> None:
    planned = plan([found("x/2.5 Night.wav"), found("x/2.4_TOLL.mp3")], BOOK, RIVER)
    assert [(f.place.section_id, f.place.section_title) for f in planned] == [("s4", "2.4 Toll"), (None, "2.5 Night")]
    assert {f.place.chapter_id for f in planned} == {"c2"}


def test_on_a_project_folders_are_chapters_and_a_loose_file_is_one_of_its_own() -> None:
    planned = plan([found("x/Epilogue.wav"), found("x/2 · the river/2.4 Toll.wav", 1), found("x/3/a.wav", 1)], BOOK)
    assert [(f.place.chapter_id, f.place.chapter_title, f.place.section_title) for f in planned] == [
        ("c2", "2 · The River", "2.4 Toll"),
        (None, "3", "a"),
        (None, "Epilogue", "Epilogue"),
    ]
    assert planned[0].place.section_id == "s4"


def test_on_the_window_a_folder_is_a_project() -> None:
    planned = plan([found("x/My_Book/10/a.wav", 1), found("x/My_Book/2/a.wav", 1), found("x/My_Book/intro.mp3", 1)])
    assert titles(planned) == [("My Book", "2", "a"), ("My Book", "10", "a"), ("My Book", "intro", "intro")]


def test_on_the_window_loose_files_make_a_project_of_their_folder() -> None:
    assert titles(plan([found("Kitchen/1.wav"), found("Kitchen/2.wav")])) == [
        ("Kitchen", "1", "1"),
        ("Kitchen", "2", "2"),
    ]
    assert titles(plan([found("1.wav")])) == [("New project", "1", "1")]


def test_the_window_finds_the_project_that_has_the_folders_name() -> None:
    (planned,) = plan([found("the salt road/2 · The River/2.4 Toll.wav", 0)])
    assert (planned.place.project_id, planned.place.chapter_id, planned.place.section_id) == ("p1", "c2", "s4")


def test_equal_new_titles_are_one_section() -> None:
    planned = plan([found("x/Night.wav"), found("x/night.mp3"), found("x/NIGHT .wav")], BOOK, RIVER)
    assert len({f.place.section_title for f in planned}) == 1


def test_a_folder_that_only_wraps_others_names_no_chapter() -> None:
    assert titles(plan([found("Book/audio/1/a.wav", 0), found("Book/audio/2/a.wav", 0)], BOOK)) == [
        ("The Salt Road", "1", "a"),
        ("The Salt Road", "2", "a"),
    ]


def test_folders_of_the_same_name_stay_apart() -> None:
    planned = plan([found("Part 1/Ch 1/a.wav", 0), found("Part 2/Ch 1/a.wav", 0)], BOOK)
    assert [f.place.chapter_title for f in planned] == ["Part 1 – Ch 1", "Part 2 – Ch 1"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("07_Chapter-06.wav", "07 Chapter-06"),
        ("01.MP3", "01"),
        ("  a \t b.wav", "a b"),
        (".wav", ".wav"),
        ("v1.2", "v1.2"),
        ("song.flac", "song"),
        ("Gdzie ros\u0301nie.mp3", "Gdzie ro\u015bnie"),
        ("caf\udce9.wav", "caf\ufffd"),
        ("a\ud800.wav", "a\ufffd"),
        ("a\nb\0c.wav", "a b c"),
        ("x" * 600 + ".wav", "x" * 500),
        ("_.wav", "_.wav"),
    ],
)
def test_titles_come_from_names(name: str, title: str) -> None:
    assert title_from_name(name) == title


def test_a_folders_name_has_no_ending() -> None:
    assert title_from_name("Live at 9.wav", is_folder=True) == "Live at 9.wav"


@given(st.lists(st.text(st.characters(codec=None), max_size=12), max_size=6))
def test_any_names_can_be_sorted_and_titled(names: list[str]) -> None:
    assert sorted([[name] for name in names], key=natural_key) is not None
    for name in names:
        title = title_from_name(name)
        assert title
        assert len(title) <= 500
        title.encode()
        assert same_title(title) == same_title(f"  {title.casefold()} ")
        printable(name).encode()


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("ferry.mp3", Kind.WAV, "ferry.wav"),
        ("ferry.WAV", Kind.MP3, "ferry.mp3"),
        ("ferry v1.2", Kind.WAV, "ferry v1.2.wav"),
        ("notes.txt", Kind.MP3, "notes.txt.mp3"),
    ],
)
def test_a_misnamed_file_gets_the_right_ending(name: str, kind: Kind, expected: str) -> None:
    assert name_with_ending(name, kind) == expected
