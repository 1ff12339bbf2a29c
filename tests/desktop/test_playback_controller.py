"""Playback in the window: a take, a section, a chapter in order; what the bar shows; failures in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from audiodesk.composition import Core, open_core
from audiodesk.desktop.base.bridge import Bridge
from audiodesk.desktop.base.tasks import Tasks
from audiodesk.desktop.playing.playback_controller import PlaybackController
from audiodesk.desktop.playing.reader_device import ReadableTake
from audiodesk.domain.errors import OutsideError
from audiodesk.domain.library.entity import Entity
from audiodesk.domain.library.read_model import Ref
from audiodesk.views.player.player_bar import PlayerBar
from tests import media
from tests.small_book import SmallBook, add_audio, small_book
from tests.views.dress import dress

pytestmark = pytest.mark.slow  # the file as a whole


class Deck(QObject):
    """Stands for the player: plays nothing, and ends when it is told to."""

    playing_changed = Signal(bool)
    ended = Signal()
    failed = Signal(object)
    unheard = Signal(object)
    device_found = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_playing = self.has_take = False
        self.position = 0.0
        self.rate = self.volume = 0.0
        self.loaded: list[tuple[int, float]] = []
        self.reader: ReadableTake | None = None

    def load(self, reader: ReadableTake, seconds: float) -> None:
        self.unload()
        self.loaded.append((reader.size, seconds))
        self.reader, self.has_take, self.position = reader, True, 0.0

    def unload(self) -> None:
        self._tell(is_playing=False)
        if self.reader is not None:
            self.reader.close()
        self.reader, self.has_take = None, False

    def play(self) -> None:
        self._tell(is_playing=True)

    def pause(self) -> None:
        self._tell(is_playing=False)

    def seek(self, seconds: float) -> None:
        self.position = seconds

    def set_rate(self, rate: float) -> None:
        self.rate = rate

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def close(self) -> None:
        self.unload()

    def end(self) -> None:
        self._tell(is_playing=False)
        self.ended.emit()

    def _tell(self, *, is_playing: bool) -> None:
        if self.is_playing != is_playing:
            self.is_playing = is_playing
            self.playing_changed.emit(is_playing)


class Room:
    """A bar with its controller over a real library."""

    def __init__(self, core: Core, qtbot: QtBot) -> None:
        self.core, self.qtbot = core, qtbot
        self.bar, self.deck = PlayerBar(), Deck()
        qtbot.addWidget(self.bar)
        self.tasks = Tasks()
        self.bridge = Bridge(core.bus)
        self.controller = PlaybackController(core, self.bar, self.tasks, self.bridge, player=self.deck)  # type: ignore[arg-type]  # has all of a player
        self.said: list[str] = []
        self.controller.said.connect(self.said.append)

    def close(self) -> None:
        self.controller.close()
        self.bridge.close()
        self.tasks.close()

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=30_000)

    def plays(self) -> bool:
        return self.deck.is_playing

    def settle(self) -> None:
        self.until(lambda: self.tasks.is_idle)
        self.bridge.deliver()
        self.until(lambda: self.tasks.is_idle)

    def texts(self) -> list[str]:
        QApplication.processEvents()
        labels = self.bar.findChildren(QLabel)
        return [text for label in labels for text in (label.accessibleName(), label.text())]


@pytest.fixture
def core() -> Iterator[Core]:
    with open_core(face="command") as opened:
        yield opened


@pytest.fixture
def book(core: Core, tmp_path: Path) -> SmallBook:
    made = small_book(core, tmp_path)
    assert core.analyser.wait_until_idle()
    return made


@pytest.fixture
def room(core: Core, book: SmallBook, qtbot: QtBot, qapp: QApplication) -> Iterator[Room]:
    dress(qapp)
    made = Room(core, qtbot)
    yield made
    made.close()


def test_choosing_a_take_shows_it_and_opens_nothing(room: Room, book: SmallBook) -> None:
    room.controller.load_take(book.takes[0])
    room.settle()
    assert "2.1 Dawn" in room.texts()
    assert "· take 1 of 1" in room.texts()
    assert "0:00 / 0:02" in room.texts()
    assert room.deck.loaded == []


def test_a_take_with_a_letter_is_not_one_of_the_highest_number(
    room: Room, core: Core, book: SmallBook, tmp_path: Path
) -> None:
    """Two computers gave the same number; a take without a number came from a third."""
    first = book.takes[0]
    later = add_audio(core, book.sections[0], media.wav(tmp_path / "later.wav", seconds=1.0, tone=600))
    core.database.write(lambda connection: connection.execute("update take set number = 1"))
    lettered = max(first, later)
    room.controller.load_take(lettered)
    room.settle()
    assert "· take 1b, one of 2" in room.texts()
    core.library.trash([Ref(Entity.TAKE, min(first, later))])
    room.controller.load_take(book.takes[1])
    room.settle()
    room.controller.load_take(lettered)
    room.settle()
    assert "· take 1b" in room.texts()


def test_space_plays_what_is_chosen_then_pauses_then_goes_on(room: Room, book: SmallBook) -> None:
    room.controller.load_take(book.takes[0])
    room.settle()
    room.bar.play_pause_requested.emit()
    room.until(room.plays)
    assert room.controller.is_playing
    room.bar.play_pause_requested.emit()
    assert not room.plays()
    room.bar.play_pause_requested.emit()
    assert room.plays()
    assert len(room.deck.loaded) == 1


def test_the_player_keeps_the_playing_take_when_another_is_chosen(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.until(room.plays)
    room.controller.load_take(book.takes[1])
    room.settle()
    assert room.controller.take_id == book.takes[0]
    room.controller.toggle()
    room.controller.load_take(book.takes[1])
    room.settle()
    assert room.controller.take_id == book.takes[1]
    assert not room.deck.has_take


def test_a_chapter_plays_its_current_takes_in_order_and_stops(room: Room, book: SmallBook) -> None:
    room.controller.play_chapter(book.chapter.id)
    room.until(room.plays)
    assert room.controller.take_id == book.takes[0]
    room.deck.end()
    room.until(lambda: room.controller.take_id == book.takes[1] and room.plays())
    room.deck.end()
    room.settle()
    assert not room.plays()
    assert len(room.deck.loaded) == 2


def test_a_chapter_without_a_take_is_said_to_be_empty(room: Room, book: SmallBook) -> None:
    empty = room.core.library.add_chapter(book.project.id, "Empty")
    room.controller.play_chapter(empty.id)
    room.until(lambda: room.said == ["Nothing in this chapter is recorded yet."])
    assert not any("is recorded yet" in text for text in room.texts())  # the bar may show another take
    assert room.deck.loaded == []


def test_a_chapter_heeds_what_became_current_meanwhile(room: Room, book: SmallBook, tmp_path: Path) -> None:
    room.controller.play_chapter(Ref(Entity.SECTION, book.sections[2].id))
    room.until(room.plays)
    assert room.controller.take_id == book.takes[0]  # the first take of the chapter that contains the section
    newer = add_audio(room.core, book.sections[2], media.wav(tmp_path / "newer.wav", seconds=1.0))
    room.deck.end()
    room.until(lambda: room.controller.take_id == newer and room.plays())


def test_a_chapter_does_not_go_on_after_trouble(room: Room, book: SmallBook) -> None:
    room.controller.play_chapter(book.chapter.id)
    room.until(room.plays)
    room.deck.pause()
    room.deck.failed.emit(OutsideError("playback-stopped"))
    room.settle()
    assert room.controller.take_id == book.takes[0]
    assert any("stopped before the end" in text for text in room.texts())


def test_a_single_take_ends_at_its_start(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.until(room.plays)
    room.deck.position = 2.0
    room.deck.end()
    room.settle()
    assert room.deck.position == 0.0
    assert room.controller.take_id == book.takes[0]
    assert not room.plays()


def test_previous_and_next_leave_out_what_is_not_recorded(room: Room, book: SmallBook) -> None:
    actions = room.bar.actions_of_playback
    room.controller.load_take(book.takes[0])
    room.settle()
    assert not actions.previous.isEnabled()
    assert actions.next.isEnabled()
    room.bar.next_requested.emit()
    room.settle()
    assert room.controller.take_id == book.takes[1]
    assert not room.plays()
    assert not actions.next.isEnabled()
    room.controller.toggle()
    room.until(room.plays)
    room.bar.previous_requested.emit()
    room.until(lambda: room.controller.take_id == book.takes[0] and room.plays())


def test_steps_and_clicks_move_within_the_take(room: Room, book: SmallBook) -> None:
    room.controller.load_take(book.takes[0])
    room.settle()
    room.bar.seek_requested.emit(1.5)
    room.bar.step_requested.emit(-1.0)
    room.controller.toggle()
    room.until(room.plays)
    assert room.deck.position == 0.5
    room.bar.step_requested.emit(30.0)
    assert room.deck.position == pytest.approx(2.0)
    room.bar.step_requested.emit(-30.0)
    assert room.deck.position == 0.0


def test_the_speed_is_kept(room: Room) -> None:
    room.bar.rate_requested.emit(1.5)
    room.settle()
    assert room.deck.rate == 1.5
    assert room.core.program.settings.playback_rate == 1.5


def test_missing_audio_is_said_in_the_bar(room: Room, book: SmallBook) -> None:
    file = room.core.catalogue.take(book.takes[0]).row.file
    assert file is not None
    room.core.vault.path_of(file.sha256, file.kind).unlink()
    room.controller.play_take(book.takes[0])
    room.settle()
    assert any("missing" in text for text in room.texts())
    assert not room.plays()


def test_no_sound_device_is_said_until_one_appears(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.until(room.plays)
    room.deck.unheard.emit(OutsideError("no-sound-device"))
    assert any("No sound device" in text for text in room.texts())
    assert room.plays()
    room.deck.device_found.emit()
    assert not any("No sound device" in text for text in room.texts())


def test_a_waveform_that_becomes_known_is_shown(
    room: Room, core: Core, book: SmallBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bytes] = []
    monkeypatch.setattr(room.bar._waveform, "show_wave", lambda _seconds, overview: shown.append(overview))
    newer = add_audio(core, book.sections[1], media.wav(tmp_path / "reeds.wav", seconds=1.0))
    room.controller.load_take(newer)
    core.analyser.wait_until_idle()
    room.settle()
    room.until(lambda: bool(shown) and max(shown[-1], default=0) > 20)


def test_a_take_that_goes_to_the_trash_leaves_the_bar(room: Room, book: SmallBook) -> None:
    room.controller.load_take(book.takes[0])
    room.settle()
    room.core.library.trash([Ref(Entity.TAKE, book.takes[0])])
    room.settle()
    room.until(lambda: room.controller.take_id == "")
    assert "No take is chosen" in room.texts()


def test_a_take_that_goes_to_the_trash_plays_no_more(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.until(room.plays)
    room.core.library.trash([Ref(Entity.TAKE, book.takes[0])])
    room.settle()
    room.until(lambda: not room.plays() and room.controller.take_id == "")


def test_a_new_title_is_shown_while_it_plays(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.until(room.plays)
    room.core.library.rename(book.sections[0], "2.1 Daybreak")
    room.settle()
    room.until(lambda: "2.1 Daybreak" in room.texts())
    assert room.plays()


def test_an_answer_that_comes_too_late_is_dropped(room: Room, book: SmallBook) -> None:
    room.controller.play_take(book.takes[0])
    room.controller.play_take(book.takes[1])
    room.settle()
    assert room.controller.take_id == book.takes[1]
    assert len(room.deck.loaded) == 1
