"""The player in real time without a sound device: loading, seeking, speed, the end, and every failure."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from audiodesk.audio.check import inspect
from audiodesk.desktop.playing.player import Player
from audiodesk.domain.audio.contents import Kind
from audiodesk.domain.errors import AudioDeskError, OutsideError
from audiodesk.services.audio.playback import Reader
from tests import media

pytest.importorskip("PySide6.QtMultimedia", reason="the system has no libpulse", exc_type=ImportError)

pytestmark = [
    pytest.mark.slow,  # the file as a whole: takes play in real time
    pytest.mark.qt_log_ignore(  # messages of FFmpeg and PulseAudio on a computer without sound
        "PulseAudioService", "No audio device detected", "AV_NOPTS_VALUE", "qt.multimedia", extend=True
    ),
]

_SECONDS = 8.0


class Heard:
    """A player with all that it told."""

    def __init__(self) -> None:
        self.player = Player()
        self.playing: list[bool] = []
        self.ends = 0
        self.errors: list[AudioDeskError] = []
        self.player.playing_changed.connect(self.playing.append)
        self.player.ended.connect(self._on_ended)
        self.player.failed.connect(self.errors.append)

    def _on_ended(self) -> None:
        self.ends += 1


@pytest.fixture
def heard(qapp: QApplication) -> Iterator[Heard]:
    made = Heard()
    yield made
    made.player.close()
    QApplication.processEvents()


def reader(path: Path, kind: Kind, claimed: float = _SECONDS, made: type[Reader] = Reader) -> Reader:
    return made(path, size=path.stat().st_size, kind=kind, seconds=claimed)


@pytest.fixture
def wav(tmp_path: Path) -> Reader:
    return reader(media.wav(tmp_path / "a.wav", seconds=_SECONDS), Kind.WAV)


@pytest.fixture
def mp3(tmp_path: Path) -> Reader:
    return reader(media.mp3(tmp_path / "a.mp3", seconds=_SECONDS), Kind.MP3)


def is_beyond(heard: Heard, seconds: float) -> bool:
    return heard.player.position > seconds


def load(heard: Heard, source: Reader, seconds: float = _SECONDS, rate: float = 8.0) -> None:
    heard.player.set_rate(rate)
    heard.player.load(source, seconds)


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_it_plays_to_the_end_and_says_so_once(
    qtbot: QtBot, heard: Heard, kind: str, request: pytest.FixtureRequest
) -> None:
    load(heard, request.getfixturevalue(kind))
    heard.player.play()
    assert heard.player.is_playing
    qtbot.waitUntil(lambda: heard.ends > 0, timeout=30_000)
    assert heard.ends == 1
    assert heard.errors == []
    assert heard.playing == [True, False]
    assert heard.player.position == pytest.approx(_SECONDS, abs=0.1)


@pytest.mark.parametrize("rate", [44100, 24000])
def test_an_mp3_whose_format_changes_plays_on_to_the_end(qtbot: QtBot, heard: Heard, tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.mp3"
    stereo = media.mp3_bytes(seconds=4, bit_rate=64, rate=rate, channels=2)
    path.write_bytes(media.mp3_bytes(seconds=4, bit_rate=64) + stereo)
    seconds = inspect(str(path)).seconds
    assert seconds == pytest.approx(8.1, abs=0.1)
    load(heard, reader(path, Kind.MP3, seconds), seconds)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.ends > 0, timeout=30_000)
    heard.player.set_rate(1.0)
    heard.player.seek(6.0)
    heard.player.play()
    qtbot.waitUntil(partial(is_beyond, heard, 6.3), timeout=30_000)
    assert heard.player.position < 7.9
    assert (heard.ends, heard.errors) == (1, [])


def test_a_seek_before_it_is_loaded_is_not_lost(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, rate=1.0)
    heard.player.seek(5.0)
    heard.player.play()
    assert heard.player.position == 5.0
    qtbot.waitUntil(lambda: heard.player.position > 5.2, timeout=30_000)
    assert heard.player.position < 6.5


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_a_seek_while_it_plays_goes_there(
    qtbot: QtBot, heard: Heard, kind: str, request: pytest.FixtureRequest
) -> None:
    load(heard, request.getfixturevalue(kind), rate=1.0)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.player.position > 0.2, timeout=30_000)
    for place in (6.0, 2.0):
        heard.player.seek(place)
        assert heard.player.position == pytest.approx(place, abs=0.1)
        qtbot.waitUntil(partial(is_beyond, heard, place + 0.3), timeout=30_000)
        assert heard.player.position < place + 1.9


def test_a_pause_stands_still_and_goes_on_from_there(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, rate=2.0)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.player.position > 1.0, timeout=30_000)
    heard.player.pause()
    here = heard.player.position
    qtbot.wait(150)
    assert heard.player.position == here
    heard.player.play()
    qtbot.waitUntil(lambda: heard.player.position > here + 0.3, timeout=30_000)
    assert heard.player.position < here + 2.0
    assert heard.playing == [True, False, True]


def test_the_cursor_never_goes_back_while_it_plays(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, rate=2.0)
    heard.player.play()
    places: list[float] = []

    def heard_enough() -> bool:
        places.append(heard.player.position)
        return places[-1] > 2.0

    qtbot.waitUntil(heard_enough, timeout=30_000)
    assert places == sorted(places)


def test_twice_the_speed_takes_half_the_time(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, rate=2.0)
    heard.player.seek(4.0)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.player.position > 4.2, timeout=30_000)
    begun, from_here = time.monotonic(), heard.player.position
    qtbot.waitUntil(lambda: heard.player.position > from_here + 2.0, timeout=30_000)
    assert 0.6 < time.monotonic() - begun < 1.8


def test_the_exact_samples_of_the_file_are_heard(qtbot: QtBot, heard: Heard, tmp_path: Path) -> None:
    from PySide6.QtMultimedia import QAudioBuffer, QAudioBufferOutput

    samples = [math.sin(index / 30) * 0.5 for index in range(44_100)]
    load(heard, reader(media.wav(tmp_path / "exact.wav", samples=samples), Kind.WAV, 1.0), 1.0, rate=4.0)
    heard.player.play()
    assert heard.player._media is not None
    media_player = heard.player._media.player
    tapped = array("h")
    output = QAudioBufferOutput(heard.player)

    def take(buffer: QAudioBuffer) -> None:
        if buffer.byteCount():  # the last buffer only marks the end
            tapped.frombytes(bytes(buffer.constData()))

    output.audioBufferReceived.connect(take, Qt.ConnectionType.DirectConnection)
    media_player.setAudioBufferOutput(output)
    qtbot.waitUntil(lambda: heard.ends > 0, timeout=30_000)
    expected = [round(sample * 32767) for sample in samples]
    assert len(tapped) == len(expected)
    assert max(abs(one - other) for one, other in zip(tapped, expected, strict=True)) <= 1


def test_the_pitch_is_kept(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, rate=1.5)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.player.position > 0.3, timeout=30_000)
    assert heard.player._media is not None
    assert heard.player._media.player.pitchCompensation()
    assert heard.player._media.player.playbackRate() == 1.5


def test_an_end_that_comes_too_early_is_no_end(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav, seconds=30.0)
    heard.player.play()
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=30_000)
    assert [error.code for error in heard.errors] == ["playback-stopped"]
    assert heard.ends == 0
    assert not heard.player.is_playing


class FailingReader(Reader):
    """Answers the first 300 000 bytes, then the disk is gone."""

    def read_at(self, offset: int, count: int) -> bytes:
        if offset > 300_000:
            raise OutsideError("audio-unreadable")
        return super().read_at(offset, count)


def test_a_disk_that_goes_away_is_said_and_not_taken_for_the_end(qtbot: QtBot, heard: Heard, tmp_path: Path) -> None:
    load(heard, reader(media.wav(tmp_path / "a.wav", seconds=_SECONDS), Kind.WAV, made=FailingReader))
    heard.player.play()
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=30_000)
    assert {error.code for error in heard.errors} == {"audio-unreadable"}
    assert heard.ends == 0


def test_what_is_no_audio_fails_in_words(qtbot: QtBot, heard: Heard, tmp_path: Path) -> None:
    path = tmp_path / "no.wav"
    path.write_bytes(b"this is no audio" * 1000)
    load(heard, reader(path, Kind.WAV))
    heard.player.play()
    qtbot.waitUntil(lambda: bool(heard.errors), timeout=30_000)
    assert heard.errors[0].code == "audio-not-playable"
    assert not heard.player.is_playing


class SlowReader(Reader):
    """A source that takes five seconds for each read, unless the read is cancelled."""

    def read_at(self, offset: int, count: int) -> bytes:
        end = time.monotonic() + 5.0
        while time.monotonic() < end and not self._is_aborted:
            time.sleep(0.002)
        return super().read_at(offset, count)


def test_another_take_never_waits_for_the_one_before(qtbot: QtBot, heard: Heard, wav: Reader, tmp_path: Path) -> None:
    slow = reader(media.wav(tmp_path / "slow.wav", seconds=_SECONDS), Kind.WAV, made=SlowReader)
    load(heard, slow)
    heard.player.play()
    qtbot.wait(100)
    begun = time.monotonic()
    load(heard, wav)
    assert time.monotonic() - begun < 3
    heard.player.play()
    qtbot.waitUntil(lambda: heard.ends > 0, timeout=30_000)
    assert heard.errors == []


def test_takes_can_be_changed_at_any_moment(qtbot: QtBot, heard: Heard, tmp_path: Path) -> None:
    paths = [
        (media.wav(tmp_path / "a.wav", seconds=_SECONDS), Kind.WAV),
        (media.mp3(tmp_path / "a.mp3", seconds=_SECONDS), Kind.MP3),
    ]
    for turn in range(24):
        path, kind = paths[turn % 2]
        load(heard, reader(path, kind), rate=2.0)
        heard.player.play()
        qtbot.wait((turn * 7) % 40)
        if turn % 3 == 0:
            heard.player.seek(turn % 7)
        if turn % 5 == 0:
            heard.player.pause()
    heard.player.unload()
    assert heard.errors == []
    assert not heard.player.has_take


def test_playing_again_after_the_end_begins_anew(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    load(heard, wav)
    heard.player.play()
    qtbot.waitUntil(lambda: heard.ends == 1, timeout=30_000)
    heard.player.set_rate(1.0)
    heard.player.seek(0.0)
    heard.player.play()
    qtbot.waitUntil(lambda: 0.1 < heard.player.position < 3.0, timeout=30_000)


def test_without_a_sound_device_it_says_so_and_plays_on(qtbot: QtBot, heard: Heard, wav: Reader) -> None:
    from PySide6.QtMultimedia import QMediaDevices

    if QMediaDevices.audioOutputs():
        pytest.skip("this computer has a sound device")
    unheard: list[AudioDeskError] = []
    heard.player.unheard.connect(unheard.append)
    load(heard, wav)
    heard.player.play()
    assert [error.code for error in unheard] == ["no-sound-device"]
    assert heard.player.is_playing
    qtbot.waitUntil(lambda: heard.ends == 1, timeout=30_000)
    assert heard.errors == []


def test_without_the_sound_library_it_says_so(qapp: QApplication, wav: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    player = Player()
    errors: list[AudioDeskError] = []
    player.failed.connect(errors.append)
    player.load(wav, _SECONDS)
    player.play()
    assert [error.code for error in errors] == ["sound-unavailable"]
    player.close()


def test_nothing_is_loaded_of_the_sound_before_something_is_played() -> None:
    import subprocess
    import sys

    code = "import audiodesk.desktop.playing.player, sys; sys.exit('PySide6.QtMultimedia' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
