"""One window for each library: a second start brings the first to the front."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QObject, QThread, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

__all__ = ["SingleWindow", "raise_other"]

_MESSAGE = b"raise\n"


def _name(library: Path) -> str:
    """Return a name for the socket: the same for all starts on this library, short enough for every platform."""
    return "audiodesk-" + hashlib.sha256(str(library.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]


class SingleWindow(QObject):
    """Listens for later starts. Only the holder of the library's window lock makes one.

    Signals:
        raise_requested: another start wants this window in front.
    """

    raise_requested = Signal()

    def __init__(self, library: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        # A socket that a killed process left behind is nobody's: the lock, which died with it, is ours.
        QLocalServer.removeServer(_name(library))
        self._server.listen(_name(library))

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.disconnectFromServer()
            self.raise_requested.emit()


def raise_other(library: Path, milliseconds: int = 5000) -> bool:
    """Ask the window that holds this library to come to the front; False where it did not answer in time."""
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
        QThread.msleep(100)  # it may still be starting
    return False
