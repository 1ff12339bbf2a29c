"""Adding, renaming and describing projects, chapters and sections, with events, undo and redo."""

from __future__ import annotations

import pytest

from audiodesk.domain.errors import BugError
from audiodesk.domain.events import TreeChanged, UndoChanged
from audiodesk.domain.library.cover import COVER_BYTES
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.words.library.act_words import act
from tests.library_support import Desk
from tests.services.library.book import find, undone_and_redone
from tests.support import code_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def test_adding(desk: Desk) -> None:
    project = desk.library.add_project("Book", author="Ann", narrator="Nils", language="de", notes="two\nlines")
    assert desk.events == [TreeChanged(frozenset({None})), UndoChanged()]
    row = desk.catalogue.project(project.id).project
    assert (row.author, row.narrator, row.language, row.notes) == ("Ann", "Nils", "de", "two\nlines")
    last = desk.library.add_chapter(project.id, "Last")
    first = desk.library.add_chapter(project.id, "First", before=last.id)
    desk.library.add_section(first.id, "2")
    assert desk.tree() == [["Book", [["First", ["2"]], ["Last", []]]]]
    before = desk.tree()
    desk.library.add_section(first.id, "3")
    undone_and_redone(desk, before, [["Book", [["First", ["2", "3"]], ["Last", []]]]])


def test_adding_many_is_one_undo(desk: Desk) -> None:
    project = desk.library.add_project("Book")
    refs = desk.library.add_many(project, ["One", "  ", "Two\t", "Three"])
    assert len(refs) == 3
    assert desk.tree() == [["Book", [["One", []], ["Two", []], ["Three", []]]]]
    edit = desk.library.undo()
    assert act(edit) == "Add 3 chapters"
    assert desk.tree() == [["Book", []]]


@pytest.mark.parametrize(
    ("title", "code"),
    [("", "title-empty"), (" \n\x07", "title-empty"), ("x" * 501, "title-too-long"), ("a\0b", "text-nul")],
)
def test_titles_without_visible_characters_or_too_long_are_refused(
    desk: Desk, book: Ref, title: str, code: str
) -> None:
    before = desk.snapshot()
    for refused in (
        lambda: desk.library.add_project(title),
        lambda: desk.library.add_chapter(book.id, title),
        lambda: desk.library.rename(book, title),
        lambda: desk.library.set_fields(book, title=title),
    ):
        assert code_of(refused) == code
    assert desk.snapshot() == before
    assert desk.events == []


def test_titles_of_any_kind(desk: Desk) -> None:
    for title in ("الملح", "塩 🎙", "x" * 500, "a'b\"c;--", "\u200fمرحبا", "e\u0301"):
        ref = desk.library.add_project(title)
        assert desk.catalogue.project(ref.id).project.title == title
    ref = desk.library.add_project("bad \udcff byte\r\nline\x1b[1m")
    assert desk.catalogue.project(ref.id).project.title == "bad \ufffd byte line[1m"


def test_renaming(desk: Desk, book: Ref) -> None:
    before = desk.tree()
    chapter = find(desk, "Book/B")
    desk.library.rename(chapter, " B2 ")
    assert desk.events == [TreeChanged(frozenset({book.id})), UndoChanged()]
    undone_and_redone(desk, before, [["Book", [["A", ["1", "2"]], ["B2", []], ["C", []]]]])
    assert desk.library.undo_edit is not None
    assert act(desk.library.undo_edit) == "Rename chapter “B2”"


def test_renaming_to_the_same_is_no_edit(desk: Desk, book: Ref) -> None:
    edit = desk.library.undo_edit
    desk.library.rename(book, "Book")
    assert desk.library.undo_edit is edit
    assert desk.events == []


def test_properties_are_one_undo(desk: Desk, book: Ref) -> None:
    before = desk.catalogue.project(book.id)
    desk.library.set_fields(book, author="Ann", narrator="Nils", notes="n\x07otes\r\nmore")
    after = desk.catalogue.project(book.id)
    assert (after.project.author, after.project.notes) == ("Ann", "notes\nmore")
    assert act(desk.library.undo()) == "Edit properties of “Book”"
    assert desk.catalogue.project(book.id) == before
    desk.library.redo()
    assert desk.catalogue.project(book.id) == after


def test_set_fields_accepts_only_fields_that_a_person_edits(desk: Desk, book: Ref) -> None:
    for fields in ({"id": "x"}, {"order_key": "a"}, {"version": 3}, {"no_such": "x"}):
        with pytest.raises(BugError):
            desk.library.set_fields(book, **fields)
    assert code_of(lambda: desk.library.set_fields(book, notes="x" * 100_001)) == "notes-too-long"


def test_a_cover_comes_changes_and_goes(desk: Desk, book: Ref) -> None:
    desk.library.set_cover(book.id, "image/png", PNG)
    desk.library.set_cover(book.id, "image/jpeg", b"\xff\xd8\xff\xe0")
    cover = desk.catalogue.project(book.id).cover
    assert cover is not None
    assert (cover.mime, cover.data) == ("image/jpeg", b"\xff\xd8\xff\xe0")
    desk.library.undo()
    cover = desk.catalogue.project(book.id).cover
    assert cover is not None
    assert cover.data == PNG
    desk.library.set_cover(book.id, None, None)
    assert desk.catalogue.project(book.id).cover is None
    desk.library.undo()
    assert desk.catalogue.project(book.id).cover == cover


def test_covers_that_are_no_images_or_too_large_are_refused(desk: Desk, book: Ref) -> None:
    refused = [("image/png", b"GIF89a"), ("image/gif", b"GIF89a"), (None, PNG)]
    for mime, data in refused:
        assert code_of(desk.library.set_cover, book.id, mime, data) == "cover-not-an-image"
    large = PNG + b"\0" * COVER_BYTES
    assert code_of(lambda: desk.library.set_cover(book.id, "image/png", large)) == "cover-too-large"
    desk.library.set_cover(book.id, "image/png", large[:COVER_BYTES])


def test_edits_of_unknown_rows_are_refused(desk: Desk, book: Ref) -> None:
    nobody = Ref(Entity.CHAPTER, "00000000-0000-4000-8000-ffffffffffff")
    for refused in (
        lambda: desk.library.rename(nobody, "x"),
        lambda: desk.library.trash([nobody]),
        lambda: desk.library.restore([nobody]),
        lambda: desk.library.move([nobody], book.id),
        lambda: desk.library.add_section(nobody.id, "x"),
        lambda: desk.library.add_chapter(book.id, "x", before=nobody.id),
        lambda: desk.library.set_current(nobody.id),
        lambda: desk.library.previous_take(nobody.id),
    ):
        assert code_of(refused) == "not-found"
