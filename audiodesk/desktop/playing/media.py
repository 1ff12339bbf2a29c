"""Calls Qt's media player so that its threads and Python's lock never wait for each other.

PySide 6.11 holds Python's lock (GIL) during ``play``, ``pause``, ``stop``, ``setPosition`` and ``setSourceDevice``, in
which Qt may wait for its own threads. Those threads need the lock to read from a device written in Python and, when
they end, to ask whether Python overrides ``disconnectNotify``. So these methods are called through ``invokeMethod``:
it releases the lock. We ask for the overrides once beforehand, after which PySide remembers the answer.
"""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtCore import Q_ARG, QIODevice, QLoggingCategory, QMetaObject, QObject, Qt, QUrl, SignalInstance

__all__ = ["Media"]


class Media:
    """One player with its output. Raises ImportError if the system lacks a library that sound needs.

    Use ``player``, the QMediaPlayer, only for its signals and properties; call the methods here to control it.
    """

    def __init__(self, parent: QObject, volume: float) -> None:
        if "QT_LOGGING_RULES" not in os.environ:
            QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # it would log each library that it does not find
        from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer

        self.devices = QMediaDevices(parent)
        self._output = QAudioOutput(parent)
        self._output.setVolume(volume)
        self.player = QMediaPlayer(parent)
        for signal in (self._output.volumeChanged, self._output.deviceChanged, self.player.sourceChanged):
            _ask_for_overrides(signal)
        self.player.setAudioOutput(self._output)
        if hasattr(self.player, "setPitchCompensation"):  # since Qt 6.10; before, FFmpeg compensates by itself
            self.player.setPitchCompensation(True)

    @property
    def has_device(self) -> bool:
        """Whether there is a sound device."""
        return bool(self.devices.audioOutputs())

    def holds(self, device: QIODevice) -> bool:
        """Return whether it reads from this device."""
        return self.player.sourceDevice() is device

    def take(self, device: QIODevice) -> None:
        """Read from ``device`` from now on; it must hold none before."""
        _ask_for_overrides(device.aboutToClose)
        self.player.setSourceDevice(device)  # does not wait, because no source is replaced

    def let_go(self) -> None:
        """Stop, and release the device, whose reads must return at once by then."""
        self._call(self.player, "stop")
        self._call(self.player, "setSource", Q_ARG(QUrl, QUrl()))

    def play(self) -> None:
        """Play from the present position."""
        self._call(self.player, "play")

    def pause(self) -> None:
        """Pause."""
        self._call(self.player, "pause")

    def go_to(self, seconds: float) -> None:
        """Go to ``seconds``; ignored while nothing is loaded."""
        self._call(self.player, "setPosition", Q_ARG("qlonglong", round(seconds * 1000)))

    def set_rate(self, rate: float) -> None:
        """Play at this speed."""
        self._call(self.player, "setPlaybackRate", Q_ARG(float, rate))

    def set_volume(self, volume: float) -> None:
        """Play at this volume, 0 to 1."""
        self._output.setVolume(volume)

    def use_default_device(self) -> None:
        """Play through the system's present default device."""
        self._output.setDevice(self.devices.defaultAudioOutput())

    def close(self) -> None:
        """Release everything."""
        self.let_go()
        for made in (self.player, self._output, self.devices):
            made.deleteLater()

    @staticmethod
    def _call(target: QObject, name: str, *arguments: Any) -> None:
        QMetaObject.invokeMethod(target, name, Qt.ConnectionType.DirectConnection, *arguments)


def _ask_for_overrides(signal: SignalInstance) -> None:
    """Let PySide find out now, on the main thread, that Python overrides neither connect- nor disconnectNotify."""

    def nothing(*_: object) -> None:
        """Do nothing; connected only for a moment."""

    signal.connect(nothing)
    signal.disconnect(nothing)
