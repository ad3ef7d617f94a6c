"""One window a profile."""

import sys

from PySide6.QtCore import QProcess
from PySide6.QtNetwork import QLocalSocket

from desktop.integration.session import InstanceServer, raise_running, server_name


def test_nobody_runs(profile):
    assert raise_running(profile) is False


def test_a_later_start_raises_the_first(qtbot, profile):
    server = InstanceServer(profile)
    assert server.listen()
    later = QProcess()
    links: list[str] = []
    server.raise_requested.connect(links.append)
    code = (
        "import sys, pathlib; from desktop.integration.session import raise_running; "
        f"print(raise_running(pathlib.Path({str(profile)!r}), 'watchkeeper://item/7'))"
    )
    try:
        with qtbot.waitSignals([server.raise_requested, later.finished], timeout=20_000):
            later.start(sys.executable, ["-c", code])
    finally:
        server.close()
        server.deleteLater()
    assert links == ["watchkeeper://item/7"]
    assert bytes(later.readAllStandardOutput().data()).strip() == b"True"


def test_garbage_is_refused_and_the_server_lives_on(qtbot, profile):
    server = InstanceServer(profile)
    assert server.listen()
    raised: list[str] = []
    server.raise_requested.connect(raised.append)
    socket = QLocalSocket()
    try:
        with qtbot.waitSignal(socket.readyRead):
            socket.connectToServer(server_name(profile))
            socket.write(b"\xff not json\n")
        assert bytes(socket.readAll().data()) == b"refused\n"
        assert raised == []
    finally:
        with qtbot.waitSignal(socket.disconnected):
            socket.disconnectFromServer()
        socket.deleteLater()
        server.close()
        server.deleteLater()


def test_two_profiles_never_meet(tmp_path):
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")
