"""Allows one window for each library: a second start brings the first window to the front."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

__all__ = ["SingleWindow", "raise_other"]

_MESSAGE = b"raise\n"


def _name(library: Path) -> str:
    """Return a name for the socket: equal for all starts on this library, short enough for every platform."""
    return "audiodesk-" + hashlib.sha256(str(library.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]


class SingleWindow(QObject):
    """Listens for later starts. Only the process that holds the library's window lock makes one.

    Signals:
        raise_requested: another start asks for this window to come to the front.
    """

    raise_requested = Signal()

    def __init__(self, library: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        # We hold the lock, so no other process listens: a socket that is there was left behind by a killed process.
        QLocalServer.removeServer(_name(library))
        self._server.listen(_name(library))

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
            self.raise_requested.emit()


def raise_other(library: Path, milliseconds: int = 5000) -> bool:
    """Ask the window that holds this library to come to the front; False if it does not answer in time."""
    passed = QElapsedTimer()
    passed.start()
    while passed.elapsed() < milliseconds:
        socket = QLocalSocket()
        socket.connectToServer(_name(library))
        if socket.waitForConnected(300):
            socket.write(_MESSAGE)
            socket.waitForBytesWritten(300)
            if socket.state() == QLocalSocket.LocalSocketState.ConnectedState:
                socket.waitForDisconnected(1000)
            return True
        QThread.msleep(100)  # the other may still be starting
    return False
