"""Pages of a long pull are read ahead: how many, which of them are taken, and what ends it."""

from __future__ import annotations

import threading

import pytest

from audiodesk.domain.errors import OutsideError
from audiodesk.domain.sync.exchange import Head, Place
from audiodesk.services.sync.pages_ahead import PagesAhead
from tests.support import wait_until

HEAD = Head()


class Book:
    """Pages that are their number: each place is followed by the next one, up to ``last``."""

    def __init__(self, last: int, broken: int = 0) -> None:
        self.asked: list[int] = []
        self.threads: set[str] = set()
        self.last, self.broken = last, broken
        self.may_answer = threading.Event()
        self.may_answer.set()

    def ask(self, _head: Head, place: Place) -> int:
        self.may_answer.wait()
        self.asked.append(place.seq)
        self.threads.add(threading.current_thread().name)
        if place.seq == self.broken:
            raise OutsideError("connection-lost", host="test")
        return place.seq

    def after(self, page: int, head: Head) -> tuple[Head, Place] | None:
        return None if page == self.last else (head, Place(page + 1))

    def pages(self) -> PagesAhead[int]:
        return PagesAhead(self.ask, self.after)


def test_what_came_while_the_last_pages_were_written_is_taken_at_once() -> None:
    book = Book(last=9)
    pages = book.pages()
    assert pages.pages(HEAD, Place(1)) == [1]
    wait_until(lambda: len(book.asked) == 6)  # five wait, and no more are read until they are taken
    assert pages.pages(HEAD, Place(2)) == [2, 3, 4, 5, 6]
    wait_until(lambda: len(book.asked) == 9)
    assert pages.pages(HEAD, Place(7)) == [7, 8, 9]
    assert book.asked == list(range(1, 10))
    assert book.threads == {threading.current_thread().name, "pages ahead"}


def test_a_slow_server_gives_page_by_page() -> None:
    book = Book(last=3)
    pages = book.pages()
    assert pages.pages(HEAD, Place(1)) == [1]
    book.may_answer.clear()
    threading.Timer(0.05, book.may_answer.set).start()
    assert pages.pages(HEAD, Place(2))[0] == 2


def test_another_place_is_asked_for_anew() -> None:
    book = Book(last=9)
    pages = book.pages()
    pages.pages(HEAD, Place(1))
    wait_until(lambda: len(book.asked) == 6)
    assert pages.pages(HEAD, Place(4)) == [4]  # not all of the last page was taken
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == "pages ahead"] or book.asked[-1] == 9)
    assert pages.pages(HEAD, Place(5)) == [5, 6, 7, 8, 9]


def test_an_error_ends_it_and_the_page_is_asked_for_again() -> None:
    book = Book(last=5, broken=3)
    pages = book.pages()
    assert pages.pages(HEAD, Place(1)) == [1]
    wait_until(lambda: 3 in book.asked)
    taken = pages.pages(HEAD, Place(2))
    assert taken == [2]  # what came before the error is not lost
    with pytest.raises(OutsideError, match="connection-lost"):
        pages.pages(HEAD, Place(3))
    book.broken = 0
    assert pages.pages(HEAD, Place(3)) == [3]


def test_what_is_forgotten_reads_no_further() -> None:
    book = Book(last=99)
    pages = book.pages()
    pages.pages(HEAD, Place(1))
    wait_until(lambda: len(book.asked) == 6)
    pages.forget()
    wait_until(lambda: not [t for t in threading.enumerate() if t.name == "pages ahead"])
    assert len(book.asked) == 6
