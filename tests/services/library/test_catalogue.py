"""Reading a library: the tree and its counts, takes, find, trash, paths."""

from __future__ import annotations

import pytest

from audiodesk.domain.audio.contents import Tags
from audiodesk.domain.audio.findings import Code, Finding
from audiodesk.domain.library.entities import FileRole
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import UNCOUNTED, NodeCounts, Ref
from audiodesk.domain.library.states import ParentState, StateCode, TakeState
from tests.library_support import Desk
from tests.support import code_of

pytestmark = pytest.mark.slow


@pytest.fixture
def sections(desk: Desk) -> list[Ref]:
    """The sections "1", "2" and "3" of the chapter "A/B" of the project "Der Süße Brei"."""
    project = desk.library.add_project("Der Süße Brei", author="Brüder Grimm", notes="Mit Hirse, viel Hirse")
    chapter = desk.library.add_chapter(project.id, "A/B")
    return desk.library.add_many(chapter, ["1", "2", "3"])


def test_an_empty_library(desk: Desk) -> None:
    assert desk.catalogue.children(None) == []
    assert desk.catalogue.find("x") == []
    assert desk.catalogue.trash() == []
    totals = desk.catalogue.totals()
    assert (totals.projects, totals.takes, totals.size, totals.last_take) == (0, 0, 0, "")


def test_numbers(desk: Desk, sections: list[Ref]) -> None:
    junk = (Finding(Code.JUNK, {"bytes": 3, "where": "after"}), Finding(Code.SILENCE, {"at": 1.0, "seconds": 6.0}))
    quiet = (Finding(Code.SILENCE, {"at": 1.0, "seconds": 6.0}),)
    desk.add_take(sections[0], findings=junk, seconds=5)
    desk.add_take(sections[0], findings=quiet, seconds=7)
    desk.add_take(sections[1], findings=junk, seconds=11)
    chapter = desk.catalogue.crumbs(sections[0])[1]
    project = desk.catalogue.children(None)[0]
    assert (project.children, project.sections, project.takes) == (1, UNCOUNTED, UNCOUNTED)
    assert not project.is_counted
    states = ParentState({(StateCode.LOCAL, ""): 3})
    expected = NodeCounts(sections=3, recorded=2, takes=3, seconds=18.0, warnings=1, states=states)
    assert desk.catalogue.counts([project.ref]) == {project.ref.id: expected}
    assert desk.catalogue.children(None, counted=True) == [project.counted(expected)]
    assert desk.catalogue.node(project.ref) == project.counted(expected)
    assert desk.catalogue.counts([Ref(chapter.entity, chapter.id)])[chapter.id] == expected
    counted = desk.catalogue.children(Ref(chapter.entity, chapter.id), counted=True)
    assert [(node.title, node.recorded, node.takes) for node in counted] == [("1", 1, 2), ("2", 1, 1), ("3", 0, 0)]
    assert counted[0].sections == 1
    assert desk.catalogue.children(sections[0]) == []
    desk.library.trash([sections[1]])
    assert desk.catalogue.counts([project.ref])[project.ref.id] == NodeCounts(
        2, 1, 2, 7.0, 0, states=ParentState({(StateCode.LOCAL, ""): 2})
    )
    assert desk.catalogue.node(sections[1]) is None


def test_a_current_take_that_is_no_live_one_of_the_section_counts_for_nothing(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0])
    for wrong in (f"deleted_at = 1 where id = '{take.id}'", f"deleted_at = null, section_id = '{sections[1].id}'"):
        desk.database.write(lambda connection, wrong=wrong: connection.execute(f"update take set {wrong}"))  # type: ignore[misc]  # bound now
        assert desk.catalogue.counts([sections[0]])[sections[0].id] == NodeCounts(
            1, 0, 0, 0.0, 0, states=ParentState({})
        )
        assert desk.catalogue.playlist(sections[0]) == []


def test_a_repaired_file_is_what_plays(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0], repaired=True, seconds=20)
    row = desk.catalogue.takes(sections[0].id)[0]
    assert row.file is not None
    assert row.original is not None
    assert (row.file.role, row.original.role) == (FileRole.REPAIRED, FileRole.ORIGINAL)
    assert desk.catalogue.counts([sections[0]])[sections[0].id].seconds == 10
    assert [file.role for file in desk.catalogue.take(take.id).files] == [FileRole.ORIGINAL, FileRole.REPAIRED]
    assert desk.catalogue.state_of(row) == TakeState(StateCode.LOCAL)


