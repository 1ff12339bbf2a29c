"""Further recordings in a take's file, added by the button in the details of the take."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from audiodesk.domain.entity import Entity
from audiodesk.domain.events import ImportFinished
from audiodesk.domain.outline import Ref
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
        (item,) = core.importer.run(core.planner.plan([str(path)], section))
        assert item.take_id is not None
        desk.reveal(Ref(Entity.TAKE, item.take_id))
        details = desk.window.details.take
        wait(qtbot, lambda: details.shown_id == item.take_id)
        assert details.findChildren(QPushButton)
        (button,) = [one for one in details.findChildren(QPushButton) if one.text() == "Add as takes"]
        button.click()
        wait(qtbot, lambda: len(core.catalogue.takes(section.id)) == before + 2)
        rows = {row.take.file_name: row for row in core.catalogue.takes(section.id)}
        assert rows["k01.wav"].is_current
        assert rows["k01 (2).wav"].file is not None
        assert rows["k01 (2).wav"].file.seconds == 0.7


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
