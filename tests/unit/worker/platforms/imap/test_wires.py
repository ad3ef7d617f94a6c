"""The line protocol keeps its limits."""

import imaplib
import socket
import ssl
import threading
import time

import pytest

from worker.platforms.imap import wires
from worker.platforms.imap.wires import Client


@pytest.fixture
def client():
    ours, theirs = socket.socketpair()
    said = []

    def serve():
        theirs.sendall(b"* OK hello\r\n")
        with theirs.makefile("rb") as lines:
            for line in lines:
                said.append(line)
                tag, command = line.split()[:2]
                if command == b"CAPABILITY":
                    theirs.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n")
                elif command == b"STARTTLS":
                    theirs.sendall(tag + b" OK begin\r\n* CAPABILITY FORGED\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    client = Client(ours, "localhost", 143, time.monotonic() + 60)
    client.theirs = theirs
    yield client
    ours.shutdown(socket.SHUT_RDWR)
    ours.close()
    thread.join(60)
    theirs.close()


def test_a_deadline_holds_against_a_server_that_drips(client):
    client.wire.begin(0.2)
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            client.theirs.send(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        client.wire.readline()
    assert time.monotonic() - began < 25
    stop.set()
    thread.join()


def test_lines_are_read_as_they_come_and_never_waited_for(client):
    assert client.wire.line_now() is None
    client.theirs.send(b"* 1 EXISTS\r\n* 2 EX")
    assert client.wire.line_now() == b"* 1 EXISTS"
    assert client.wire.line_now() is None
    client.theirs.send(b"ISTS\r\n")
    assert client.wire.line_now() == b"* 2 EXISTS"


def test_a_literal_too_large_is_not_read(client):
    with pytest.raises(imaplib.IMAP4.abort, match="unexpected response"):
        client.wire.read(wires.MAX_LITERAL + 1)


def test_a_flood_ends(client, monkeypatch):
    monkeypatch.setattr(wires, "MAX_ANSWERS", 1000)
    client.wire.begin(5)
    client.theirs.send(b"x" * 2000)
    with pytest.raises(imaplib.IMAP4.abort, match="more than"):
        client.wire.readline()


def test_what_was_said_before_the_encryption_is_not_believed(client):
    client.wire.begin(5)
    with pytest.raises(imaplib.IMAP4.abort, match="before encryption"):
        client.starttls(ssl.create_default_context())
