"""From a domain to a server: records, addresses, the first that answers."""

import asyncio
import socket
import struct
import threading
from collections import namedtuple

import pytest

from worker.platforms.xmpp.names import ordered, places, reach
from worker.platforms.xmpp.servers import Server
from worker.sdk.errors import InvalidConfig

Record = namedtuple("Record", "priority weight port target")
RECORDS = [(10, 5, 5222, "second.example.org"), (5, 1, 15222, "first.example.org")]


@pytest.fixture(scope="module")
def _resolver_thread():
    # The resolver library keeps one thread for the process: it begins before a test looks for leaks.
    async def once():
        import aiodns

        await aiodns.DNSResolver().close()

    asyncio.run(once())


@pytest.fixture
def nameserver(_resolver_thread):
    """Answers each question for SRV with ``RECORDS``, for the domain example.org alone."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    asked = []

    def name(words):
        return b"".join(bytes([len(one)]) + one.encode() for one in words.split(".")) + b"\0"

    def main():
        while True:
            data, address = server.recvfrom(4096)
            if data == b"end":
                return
            question = data[12 : data.index(b"\0", 12) + 5]
            asked.append(question[:-4])
            known = question.startswith(name("_xmpp-client._tcp.example.org"))
            answers = b""
            for priority, weight, port, target in RECORDS if known else []:
                body = struct.pack("!HHH", priority, weight, port) + name(target)
                answers += b"\xc0\x0c" + struct.pack("!HHIH", 33, 1, 60, len(body)) + body
            flags = 0x8180 if known else 0x8183
            head = data[:2] + struct.pack("!HHHHH", flags, 1, len(RECORDS) if known else 0, 0, 0)
            server.sendto(head + question + answers, address)

    thread = threading.Thread(target=main, daemon=True)
    thread.start()
    yield ("127.0.0.1", server.getsockname()[1])
    server.sendto(b"end", server.getsockname())
    thread.join(60)
    server.close()


def server(**more):
    return Server.of({"jid": "me@example.org"} | more)


async def test_the_records_of_a_domain_lead_to_its_server(nameserver):
    assert await places(server(), nameserver) == [("first.example.org", 15222), ("second.example.org", 5222)]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"jid": "me@example.net"}, ("example.net", 5222)),
        ({"security": "tls"}, ("example.org", 5223)),
        ({"port": 99}, ("example.org", 99)),
        ({"host": "a.example.org"}, ("a.example.org", 5222)),
        ({"host": "[::1]", "port": 7, "security": "none"}, ("::1", 7)),
    ],
)
async def test_without_records_the_domain_is_the_server(nameserver, settings, place):
    assert await places(server(**settings), nameserver) == [place]


def test_records_come_by_priority():
    records = [Record(2, 0, 2, "b."), Record(1, 0, 1, "a"), Record(3, 9, 3, ".")]
    assert ordered(records) == [("a", 1), ("b", 2)]
    firsts = {ordered([Record(1, 1, 1, "a"), Record(1, 1, 2, "b")])[0] for _ in range(100)}
    assert firsts == {("a", 1), ("b", 2)}


async def test_the_first_address_that_answers_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        found = [(socket.AF_INET, one.getsockname()) for one in (closed, listener)]
        opened = await reach(found)
        assert opened.getpeername() == listener.getsockname()
        opened.close()
        with pytest.raises(ConnectionRefusedError):
            await reach(found[:1])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jid", ""),
        ("jid", "me"),
        ("jid", "@example.org"),
        ("jid", "me@"),
        ("jid", "a b@example.org"),
        ("jid", "<a>@example.org"),
        ("host", "http://example.org"),
        ("port", 0.5),
        ("port", 70000),
        ("rooms", ["talk"]),
        ("rooms", ["talk@rooms.example.org/a\x00b"]),
        ("rooms", [f"r{number}@rooms.example.org" for number in range(51)]),
    ],
)
def test_what_cannot_be_is_refused_by_field(field, value):
    with pytest.raises(InvalidConfig) as caught:
        server(**{field: value})
    assert list(caught.value.fields) == [field]


def test_names_in_rooms():
    made = server(jid="Me@Example.org/phone", rooms=["Talk@rooms.example.org", " b@rooms.example.org/Robin Hood "])
    assert made.jid == "me@example.org"
    assert [(room.jid, room.nick) for room in made.rooms] == [
        ("talk@rooms.example.org", "me"),
        ("b@rooms.example.org", "Robin Hood"),
    ]
