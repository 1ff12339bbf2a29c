"""Editing the tree from a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiodesk.composition import open_core
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.listings import TrashItem
from audiodesk.domain.library.read_model import Ref
from audiodesk.services.library.catalogue import Catalogue
from tests.cli.conftest import Run
from tests.media.wav import wav

pytestmark = pytest.mark.slow

Asked = Callable[..., Any]


@pytest.fixture
def book(asked: Asked) -> dict[str, str]:
    """A book with two chapters; the first has two sections."""
    ids = {"book": asked("project", "add", "The Ferry")["id"]}
    for title in ("Salt", "Rope"):
        ids[title] = asked("chapter", "add", title, "--project", "The Ferry")["id"]
    for title in ("Toll", "Tide"):
        ids[title] = asked("section", "add", title, "--chapter", "The Ferry/Salt")["id"]
    return ids


def _titles(asked: Asked) -> list[Any]:
    return [
        [project["title"], [[c["title"], [s["title"] for s in c["sections"]]] for c in project["chapters"]]]
        for project in asked("tree")["projects"]
    ]


def test_add_answers_with_id_and_title(asked: Asked) -> None:
    made = asked("project", "add", "Ein Buch – über Fähren")
    assert made["title"] == "Ein Buch – über Fähren"
    assert len(made["id"]) == 36
    assert asked("tree")["projects"] == [{"id": made["id"], "title": made["title"], "repaired": 0, "chapters": []}]


def test_the_tree_has_the_order_of_making(asked: Asked, book: dict[str, str]) -> None:
    assert _titles(asked) == [["The Ferry", [["Salt", ["Toll", "Tide"]], ["Rope", []]]]]


def test_add_before_another(asked: Asked, book: dict[str, str]) -> None:
    asked("chapter", "add", "Prologue", "--project", book["book"], "--before", "The Ferry/Salt")
    asked("section", "add", "Dawn", "--chapter", book["Salt"], "--before", book["Tide"])
    assert _titles(asked) == [["The Ferry", [["Prologue", []], ["Salt", ["Toll", "Dawn", "Tide"]], ["Rope", []]]]]


@pytest.mark.parametrize(("noun", "key"), [("project", "book"), ("chapter", "Salt"), ("section", "Toll")])
def test_rename(asked: Asked, book: dict[str, str], noun: str, key: str) -> None:
    assert asked(noun, "rename", book[key], "Anew") == {"id": book[key], "title": "Anew"}
    assert "Anew" in str(_titles(asked))


def test_move_to_another_parent(asked: Asked, book: dict[str, str]) -> None:
    asked("section", "move", "The Ferry/Salt/Toll", "--to", "The Ferry/Rope")
    assert _titles(asked) == [["The Ferry", [["Salt", ["Tide"]], ["Rope", ["Toll"]]]]]


def test_move_before_another_goes_to_its_parent(asked: Asked, book: dict[str, str]) -> None:
    asked("section", "move", book["Tide"], "--before", book["Toll"])
    asked("chapter", "move", book["Rope"], "--to", book["book"], "--before", book["Salt"])
    assert _titles(asked) == [["The Ferry", [["Rope", []], ["Salt", ["Tide", "Toll"]]]]]


def test_move_without_a_place_goes_last(asked: Asked, book: dict[str, str]) -> None:
    asked("section", "move", book["Toll"])
    assert _titles(asked) == [["The Ferry", [["Salt", ["Tide", "Toll"]], ["Rope", []]]]]


def test_projects_have_an_order(asked: Asked, book: dict[str, str]) -> None:
    asked("project", "add", "Second")
    asked("project", "move", "Second", "--before", "The Ferry")
    assert [project["title"] for project in asked("tree")["projects"]] == ["Second", "The Ferry"]


@pytest.mark.parametrize(("noun", "key"), [("project", "book"), ("chapter", "Salt"), ("section", "Toll")])
def test_trash_and_restore(asked: Asked, book: dict[str, str], noun: str, key: str) -> None:
    before = _titles(asked)
    gone = asked(noun, "trash", book[key])
    assert gone["id"] == book[key]
    assert _titles(asked) != before
    listed = asked("trash", "list")["items"]
    assert [(item["id"], item["entity"], item["title"]) for item in listed] == [(book[key], noun, gone["title"])]
    assert listed[0]["until"].endswith("Z")
    assert asked(noun, "restore", book[key][:8]) == gone
    assert _titles(asked) == before
    assert asked("trash")["items"] == []


def test_restore_finds_the_trashed_one_of_two_with_one_title(asked: Asked, book: dict[str, str]) -> None:
    asked("section", "trash", book["Toll"])
    other = asked("section", "add", "Toll", "--chapter", book["Salt"])["id"]
    assert asked("section", "restore", "The Ferry/Salt/Toll")["id"] == book["Toll"]
    assert other != book["Toll"]


def test_empty_the_trash(asked: Asked, book: dict[str, str]) -> None:
    asked("section", "trash", book["Toll"])
    emptied = asked("trash", "empty", "--yes")
    assert emptied["summary"] == {"removed": 1, "files_removed": 0, "files_left": 0}
    assert emptied["items"][0]["id"] == book["Toll"]
    assert asked("trash", "list")["items"] == []
    assert asked("trash", "empty", "--yes")["summary"]["removed"] == 0


def test_what_could_be_meant_is_listed(run: Run, asked: Asked, book: dict[str, str]) -> None:
    other = asked("project", "add", "The Ferry")["id"]
    lines = {f"project  The Ferry  {row_id[:8]}" for row_id in (book["book"], other)}
    said = run("project", "rename", "The Ferry", "New", "--json")
    assert said.code == 2
    first, *listed, action = said.err.splitlines()
    assert first == "“The Ferry” could mean several things."
    assert set(listed) == lines
    assert action == "Give the whole path of titles, or more of the id."
    error = said.document["error"]
    assert (error["code"], set(error["details"].split("\n"))) == ("ambiguous", lines)


def test_what_could_be_meant_in_the_trash_is_listed(run: Run, asked: Asked, book: dict[str, str]) -> None:
    other = asked("section", "add", "Toll", "--chapter", book["Rope"])["id"]
    for section in (book["Toll"], other):
        asked("section", "trash", section)
    said = run("section", "restore", "Toll")
    assert set(said.err.splitlines()[1:-1]) == {
        f"section  The Ferry/Salt/Toll  {book['Toll'][:8]}",
        f"section  The Ferry/Rope/Toll  {other[:8]}",
    }


def test_emptying_counts_what_was_really_removed(
    asked: Asked, book: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked("section", "trash", book["Toll"])
    asked("chapter", "trash", book["Salt"])
    asked("chapter", "trash", book["Rope"])
    listed = Catalogue.trash

    def list_while_another_restores(catalogue: Catalogue) -> list[TrashItem]:
        items = listed(catalogue)
        with open_core(face="command") as other:
            other.library.restore([Ref(Entity.CHAPTER, book["Rope"])])
        return items

    monkeypatch.setattr(Catalogue, "trash", list_while_another_restores)
    assert asked("trash", "empty", "--yes")["summary"]["removed"] == 2
    assert _titles(asked) == [["The Ferry", [["Rope", []]]]]


def test_people_read_lines(run: Run, book: dict[str, str]) -> None:
    said = run("tree")
    assert said.code == 0
    assert said.out.splitlines() == [
        f"The Ferry  {book['book'][:8]}",
        f"├─ Salt  {book['Salt'][:8]}",
        f"│  ├─ Toll · To record  {book['Toll'][:8]}",
        f"│  └─ Tide · To record  {book['Tide'][:8]}",
        f"└─ Rope  {book['Rope'][:8]}",
    ]
    assert said.err == ""


def test_an_empty_library_says_what_to_do(run: Run) -> None:
    said = run("tree")
    assert said.code == 0
    assert said.out == ""
    assert "project add" in said.err


def test_one_project_alone(asked: Asked, book: dict[str, str]) -> None:
    asked("project", "add", "Second")
    assert [project["title"] for project in asked("tree", "Second")["projects"]] == ["Second"]


def test_a_project_in_the_trash_is_said_to_be_there(run: Run, asked: Asked, book: dict[str, str]) -> None:
    asked("project", "trash", book["book"])
    said = run("tree", "The Ferry", "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "in-trash")


def test_control_characters_in_titles_do_not_reach_the_terminal(run: Run, asked: Asked) -> None:
    asked("project", "add", "Night\x1b[31m")
    assert "\x1b" not in run("tree").out


def test_an_edit_in_the_trash_says_what_it_brought_back(run: Run, asked: Asked, book: dict[str, str]) -> None:
    asked("section", "trash", book["Toll"])
    asked("chapter", "trash", book["Salt"])
    said = run("section", "rename", book["Toll"], "Bell", "--json")
    assert said.document == {"id": book["Toll"], "title": "Bell"}
    assert said.err == "Brought back from the trash: “Salt”, “Bell”\n"
    asked("section", "trash", book["Toll"])
    assert run("section", "restore", book["Toll"]).err == ""


def test_a_section_s_status_is_set_and_listed(asked: Asked, run: Run, book: dict[str, str]) -> None:
    def statuses() -> list[str]:
        chapters = asked("tree")["projects"][0]["chapters"]
        return [section["status"] for section in chapters[0]["sections"]]

    assert statuses() == ["to_record", "to_record"]
    answer = asked("section", "status", "The Ferry/Salt/Tide", "retake")
    assert answer == {"id": book["Tide"], "title": "Tide", "status": "retake"}
    assert statuses() == ["to_record", "retake"]
    assert f"Tide · Retake  {book['Tide'][:8]}" in run("tree").out
    assert run("section", "status", book["Tide"], "perfect").code == 2
    assert statuses() == ["to_record", "retake"]


def test_a_take_s_number_stays_and_is_set(asked: Asked, run: Run, book: dict[str, str], tmp_path: Path) -> None:
    for name in ("1", "2", "3"):
        path = wav(tmp_path / f"{name}.wav", seconds=0.5, tone=200.0 + int(name))
        asked("import", str(path), "--section", "The Ferry/Salt/Toll")

    def takes(section: int) -> list[tuple[str, int, str]]:
        found = asked("tree")["projects"][0]["chapters"][0]["sections"][section]["takes"]
        return [(take["title"], take["number"], take["purpose"]) for take in found]

    asked("take", "move", "The Ferry/Salt/Toll/Take 2", "--to", "The Ferry/Salt/Tide")
    assert takes(0) == [("Take 1", 1, "take"), ("Take 3", 3, "take")]
    assert takes(1) == [("Take 1", 1, "take")]
    asked("take", "rename", "The Ferry/Salt/Toll/Take 3", "Slow")
    assert asked("take", "number", "The Ferry/Salt/Toll/Slow", "12")["number"] == 12
    assert takes(0)[1] == ("Slow", 12, "take")
    assert "* Take 12 · Slow · 3.wav" in run("tree").out
    taken = run("take", "number", "The Ferry/Salt/Toll/Slow", "1")
    assert (taken.code, "take 1" in taken.err) == (2, True)
    assert run("take", "number", "The Ferry/Salt/Toll/Slow", "0").code == 2
    assert asked("take", "list", "The Ferry/Salt/Toll")["items"][1]["number"] == 12


def test_a_place_that_is_not_there_is_to_be_made(run: Run, asked: Asked, book: dict[str, str], tmp_path: Path) -> None:
    path = str(wav(tmp_path / "a.wav", seconds=0.5))
    for command, advice in (
        (("import", path, "--project", "Nowhere"), "audiodesk project add"),
        (("import", path, "--chapter", "Nowhere"), "audiodesk chapter add"),
        (("import", path, "--section", "Nowhere"), "audiodesk section add"),
        (("chapter", "add", "One", "--project", "Nowhere"), "audiodesk project add"),
        (("section", "add", "One", "--chapter", "Nowhere"), "audiodesk chapter add"),
        (("section", "move", book["Toll"], "--to", "Nowhere"), "audiodesk chapter add"),
    ):
        said = run(*command, "--json")
        assert (said.code, said.document["error"]["code"]) == (2, "not-found")
        assert advice in said.document["error"]["action"]
        assert advice in said.err
    said = run("project", "rename", "Nowhere", "Somewhere", "--json")
    assert "add" not in said.document["error"]["action"]


def test_lists_stand_in_columns(run: Run, asked: Asked, book: dict[str, str], tmp_path: Path) -> None:
    for number, name in enumerate(("a.wav", "a much longer name.wav", "a.wav")):
        path = wav(tmp_path / str(number) / name, seconds=0.5 + number / 10)
        asked("import", str(path), "--section", book["Toll"])
    lines = run("take", "list", book["Toll"]).out.splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    for noun, title in (("section", "Toll"), ("section", "Tide"), ("chapter", "Rope")):
        asked(noun, "trash", book[title])
    lines = run("trash", "list").out.splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    assert len({line.index(" until ") for line in lines}) == 1
