"""One window a profile."""

import threading

from PySide6.QtNetwork import QLocalSocket

from desktop.integration.session import InstanceServer, raise_running, server_name


def test_nobody_runs(profile):
    assert raise_running(profile) is False


def test_a_later_start_raises_the_first(qtbot, profile):
    server = InstanceServer(profile)
    assert server.listen()
    answers: list[bool] = []
    try:
        with qtbot.waitSignal(server.raise_requested) as asked:
            thread = threading.Thread(target=lambda: answers.append(raise_running(profile, "watchkeeper://item/7")))
            thread.start()
        qtbot.waitUntil(lambda: bool(answers))
        thread.join(2)
    finally:
        server.close()
    assert asked.args == ["watchkeeper://item/7"]
    assert answers == [True]


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
        socket.disconnectFromServer()
        server.close()


def test_two_profiles_never_meet(tmp_path):
    assert server_name(tmp_path / "a") != server_name(tmp_path / "b")