def test_take_numbers_count_the_trashed_ones_too(desk: Desk, sections: list[Ref]) -> None:
    first = desk.add_take(sections[0])
    desk.add_take(sections[0])
    desk.library.trash([first])
    assert [row.number for row in desk.catalogue.takes(sections[0].id)] == [2]
    assert desk.catalogue.next_take_number(sections[0].id) == 3
    assert desk.catalogue.crumbs(Ref(Entity.TAKE, first.id))[-1].title == "Take 1"


def test_a_playlist_is_the_current_takes_in_order(desk: Desk, sections: list[Ref]) -> None:
    desk.add_take(sections[2], "c.wav")
    desk.add_take(sections[0], "old.wav")
    desk.add_take(sections[0], "a.wav")
    trashed = desk.add_take(sections[1], "b.wav")
    desk.library.trash([trashed])
    crumbs = desk.catalogue.crumbs(sections[0])
    for ref in (crumbs[1].id, Ref(Entity.CHAPTER, crumbs[1].id), Ref(Entity.PROJECT, crumbs[0].id)):
        assert [row.take.file_name for row in desk.catalogue.playlist(ref)] == ["a.wav", "c.wav"]
    assert [row.take.file_name for row in desk.catalogue.playlist(sections[2])] == ["c.wav"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("susse", ["Der Süße Brei"]),
        ("SÜSSE brei", ["Der Süße Brei"]),
        ("grimm", ["Der Süße Brei"]),
        ("hirse", ["Der Süße Brei"]),
        ("a/", ["A/B"]),
        ("2", ["2", "Take 1"]),
        ("take2", ["Take 1"]),
        ("münchen", ["Take 1"]),
        ("MUNCHEN wav", ["Take 1"]),
        ("atem", ["Take 1"]),
        ("wav zz", []),
        ("münchhausen", []),
        ("", []),
        ("  ", []),
        ('"', []),
        ("brei AND", []),
        ("100%", []),
        ("br*", []),
        ("\0", []),
    ],
)
def test_find(desk: Desk, sections: list[Ref], text: str, found: list[str]) -> None:
    take = desk.add_take(sections[0], "Take2.wav", tags=Tags(album="München"))
    desk.library.set_fields(take, notes="Besserer Atem,\nruhiger")
    assert [hit.title for hit in desk.catalogue.find(text)] == found


def test_what_was_found_where(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0], "Take2.wav")
    desk.library.set_fields(take, notes="x " * 300 + "Besserer Atem" + " y" * 300)
    hit = desk.catalogue.find("atem")[0]
    assert hit.ref == take
    assert [crumb.title for crumb in hit.crumbs] == ["Der Süße Brei", "A/B", "1"]
    assert "Besserer Atem" in hit.excerpt
    assert hit.excerpt.startswith("…")
    assert hit.excerpt.endswith("…")
    assert len(hit.excerpt) < 110
    assert desk.catalogue.find("take2")[0].excerpt == "Take2.wav"
    assert desk.catalogue.find("brei")[0].excerpt == ""


def test_what_is_hidden_is_not_found_until_it_is_back(desk: Desk, sections: list[Ref]) -> None:
    desk.add_take(sections[0], "hidden.wav")
    project = desk.catalogue.children(None)[0].ref
    desk.library.trash([project])
    assert desk.catalogue.find("hidden") == []
    desk.library.restore([project])
    assert len(desk.catalogue.find("hidden")) == 1


def test_a_limit_is_kept_and_larger_things_come_first(desk: Desk) -> None:
    for number in range(3):
        project = desk.library.add_project(f"Same {number}")
        desk.library.add_many(project, [f"Same {number}.{part}" for part in range(200)])
    hits = desk.catalogue.find("same", limit=10)
    assert [hit.ref.entity for hit in hits] == [Entity.PROJECT] * 3 + [Entity.CHAPTER] * 7
    assert len(desk.catalogue.find("same", limit=1000)) == 603
    assert len(desk.catalogue.find("am", limit=1000)) == 603


def test_renamed_things_are_found_by_their_new_name_alone(desk: Desk, sections: list[Ref]) -> None:
    desk.library.rename(sections[0], "Harbour")
    assert [hit.ref for hit in desk.catalogue.find("harbour")] == [sections[0]]
    desk.library.undo()
    assert desk.catalogue.find("harbour") == []


def test_the_trash_says_what_until_when_and_how_much(desk: Desk, sections: list[Ref]) -> None:
    desk.add_take(sections[0])
    desk.add_take(sections[0], repaired=True)
    desk.library.trash([sections[0]])
    (item,) = desk.catalogue.trash()
    assert (item.title, item.takes, item.size) == ("1", 2, 3000)
    assert [crumb.title for crumb in item.crumbs] == ["Der Süße Brei", "A/B"]
    totals = desk.catalogue.totals()
    assert (totals.trashed, totals.trash_due, totals.takes, totals.size) == (1, 0, 0, 0)
    desk.clock.now += 30 * 86_400_000 + 1000
    assert desk.catalogue.totals().trash_due == 1


