"""Sentences about sync: its state, what a sync did, and Activity."""

from __future__ import annotations

import pytest

from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.sync.activity import Activity, Happened, RefusedChange
from audiodesk.domain.sync.activity_line import ActivityAct, ActivityKind
from audiodesk.domain.sync.state import SyncCode, SyncOutcome, SyncProgress, SyncState
from audiodesk.domain.words.server.happened_words import activity_lines, activity_sentence, former_text
from audiodesk.domain.words.server.sync_words import (
    connection_why,
    outcome_sentence,
    refused_sentence,
    sync_text,
    waiting_text,
)

BOOK = Ref(Entity.PROJECT, "p")


@pytest.mark.parametrize("code", list(SyncCode))
def test_each_state_has_words(code: SyncCode) -> None:
    assert sync_text(SyncState(code))


def test_a_running_sync_says_how_much_is_left() -> None:
    assert sync_text(SyncState(SyncCode.SYNCING, progress=SyncProgress(waiting=214))) == "Syncing – 214 left"
    assert waiting_text(SyncState(SyncCode.OFFLINE, waiting=1)) == "1 edit waits to be sent"
    partly = SyncState(SyncCode.UNREACHABLE, is_partly_here=True)
    assert "A part of your library has not come yet." in connection_why(partly, now=0)
    assert connection_why(SyncState(SyncCode.UNREACHABLE), now=0) == ""
    assert waiting_text(SyncState(SyncCode.UP_TO_DATE, held=2)) == "2 edits wait because the server needs an update"
    assert outcome_sentence(SyncOutcome(pushed=1, pulled=3)) == "1 edit sent, 3 rows came."


@pytest.mark.parametrize("what", list(Happened))
def test_each_entry_has_a_sentence(what: Happened) -> None:
    entry = Activity(1, 5, what, BOOK, "d", "Studio PC", {"title": "Book"})
    assert activity_sentence(entry).endswith(".")


def test_what_came_names_computer_and_book() -> None:
    entry = Activity(1, 5, Happened.CAME, BOOK, "d", "Studio PC", {"title": "Book", "takes": 3, "changes": 1})
    assert activity_sentence(entry) == "3 new takes, 1 change in “Book” from Studio PC."


def test_the_page_has_entries_and_refused_changes_newest_first() -> None:
    entry = Activity(1, 5, Happened.CAME, BOOK, "d", "Studio PC", {"title": "Book"})
    refused = RefusedChange("c", BOOK, False, {"title": "x"}, "too_long", "Too long.", 9)
    first, second = activity_lines([entry], [(refused, ("Book",))], "here")
    assert (first.id, first.kind, first.acts) == ("c", ActivityKind.REFUSED, (ActivityAct.RETRY, ActivityAct.COPY))
    assert first.sentence == "Book: The text is too long for the server."
    assert (second.id, second.computer, second.is_elsewhere) == ("1", "Studio PC", True)
    assert refused_sentence(RefusedChange("c", BOOK, False, {}, "new_code", "In words.", 9)) == "In words."


def test_a_long_former_text_is_cut_in_the_line_and_copied_whole() -> None:
    text = "Less traffic. " * 20
    params = {"field": "notes", "title": "Toll", "former": text}
    entry = Activity(1, 5, Happened.REPLACED, Ref(Entity.TAKE, "t"), "d", "Studio PC", params)
    (line,) = activity_lines([entry], [], "here")
    assert len(line.sentence) < 160
    assert "…" in line.sentence
    assert line.acts == (ActivityAct.SHOW, ActivityAct.COPY)
    assert former_text(entry) == text
