"""A take that a person chose again and then replaced is no take of two computers that had not heard of each other."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from audiodesk.domain.library.read_model import Ref
from audiodesk.local.rows.store import fact_repo
from tests.desk import Desk
from tests.media.wav import wav


class Book:
    """A section with two takes, of which the second came from another computer."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder = desk, folder
        desk.database.write(lambda connection: fact_repo.remember(connection, fact_repo.ACCOUNT, "anna"))
        self.section: Ref = desk.section()
        self.one, self.two = self.add(1), self.add(2)
        desk.database.write(
            lambda connection: connection.execute("update take set device_id = 'other' where id = ?", [self.two])
        )

    def add(self, number: int) -> str:
        self.desk.add(self.section, wav(self.folder / f"{number}.wav", seconds=float(number)))
        return self.desk.takes(self.section)[-1].take.id

    def replaces(self) -> dict[str, str | None]:
        return {row.take.id: row.take.replaces_take_id for row in self.desk.takes(self.section)}


def test_a_new_take_in_place_of_one_that_was_chosen_again_asks_nothing(desk: Desk, tmp_path: Path) -> None:
    book = Book(desk, tmp_path)
    desk.library.set_current(book.one)
    three = book.add(3)
    assert desk.catalogue.conflicts() == []
    assert book.replaces() == {book.two: None, book.one: book.two, three: book.one}
    desk.library.undo()
    assert book.replaces() == {book.one: None, book.two: book.one}


def test_nor_do_two_takes_that_replace_each_other(desk: Desk, tmp_path: Path) -> None:
    """As after two computers chose differently at the same time."""
    book = Book(desk, tmp_path)

    def choose(connection: sqlite3.Connection) -> None:
        connection.execute("update take set replaces_take_id = ? where id = ?", [book.two, book.one])

    desk.database.write(choose)
    desk.library.set_current(book.one)
    three = book.add(3)
    assert desk.catalogue.conflicts() == []
    assert book.replaces() == {book.two: None, book.one: book.two, three: book.one}


def test_a_question_that_is_open_stays_open(desk: Desk, tmp_path: Path) -> None:
    book = Book(desk, tmp_path)
    desk.library.set_current(book.one)
    desk.database.write(
        lambda connection: connection.execute("update take set device_id = 'third' where id = ?", [book.one])
    )
    three = book.add(3)

    def clash(connection: sqlite3.Connection) -> None:
        connection.execute("update take set replaces_take_id = null where id = ?", [book.one])
        connection.execute("update take set replaces_take_id = ? where id in (?, ?)", [book.one, book.two, three])

    desk.database.write(clash)
    desk.library.set_current(book.one)
    four = book.add(4)
    (conflict,) = desk.catalogue.conflicts()
    assert {take.take_id for take in conflict.takes} == {book.two, three, four}
