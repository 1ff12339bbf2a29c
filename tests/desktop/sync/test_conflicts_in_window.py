"""Two takes for one from two computers: the cards in place of the takes, hearing, choosing, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from audiodesk.domain.library.conflict import Keep
from audiodesk.domain.library.read_model import Ref
from audiodesk.domain.library.states import StateCode
from audiodesk.domain.words.library.state_words import state_text
from audiodesk.views.conflicts.conflict_page import ConflictPage
from tests.desktop.sync.conftest import Computer, Computers
from tests.desktop.test_playback_controller import Deck
from tests.desktop.window import wait
from tests.media.wav import sine, wav

pytestmark = pytest.mark.slow  # the file as a whole


def add(computer: Computer, section: Ref, path: Path) -> str:
    """Import a take; return its id."""
    core = computer.core
    core.importer.import_files(core.planner.plan([str(path)], section))
    return next(row.take.id for row in core.catalogue.takes(section.id) if row.take.file_name == path.name)


class Clash:
    """Two sections, recorded anew on both computers before they heard of each other; ``studio`` has the window."""

    def __init__(self, computers: Computers, tmp_path: Path, deck: Deck) -> None:
        self.deck = deck
        self.laptop = computers("laptop")
        library = self.laptop.core.library
        chapter = library.add_chapter(library.add_project("Book").id, "1")
        self.sections = [library.add_section(chapter.id, title) for title in ("Dawn", "Dusk")]
        first = wav(tmp_path / "first.wav", seconds=2.0)
        there = wav(tmp_path / "there.wav", rate=44100, samples=sine(3.0, 44100, level=0.05))
        for section in self.sections:
            add(self.laptop, section, first)
        self.laptop.sync()
        self.studio = computers("studio", window=True)
        self.studio.settle()
        self.there = [add(self.laptop, section, there) for section in self.sections]
        here = wav(tmp_path / "here.wav", rate=44100, samples=sine(4.0, 44100, level=0.25))
        self.here = [add(self.studio, section, here) for section in self.sections]
        self.laptop.core.analyser.start()
        self.laptop.core.analyser.wait_until_idle()
        self.laptop.sync()
        self.studio.fetch()

    @property
    def page(self) -> ConflictPage:
        page = self.studio.desk.workbench.conflicts.page
        assert page is not None
        return page


@pytest.fixture
def clash(computers: Computers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clash:
    deck = Deck()
    monkeypatch.setattr("audiodesk.desktop.playing.playback_controller.Player", lambda _parent: deck)
    return Clash(computers, tmp_path, deck)


def show(qtbot: QtBot, clash: Clash, section: Ref) -> None:
    desk = clash.studio.desk
    wait(qtbot, lambda: len(desk.workbench.conflicts.conflicts) == 2)
    desk.reveal(section)
    wait(qtbot, lambda: desk.window.centre.ref == section and desk.tasks.is_idle)
    wait(qtbot, lambda: desk.workbench.conflicts.page is not None and clash.page.isVisible())
    desk.window.activateWindow()
    wait(qtbot, desk.window.isActiveWindow)


def current(clash: Clash, section: Ref) -> str | None:
    rows = clash.studio.core.catalogue.takes(section.id)
    return next((row.take.id for row in rows if row.is_current), None)


def test_cards_stand_in_place_of_the_takes_until_a_key_chooses_and_undo_asks_again(qtbot: QtBot, clash: Clash) -> None:
    desk, section = clash.studio.desk, clash.sections[0]
    show(qtbot, clash, section)
    assert not desk.window.centre.takes.isVisible()
    assert {card.take.take_id for card in clash.page.cards} == {clash.here[0], clash.there[0]}
    assert {card.take.can_play for card in clash.page.cards} == {True, False}
    states = {card.take.take_id: card.take.state for card in clash.page.cards}
    assert state_text(states[clash.there[0]]) == "On another computer – not uploaded yet"
    assert state_text(states[clash.here[0]]) == "On this computer"
    at = next(n for n, card in enumerate(clash.page.cards) if card.take.take_id == clash.here[0])
    desk.window.acts.focus_table.trigger()
    assert clash.page.hasFocus()
    QTest.keyClick(clash.page, (Qt.Key.Key_1, Qt.Key.Key_2)[at])
    wait(qtbot, lambda: desk.window.centre.takes.isVisible())
    assert current(clash, section) == clash.here[0]
    assert {row.take.id for row in clash.studio.core.catalogue.takes(section.id)} >= {clash.here[0], clash.there[0]}
    wait(qtbot, lambda: desk.window.acts.undo.isEnabled())
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: clash.page.isVisible() and not desk.window.centre.takes.isVisible())


def test_the_choice_for_all_ticked_sections_is_one_undo_step_and_reaches_the_other_computer(
    qtbot: QtBot, clash: Clash
) -> None:
    desk = clash.studio.desk
    show(qtbot, clash, clash.sections[1])
    listed = clash.page.list
    assert listed.isVisible()
    assert listed.table.rowCount() == 2
    rules = [listed.rule.itemData(at) for at in range(listed.rule.count())]
    listed.rule.setCurrentIndex(rules.index((Keep.LONGER, "")))
    listed.apply_button.click()
    wait(qtbot, lambda: not clash.studio.core.catalogue.conflicts())
    assert [current(clash, section) for section in clash.sections] == clash.here
    wait(qtbot, lambda: not clash.page.isVisible())
    clash.studio.fetch()
    clash.laptop.sync()
    assert clash.laptop.core.catalogue.conflicts() == []
    desk.window.acts.undo.trigger()
    wait(qtbot, lambda: len(clash.studio.core.catalogue.conflicts()) == 2)


def test_the_list_leads_to_the_other_section(qtbot: QtBot, clash: Clash) -> None:
    desk = clash.studio.desk
    show(qtbot, clash, clash.sections[0])
    rows = [clash.page.list.table.item(row, 0) for row in range(2)]
    assert [row.text() for row in rows if row is not None] == ["Dawn", "Dusk"]
    clash.page.list.table.setCurrentCell(1, 0)
    wait(qtbot, lambda: desk.window.tree.current() == clash.sections[1])
    wait(qtbot, lambda: desk.window.centre.ref == clash.sections[1] and clash.page.isVisible())


def test_both_are_heard_at_the_same_place_and_at_the_same_loudness(qtbot: QtBot, clash: Clash, tmp_path: Path) -> None:
    studio, section = clash.studio, clash.sections[0]
    chapter = studio.core.catalogue.crumbs(section)[1].id
    copy = studio.core.library.add_section(chapter, "Brings the other computer's bytes into this vault")
    add(studio, copy, tmp_path / "there.wav")
    show(qtbot, clash, section)
    page = clash.page
    wait(qtbot, lambda: all(card.take.can_play for card in page.cards))
    wait(qtbot, lambda: all(card.take.rms_db is not None for card in page.cards))
    deck, playback = clash.deck, studio.desk.workbench.playback
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_X)
    wait(qtbot, lambda: deck.is_playing)
    volume = {playback.take_id: deck.volume}
    first, deck.position = playback.take_id, 1.25
    QTest.keyClick(page, Qt.Key.Key_X)
    wait(qtbot, lambda: deck.is_playing and playback.take_id not in ("", first))
    assert deck.position == 1.25
    volume[playback.take_id] = deck.volume
    assert set(volume) == {clash.here[0], clash.there[0]}
    assert volume[clash.there[0]] == 1.0  # the quieter one plays as it is
    assert volume[clash.here[0]] == pytest.approx(0.2, rel=0.05)
    page.same_loudness.setChecked(False)
    wait(qtbot, lambda: deck.volume == 1.0)


def test_a_take_is_on_this_computer_and_not_waiting(clash: Clash, tmp_path: Path) -> None:
    core = clash.laptop.core
    section = core.library.add_section(core.catalogue.crumbs(clash.sections[0])[1].id, "Noon")
    take = add(clash.laptop, section, wav(tmp_path / "noon.wav", seconds=2.5))
    clash.laptop.sync()
    row = next(row for row in core.catalogue.takes(section.id) if row.take.id == take)
    assert core.catalogue.state_of(row).code is StateCode.LOCAL


def test_a_take_that_was_not_kept_leaves_the_player(qtbot: QtBot, clash: Clash) -> None:
    desk, section = clash.studio.desk, clash.sections[0]
    show(qtbot, clash, section)
    at = next(n for n, card in enumerate(clash.page.cards) if card.take.take_id == clash.there[0])
    playback = desk.workbench.playback
    clash.page.setFocus()
    QTest.keyClick(clash.page, Qt.Key.Key_X)
    wait(qtbot, lambda: clash.deck.is_playing and playback.take_id == clash.here[0])
    QTest.keyClick(clash.page, Qt.Key.Key_X)
    assert "its audio is on" in desk.window.status.text
    QTest.keyClick(clash.page, (Qt.Key.Key_1, Qt.Key.Key_2)[at])
    wait(qtbot, lambda: desk.window.centre.takes.isVisible())
    wait(qtbot, lambda: playback.take_id == clash.there[0])
    assert not clash.deck.is_playing
    assert [ref.id for ref in desk.window.centre.takes.chosen()] == [clash.there[0]]