def test_totals(desk: Desk, sections: list[Ref]) -> None:
    desk.add_take(sections[0], "first.wav")
    desk.add_take(sections[1], "last.wav", repaired=True)
    totals = desk.catalogue.totals()
    assert (totals.projects, totals.sections, totals.recorded, totals.takes) == (1, 3, 2, 2)
    assert (totals.size, totals.last_take) == (3000, "last.wav")
    other = desk.library.add_project("Other")
    desk.add_take(desk.library.add_section(desk.library.add_chapter(other.id, "A").id, "1"), "hidden.wav")
    desk.library.trash([other])
    again = desk.catalogue.totals()
    assert (again.projects, again.sections, again.recorded, again.takes) == (1, 3, 2, 2)
    assert (again.size, again.last_take) == (3000, "last.wav")


def test_ids_and_paths(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0], "one.wav")
    for text, ref in (
        (sections[0].id, sections[0]),
        (sections[0].id.upper(), sections[0]),
        ("Der Süße Brei/A/B/1", sections[0]),
        (" der susse brei / A/B / 1 ", sections[0]),
        ("Der Süße Brei/A/B/1/Take 1", take),
        ("Der Süße Brei/A/B/1/one.wav", take),
    ):
        assert desk.catalogue.resolve(text) == ref, text
    assert desk.catalogue.resolve("Der Süße Brei").entity is Entity.PROJECT
    for text in ("Der Süße", "Der Süße Brei/A", "", "/", "0000\0", "Der Süße Brei/", "zzzz"):
        assert code_of(desk.catalogue.resolve, text) == "not-found", text
    assert code_of(desk.catalogue.resolve, "0000") == "ambiguous"
    assert code_of(desk.catalogue.resolve, sections[0].id, Entity.CHAPTER) == "not-found"
    assert code_of(desk.catalogue.resolve, "Der Süße Brei", Entity.SECTION) == "not-found"


def test_a_title_that_differs_in_more_than_case_gives_way_to_one_that_does_not(desk: Desk) -> None:
    first, second = desk.library.add_project("Straße"), desk.library.add_project("Strasse")
    assert desk.catalogue.resolve("STRASSE") == second
    assert desk.catalogue.resolve("straße") == first


def test_equal_titles_are_ambiguous_and_case_tells_them_apart(desk: Desk) -> None:
    first, second = desk.library.add_project("Book"), desk.library.add_project("Book")
    assert code_of(desk.catalogue.resolve, "Book") == "ambiguous"
    desk.library.rename(second, "book")
    assert desk.catalogue.resolve("Book") == first
    assert desk.catalogue.resolve("book") == second
    assert code_of(desk.catalogue.resolve, "BOOK") == "ambiguous"


def test_what_lives_goes_before_what_is_in_the_trash(desk: Desk) -> None:
    trashed, living = desk.library.add_project("Book"), desk.library.add_project("Book")
    desk.library.trash([trashed])
    assert desk.catalogue.resolve("Book") == living
    desk.library.trash([living])
    desk.library.restore([trashed])
    assert desk.catalogue.resolve("Book") == trashed
    desk.library.trash([trashed])
    assert code_of(desk.catalogue.resolve, "Book") == "ambiguous"
    assert desk.catalogue.resolve(trashed.id) == trashed


def test_edits_of_unknown_rows_are_refused(desk: Desk) -> None:
    nobody = "00000000-0000-4000-8000-ffffffffffff"
    assert code_of(desk.catalogue.take, nobody) == "not-found"
    assert code_of(desk.catalogue.project, nobody) == "not-found"
    assert desk.catalogue.takes(nobody) == []
    assert desk.catalogue.node(Ref(Entity.PROJECT, nobody)) is None
    assert desk.catalogue.crumbs(Ref(Entity.SECTION, nobody)) == ()
    assert not desk.catalogue.is_live(Ref(Entity.SECTION, nobody))


def test_a_child_that_came_before_its_parent_stays_hidden(desk: Desk, sections: list[Ref]) -> None:
    take = desk.add_take(sections[0], "early.wav")
    desk.database.write(lambda connection: connection.execute("delete from chapter"))
    assert desk.catalogue.find("early") == []
    assert desk.catalogue.crumbs(take) == ()
    assert desk.catalogue.take(take.id).crumbs == ()
