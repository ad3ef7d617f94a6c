"""One window a profile."""

import os
import sys

from PySide6.QtCore import QProcess
from PySide6.QtNetwork import QLocalSocket

from desktop.integration import session
from desktop.integration.deep_links import read_link
from desktop.integration.session import ACTIVATION, MAX_LINE, InstanceServer, raise_running, server_name


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
        with qtbot.waitSignals([server.raise_requested, later.finished]):
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


def test_the_socket_of_a_living_window_is_left_alone(qtbot, profile):
    first, second = InstanceServer(profile), InstanceServer(profile)
    raised: list[str] = []
    first.raise_requested.connect(raised.append)
    socket = QLocalSocket()
    try:
        assert first.listen()
        assert not second.listen()
        second.close()
        with qtbot.waitSignal(first.raise_requested):
            socket.connectToServer(server_name(profile))
            socket.write(b'{"raise": true, "link": "x"}\n')
        assert raised == ["x"]
        first.close()
        assert second.listen()
    finally:
        socket.abort()
        for server in (first, second):
            server.close()
            server.deleteLater()


def test_the_socket_of_a_killed_window_is_replaced(profile):
    code = (
        "import os, sys, pathlib; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]); "
        "from desktop.integration.session import InstanceServer; "
        f"assert InstanceServer(pathlib.Path({str(profile)!r})).listen(); os._exit(0)"
    )
    assert QProcess.execute(sys.executable, ["-c", code]) == 0
    server = InstanceServer(profile)
    try:
        assert server.listen()
    finally:
        server.close()
        server.deleteLater()


def test_a_window_on_another_master_is_another_one(profile):
    assert server_name(profile) != server_name(profile, "http://a:1") != server_name(profile, "http://b:1")
    assert server_name(profile, "http://a:1/") == server_name(profile, "http://a:1")


def test_two_profiles_never_meet(tmp_path):
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")


def test_whoever_floods_or_says_nothing_is_hung_up_on(qtbot, profile, monkeypatch):
    monkeypatch.setattr(session, "SILENT_MS", 50)
    server = InstanceServer(profile)
    assert server.listen()
    raised: list[str] = []
    server.raise_requested.connect(raised.append)
    flood, silent = QLocalSocket(), QLocalSocket()
    try:
        with qtbot.waitSignal(flood.disconnected):
            flood.connectToServer(server_name(profile))
            flood.write(b"x" * (MAX_LINE * 20))
        with qtbot.waitSignal(silent.disconnected):
            silent.connectToServer(server_name(profile))
        assert raised == []
        assert server.listening
    finally:
        for one in (flood, silent, server):
            one.deleteLater()
        server.close()


def test_a_link_of_any_length_reaches_the_window_and_leads_nowhere(qtbot, profile, monkeypatch):
    monkeypatch.setenv(ACTIVATION, "token-1")
    server = InstanceServer(profile)
    assert server.listen()
    later = QProcess()
    links: list[str] = []
    server.raise_requested.connect(links.append)
    code = (
        "import pathlib; from desktop.integration.session import raise_running; "
        f"raise_running(pathlib.Path({str(profile)!r}), 'watchkeeper://item/' + '\U0001f4ec' * 100_000)"
    )
    try:
        with qtbot.waitSignals([server.raise_requested, later.finished]):
            later.start(sys.executable, ["-c", code])
    finally:
        server.close()
        server.deleteLater()
    assert len(links) == 1
    assert read_link(links[0]) is None
    assert os.environ[ACTIVATION] == "token-1"
