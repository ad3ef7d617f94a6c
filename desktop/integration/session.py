"""One window a profile: a second start raises the first one and ends."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 300
ANSWER_MS = 1500


def server_name(profile: Path) -> str:
    """Return the name of the local socket of ``profile``: short, the same for every spelling of the path."""
    return "watchkeeper-" + hashlib.sha256(str(profile.resolve()).encode()).hexdigest()[:16]


def raise_running(profile: Path, link: str = "") -> bool:
    """Ask a running window of ``profile`` to come to the front (and open ``link``). False when none answers."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(profile))
    if not socket.waitForConnected(CONNECT_MS):
        return False
    socket.write(json.dumps({"raise": True, "link": link}).encode() + b"\n")
    socket.flush()
    answered = socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()).startswith(b"ok")
    socket.disconnectFromServer()
    return answered


class InstanceServer(QObject):
    """Listens for later starts of the same profile; only the same user may connect."""

    raise_requested = Signal(str)
    """A later start asks for the window, perhaps with a link to open."""

    def __init__(self, profile: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = server_name(profile)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)

    def listen(self) -> bool:
        """Begin; a socket left by a killed process is replaced. False when the system refuses."""
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._reader(socket))
            socket.disconnected.connect(socket.deleteLater)

    def _reader(self, socket: QLocalSocket) -> Callable[[], None]:
        def read() -> None:
            if not socket.canReadLine():
                return
            line = bytes(socket.readLine(4096).data())
            try:
                message = json.loads(line)
                link = str(message.get("link", "")) if isinstance(message, dict) else ""
            except ValueError:
                socket.write(b"refused\n")
                socket.flush()
                return
            socket.write(b"ok\n")
            socket.flush()
            self.raise_requested.emit(link)

        return read
