"""One window a profile: a second start raises the first one and ends."""

import hashlib
import json
import os
import sys
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop.integration.deep_links import MAX_LINK

CONNECT_MS = 300
ANSWER_MS = 1500
LOCK_MS = 3000
SILENT_MS = 5000
"""Whoever connects and says nothing for so long is hung up on."""
MAX_LINE = 4096
ACTIVATION = "XDG_ACTIVATION_TOKEN"
"""With it Wayland lets a window come to the front: the later start was clicked, the first was not."""


def server_name(profile: Path, peer: str = "") -> str:
    """Return the name of the local socket of ``profile``: short, the same for every spelling of the path.

    A window on a master elsewhere is another one: ``peer`` is that master's URL.
    """
    identity = f"{profile.resolve()}\n{peer.rstrip('/')}" if peer else str(profile.resolve())
    return "watchkeeper-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def raise_running(profile: Path, link: str = "", peer: str = "") -> bool:
    """Ask a running window of ``profile`` to come to the front (and open ``link``). False when none answers."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(profile, peer))
    if not socket.waitForConnected(CONNECT_MS):
        return False
    _let_come_forward()
    message = {"raise": True, "link": link[: MAX_LINK + 1], "activation": os.environ.get(ACTIVATION, "")[:MAX_LINK]}
    socket.write(json.dumps(message).encode() + b"\n")
    socket.flush()
    answered = socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()).startswith(b"ok")
    socket.disconnectFromServer()
    return answered


def _let_come_forward() -> None:
    """Windows lets nobody take the front but whoever was clicked; that is this process, and it passes the right on."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)


class InstanceServer(QObject):
    """Listens for later starts of the same profile; only the same user may connect."""

    raise_requested = Signal(str)
    """A later start asks for the window, perhaps with a link to open."""

    def __init__(self, profile: Path, parent: QObject | None = None, peer: str = "") -> None:
        super().__init__(parent)
        self._name = server_name(profile, peer)
        self._sockets: list[QLocalSocket] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)

    def listen(self) -> bool:
        """Begin; a socket left by a killed process is replaced. False: another one listens, or the system refuses."""
        lock = QLockFile(QDir(QDir.tempPath()).filePath(f"{self._name}.lock"))
        if not lock.tryLock(LOCK_MS):  # two starts at once must not take a fresh socket for a dead one
            return False
        try:
            if self._taken():
                return False
            QLocalServer.removeServer(self._name)
            return self._server.listen(self._name)
        finally:
            lock.unlock()

    def _taken(self) -> bool:
        """Somebody listens: only a socket that refuses is a dead one."""
        probe = QLocalSocket()
        probe.connectToServer(self._name)
        if probe.waitForConnected(CONNECT_MS):
            probe.abort()
            return True
        dead = QLocalSocket.LocalSocketError.ConnectionRefusedError, QLocalSocket.LocalSocketError.ServerNotFoundError
        return probe.error() not in dead

    @property
    def listening(self) -> bool:
        """Later starts find this one."""
        return self._server.isListening()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _on_new_connection(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.setReadBufferSize(MAX_LINE)
            self._sockets.append(socket)
            QTimer.singleShot(SILENT_MS, socket, socket.abort)
            socket.readyRead.connect(self._on_ready_read)
            socket.disconnected.connect(self._on_disconnected)
        self._on_ready_read()  # what came together with the connection

    def _on_ready_read(self) -> None:
        for socket in self._sockets:
            if socket.canReadLine():
                self._answer(socket, bytes(socket.readLine(MAX_LINE).data()))
            elif socket.bytesAvailable() >= MAX_LINE:
                self._answer(socket, b"")

    def _answer(self, socket: QLocalSocket, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        understood = isinstance(message, dict)
        socket.write(b"ok\n" if understood else b"refused\n")
        socket.flush()
        if isinstance(message, dict):
            activation = message.get("activation")
            if isinstance(activation, str) and activation and activation.isascii() and activation.isprintable():
                os.environ[ACTIVATION] = activation
            self.raise_requested.emit(str(message.get("link", "")))

    def _on_disconnected(self) -> None:
        for socket in [one for one in self._sockets if one.state() == QLocalSocket.LocalSocketState.UnconnectedState]:
            self._sockets.remove(socket)
            socket.deleteLater()
