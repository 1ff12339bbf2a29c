"""The button in a take's details adds the further recordings in its file."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.events import ImportFinished
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.details.take_details import TakeDetailsView
from tests import media
from tests.desktop.window import Book, open_desk, wait

pytestmark = pytest.mark.slow


def test_the_button_of_the_card_makes_takes_of_what_follows(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "k01.wav"
    path.write_bytes(media.wav_bytes(seconds=0.5) + media.wav_bytes(seconds=0.7, tone=300))
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        section = books[0].sections[0]
        before = len(core.catalogue.takes(section.id))
        (item,) = core.importer.import_files(core.planner.plan([str(path)], section))
        assert item.take_id is not None
        desk.reveal(Ref(Entity.TAKE, item.take_id))
        details = desk.window.details.take
        wait(qtbot, lambda: details.shown_id == item.take_id)
        assert details.findChildren(QPushButton)
        (button,) = [one for one in details.findChildren(QPushButton) if one.text() == "Add as a take"]
        button.click()
        wait(qtbot, lambda: len(core.catalogue.takes(section.id)) == before + 2)
        rows = {row.take.file_name: row for row in core.catalogue.takes(section.id)}
        assert rows["k01.wav"].is_current
        assert rows["k01 (2).wav"].file is not None
        assert rows["k01 (2).wav"].file.seconds == 0.7
        wait(qtbot, lambda: details.shown_id == rows["k01 (2).wav"].take.id)
        # The button goes when its work is done, and comes back when the new take goes to the trash.
        desk.reveal(Ref(Entity.TAKE, item.take_id))
        wait(qtbot, lambda: details.shown_id == item.take_id and said(details) == ["It is a take of its own."])
        core.library.trash([Ref(Entity.TAKE, rows["k01 (2).wav"].take.id)])
        wait(qtbot, lambda: said(details) == ["Add as a take"])


def said(details: TakeDetailsView) -> list[str]:
    """Return what the card of further recordings offers, or says that was done."""
    known = ("Add as a take", "It is a take of its own.")
    widgets: list[QPushButton | QLabel] = [*details.findChildren(QPushButton), *details.findChildren(QLabel)]
    return [one.text() for one in widgets if one.text() in known and one.isVisible()]


def test_where_what_follows_is_a_take_already_the_button_says_so_and_goes(qtbot: QtBot, tmp_path: Path) -> None:
    behind = media.wav_bytes(seconds=0.7, tone=300)
    path, other = tmp_path / "k01.wav", tmp_path / "another name.wav"
    path.write_bytes(media.wav_bytes(seconds=0.5) + behind)
    other.write_bytes(behind)
    books: list[Book] = []
    with open_desk(qtbot, lambda core: books.append(Book(core))) as (core, desk):
        section = books[0].sections[0]
        items = core.importer.import_files(core.planner.plan([str(path), str(other)], section))
        (item,) = [one for one in items if one.path == str(path)]
        assert item.take_id is not None
        desk.reveal(Ref(Entity.TAKE, item.take_id))
        details = desk.window.details.take
        wait(qtbot, lambda: said(details) == ["Add as a take"])
        (button,) = [one for one in details.findChildren(QPushButton) if one.text() == "Add as a take"]
        button.click()
        wait(qtbot, lambda: said(details) == ["It is a take of its own."])


@pytest.mark.parametrize("act", ["add-more-audio", "keep-repaired", "bring-back"])
def test_the_end_of_such_an_import_leaves_its_own_sentence_alone(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    with open_desk(qtbot) as (core, desk):
        said: list[str] = []
        monkeypatch.setattr(desk.window.status, "say", said.append)
        core.bus.publish(ImportFinished("a", 0, 1, 0, 0, False, (), act=act))
        core.bus.publish(ImportFinished("b", 3, 0, 0, 0, False, ()))
        wait(qtbot, lambda: bool(said))
        assert said == ["3 takes added"]
