"""One thread watches the sockets of all idling connections."""

import socket
import threading

from tests.helpers.deadlines import wait_until
from worker.platforms.imap.idle import IdleSelector


def _pair():
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return ours, theirs


def _threads():
    return [thread for thread in threading.enumerate() if thread.name == "imap-idle"]


def test_it_calls_until_it_is_told_that_it_was_enough():
    selector, (ours, theirs) = IdleSelector(), _pair()
    heard = []

    def readable():
        heard.append(ours.recv(100))
        return heard[-1] == b"last"

    with ours, theirs:
        selector.watch(ours, readable)
        theirs.send(b"first")
        wait_until(lambda: heard == [b"first"])
        theirs.send(b"last")
        wait_until(lambda: heard == [b"first", b"last"])
        wait_until(lambda: not _threads())


def test_a_forgotten_socket_is_left_alone_and_can_be_watched_again():
    selector, (ours, theirs) = IdleSelector(), _pair()
    other, theirs_too = _pair()
    with ours, theirs, other, theirs_too:
        calls = []
        selector.watch(other, lambda: True)
        selector.watch(ours, lambda: calls.append(1) or True)
        selector.forget(ours)
        theirs.send(b"x")
        again = threading.Event()
        wait_until(lambda: selector._watched == 1)
        assert calls == []
        selector.watch(ours, lambda: again.set() or True)
        assert again.wait(60)
        selector.forget(other)
        wait_until(lambda: not _threads())


def test_a_closed_socket_takes_no_other_along():
    selector, (ours, theirs) = IdleSelector(), _pair()
    other, theirs_too = _pair()
    told = threading.Event()
    with theirs, other, theirs_too:
        selector.watch(ours, lambda: True)
        selector.watch(other, lambda: told.set() or True)
        ours.close()
        theirs_too.send(b"x")
        assert told.wait(60)
        selector.forget(ours)
        wait_until(lambda: not _threads())


def test_many_at_once():
    selector = IdleSelector()
    pairs = [_pair() for _ in range(50)]
    heard = []
    try:
        for number, (ours, _) in enumerate(pairs):
            selector.watch(ours, lambda number=number: heard.append(number) or True)
        wait_until(lambda: selector._watched == 50)
        assert len(_threads()) == 1
        for _, theirs in pairs:
            theirs.send(b"x")
        wait_until(lambda: sorted(heard) == list(range(50)))
        wait_until(lambda: not _threads())
    finally:
        for pair in pairs:
            for one in pair:
                one.close()
