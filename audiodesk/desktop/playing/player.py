"""Plays one take at a time through Qt's multimedia, which is loaded at the first playback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from audiodesk.desktop.playing.media import Media
from audiodesk.desktop.playing.reader_device import ReadableTake, ReaderDevice
from audiodesk.domain.errors import AudioDeskError, OutsideError

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

__all__ = ["Player"]

_END_TOLERANCE = 1.5
"""Qt's "end of media" is accepted only within this many seconds of the end that the check measured."""

_STALE_MS = 300
"""How long after a seek reports of the old position may still arrive."""


class Player(QObject):
    """Holds one take with its position, and plays or pauses it.

    Without a sound device it reports that and plays silently: position, speed and a whole chapter advance as usual, and
    a device that is plugged in is used at once.

    Signals:
        playing_changed: playback started, paused or stopped (bool: whether it plays).
        ended: the take was played to its true end.
        failed: playback has stopped with this error (AudioDeskError).
        unheard: it plays, but silently, for this reason (AudioDeskError).
        device_found: a sound device was plugged in where there was none.
    """

    playing_changed = Signal(bool)
    ended = Signal()
    failed = Signal(object)
    unheard = Signal(object)
    device_found = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._media: Media | None = None
        self._device: ReaderDevice | None = None
        self._seconds = 0.0
        self._rate = 1.0
        self._volume = 1.0
        self._is_ready = False
        self._wants_to_play = False
        self._was_playing = False
        self._seek: float | None = None
        self._reported = 0.0
        self._shown = 0.0
        self._since = QElapsedTimer()
        self._since_seek = QElapsedTimer()

    @property
    def is_playing(self) -> bool:
        """Whether it plays, or will play as soon as the take is loaded."""
        return self._wants_to_play

    @property
    def has_take(self) -> bool:
        """Whether a take was given to ``load``."""
        return self._device is not None

    @property
    def position(self) -> float:
        """The position in seconds; between Qt's reports, which come every 50 to 90 ms, the clock gives it."""
        if self._seek is not None:
            return self._seek
        position = self._reported
        if self._was_playing and self._is_ready and self._since.isValid():
            position += min(self._since.elapsed() / 1000, 0.25) * self._rate
            # The clock runs a few hundredths ahead of the first reports: let the cursor wait instead of jumping back.
            position = self._shown if 0 < self._shown - position < 0.2 * self._rate else position
            self._shown = position
        return min(position, self._seconds)

    def load(self, reader: ReadableTake, seconds: float) -> None:
        """Load ``reader``, which the player closes in the end, at its start; ``seconds`` is its measured length."""
        self.unload()
        self._seconds = seconds
        self._device = ReaderDevice(reader)

    def unload(self) -> None:
        """Stop, and close what was loaded."""
        self._wants_to_play = False
        self._seek = None
        self._reported = self._shown = 0.0
        self._since.invalidate()
        if self._device is not None:
            self._device.abort()
            if self._media is not None:
                self._is_ready = False
                self._media.let_go()
            self._device.close()
            self._device.deleteLater()
            self._device = None
        self._tell_playing()

    def play(self) -> None:
        """Play from the present position; does nothing if nothing is loaded. May emit ``failed``."""
        if self._device is None:
            return
        media = self._media or self._build()
        if media is None:
            return
        self._wants_to_play = True
        if not media.holds(self._device):
            self._is_ready = False
            media.take(self._device)
        elif self._is_ready:
            self._go()
        self._tell_playing()
        if not media.has_device:
            self.unheard.emit(OutsideError("no-sound-device"))

    def pause(self) -> None:
        """Pause at the present position."""
        here = self.position
        self._wants_to_play = False
        if self._media is not None and self._is_ready:
            self._media.pause()
            self._reported = here
        self._tell_playing()

    def seek(self, seconds: float) -> None:
        """Go to ``seconds``, at once or as soon as the take is loaded."""
        wanted = min(max(seconds, 0.0), self._seconds)
        self._reported = self._shown = wanted
        self._since.restart()
        self._since_seek.restart()
        if self._media is not None and self._is_ready:
            self._media.go_to(wanted)
        else:
            self._seek = wanted

    def set_rate(self, rate: float) -> None:
        """Play at this speed, 0.5 to 2, without a change of pitch."""
        self._reported = self.position
        self._since.restart()
        self._rate = rate
        if self._media is not None:
            self._media.set_rate(rate)

    def set_volume(self, volume: float) -> None:
        """Play at this volume, 0 to 1."""
        self._volume = volume
        if self._media is not None:
            self._media.set_volume(volume)

    def close(self) -> None:
        """Stop and release everything."""
        self.unload()
        if self._media is not None:
            self._media.close()
            self._media = None

    def _build(self) -> Media | None:
        try:
            media = Media(self, self._volume)
        except ImportError as error:
            self._fail(OutsideError("sound-unavailable", details=str(error)))
            return None
        media.set_rate(self._rate)
        media.devices.audioOutputsChanged.connect(self._on_devices_changed)
        media.player.mediaStatusChanged.connect(self._on_status)
        media.player.positionChanged.connect(self._on_position)
        media.player.errorOccurred.connect(self._on_error)
        media.player.playbackStateChanged.connect(self._on_state)
        self._media = media
        return media

    def _go(self) -> None:
        if self._media is None:
            return
        if self._seek is not None:
            self._media.go_to(self._seek)
            self._reported, self._seek = self._seek, None
        self._since.restart()
        self._media.play()

    def _on_devices_changed(self) -> None:
        if self._media is not None and self._media.has_device:
            self._media.use_default_device()
            self.device_found.emit()

    def _on_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if self._device is None or self._media is None or not self._media.holds(self._device):
            return
        statuses = type(status)
        if status in (statuses.LoadedMedia, statuses.BufferedMedia) and not self._is_ready:
            self._is_ready = True
            if self._wants_to_play:
                self._go()
        elif status == statuses.EndOfMedia:
            self._on_end()
        elif status == statuses.InvalidMedia:
            self._fail(self._device.failure or OutsideError("audio-not-playable"))

    def _on_end(self) -> None:
        if self._device is None or not self._is_ready:
            return
        if self._device.failure is not None:
            self._fail(self._device.failure)
        elif self._reported < self._seconds - _END_TOLERANCE - 0.25 * self._rate:
            # Fail at an early end: going on to the next section would silently skip the rest of the recording.
            self._fail(OutsideError("playback-stopped", seconds=self._reported, of_seconds=self._seconds))
        else:
            self._wants_to_play = False
            self._reported = self._seconds
            self._tell_playing()
            self.ended.emit()

    def _on_position(self, milliseconds: int) -> None:
        if not self._is_ready or not self._wants_to_play:
            return
        position = milliseconds / 1000
        is_just_sought = self._since_seek.isValid() and self._since_seek.elapsed() < _STALE_MS
        if is_just_sought and abs(position - self._reported) > self._rate:
            return
        self._reported = position
        self._since.restart()

    def _on_error(self, _error: object, text: str) -> None:
        failure = self._device.failure if self._device is not None else None
        self._fail(failure or OutsideError("audio-not-playable", details=text))

    def _on_state(self, _state: object) -> None:
        self._tell_playing()

    def _fail(self, error: AudioDeskError) -> None:
        self._wants_to_play = False
        if self._media is not None and self._is_ready:
            self._media.pause()
        self._tell_playing()
        self.failed.emit(error)

    def _tell_playing(self) -> None:
        if self._was_playing != self._wants_to_play:
            self._was_playing = self._wants_to_play
            self._since.restart()
            self.playing_changed.emit(self._was_playing)
