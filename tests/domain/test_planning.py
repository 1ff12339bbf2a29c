"""Where dropped files go, on each kind of target."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.plan import PlannedFile
from audiodesk.domain.library.planning import (
    FoundFile,
    name_with_ending,
    natural_key,
    place_files,
    printable,
    title_from_name,
)
from audiodesk.domain.library.read_model import Crumb, Ref
from audiodesk.domain.library.titles import same_title

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


def test_equal_names_in_several_folders_are_no_takes_of_one_section() -> None:
    discs = [found(f"Book/CD{disc}/{name}.wav", 1) for disc in (10, 1, 2) for name in ("02", "01")]
    expected = [f"CD{disc} – {name}" for disc in (1, 2, 10) for name in ("01", "02")]
    assert [f.place.section_title for f in plan(discs, BOOK, RIVER)] == expected
    loose = [found(file.path.removeprefix("/")) for file in discs]
    assert [f.place.section_title for f in plan(loose, BOOK, RIVER)] == expected
    assert titles(plan(loose, BOOK)) == [("The Salt Road", title, title) for title in expected]


def test_takes_of_one_folder_stay_takes_of_one_section() -> None:
    planned = plan([found("CD1/01.wav", 0), found("CD1/01.mp3", 0), found("CD2/01.wav", 0)], BOOK, RIVER)
    assert [f.place.section_title for f in planned] == ["CD1 – 01", "CD1 – 01", "CD2 – 01"]


def test_folders_with_equal_titles_or_equal_names_elsewhere_keep_their_files_apart() -> None:
    alike = plan([found("x/CD_1/a.wav", 1), found("x/CD 1/a.wav", 1), found("x/cd 1/a.wav", 1)], BOOK)
    assert {f.place.chapter_title for f in alike} == {"CD 1"}
    assert len({same_title(f.place.section_title) for f in alike}) == 3
    same = plan([found("old/Book/a.wav", 1), found("new/Book/a.wav", 1)], BOOK)
    assert [f.place.section_title for f in same] == ["new – Book – a", "old – Book – a"]
    mixed = plan([found("x/Night.wav"), found("x/Night/night.wav", 1)], BOOK)
    assert {f.place.section_title for f in mixed} == {"Night", "Night – night"}


@pytest.mark.parametrize(
    ("one", "other"), [("Straße", "Strasse"), ("ﬁn", "fin"), ("a\udcff", "a\udcfe"), ("２", "2"), ("ſ", "s")]
)
def test_only_case_and_spaces_make_no_difference(one: str, other: str) -> None:
    planned = plan([found(f"x/{one}.wav"), found(f"x/{other}.wav"), found(f"x/{one.upper()}  .wav")], BOOK, RIVER)
    assert len({f.place.section_title for f in planned}) >= 2
    assert same_title("GRÜSSE  an") == same_title("gru\u0308sse an")


def test_a_title_of_many_folders_is_short_enough_and_stays_its_own() -> None:
    deep = "/".join(f"{letter * 240}" for letter in "abc")
    planned = plan([found(f"x/{deep}/{end}/a.wav", 1) for end in ("1", "2")] + [found("x/z/a.wav", 1)], BOOK)
    chapters = [f.place.chapter_title for f in planned]
    assert [len(title) <= 500 for title in chapters] == [True] * 3
    assert len(set(chapters)) == 3
    assert chapters[0].startswith("aaa")
    assert chapters[0].endswith("c – 1")
    middle = [found(f"x/{'a' * 240}/{'b' * 200}{end}/{'c' * 255}/a.wav", 1) for end in "12"] + [found("x/z/a.wav", 1)]
    assert len({f.place.chapter_title for f in plan(middle, BOOK)}) == 3
    assert all(len(f.place.section_title) <= 500 for f in plan(middle, BOOK, RIVER))


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
        ("caf\udce9.wav", r"caf\xe9"),
        ("a\ud800.wav", r"a\ud800"),
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
        assert same_title(title) == same_title(f"  {title.lower()} ")
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
