"""What connections show of certificates is noted for the account that connects, whoever opened the connection."""

import asyncio
import contextlib
import socket
import ssl
import threading

import pytest
from aiohttp import ClientSession, web

from tests.helpers.certificates import self_signed, server_context
from tests.helpers.ports import LOOPBACK
from worker.protocol.certificates import DAY_MS, Certificate
from worker.sdk import certificates
from worker.sdk.certificates import Certificates, Sight, authority_in, collector
from worker.sdk.platform import now_ms
from worker.sdk.proxies import connector
from worker.sdk.testing import TestContext, read_manifest
from worker.sdk.tls import client_context


@pytest.fixture
def pair():
    return self_signed("localhost", LOOPBACK, days=3, age=300)


@pytest.fixture
def trusted(tmp_path, pair):
    path = tmp_path / "ca.pem"
    path.write_bytes(pair[1])
    return client_context(str(path))


@pytest.fixture
def noted():
    """Collect what this task's connections show."""
    token = collector.set(Certificates())
    yield collector.get()
    collector.reset(token)


@contextlib.asynccontextmanager
async def serving(tls):
    async def answer(request):
        return web.Response(text=str(id(request.transport)))

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0, ssl_context=tls).start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def days_left(collected):
    return [(one.name, round((one.expires_at - now_ms()) / DAY_MS)) for one in collected.known()]


async def test_a_connection_that_another_account_opened_is_noted_too(tmp_path, pair, trusted):
    first, second = Certificates(), Certificates()
    context = TestContext(read_manifest("worker.platforms.feed"), {})

    async def ask(session, url, collected):
        collector.set(collected)
        async with session.get(url, ssl=trusted) as answer:
            return await answer.text()

    async with serving(server_context(tmp_path, pair)) as url, ClientSession(connector=connector(context)) as session:
        opened = await asyncio.create_task(ask(session, url, first))
        assert await asyncio.create_task(ask(session, url, second)) == opened
    assert days_left(first) == days_left(second) == [("localhost", 3)]
    assert [one.begins_at for one in first.known()] == [one.begins_at for one in second.known()]


async def test_a_connection_that_stands_for_a_day_is_opened_anew(tmp_path, pair, trusted, monkeypatch, noted):
    context = TestContext(read_manifest("worker.platforms.feed"), {})
    async with serving(server_context(tmp_path, pair)) as url, ClientSession(connector=connector(context)) as session:

        async def ask():
            async with session.get(url, ssl=trusted) as answer:
                return await answer.text()

        opened = await ask()
        assert await ask() == opened
        assert not noted.is_old()
        later = now_ms() + DAY_MS + 1
        monkeypatch.setattr(certificates, "now_ms", lambda: later)
        monkeypatch.setattr("worker.sdk.proxies.now_ms", lambda: later)
        assert noted.is_old()
        assert await ask() != opened
        assert not noted.is_old()


async def test_a_thread_that_connects_notes_as_well(tmp_path, pair, trusted, noted):
    listener = socket.create_server((LOOPBACK, 0))
    server = server_context(tmp_path, pair)

    def serve():
        with listener, server.wrap_socket(listener.accept()[0], server_side=True) as opened:
            opened.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()

    def connect():
        with socket.create_connection(listener.getsockname()) as opened:
            trusted.wrap_socket(opened, server_hostname="localhost").close()

    await asyncio.to_thread(connect)
    thread.join(60)
    assert days_left(noted) == [("localhost", 3)]


async def test_nothing_is_noted_for_nobody_nor_of_what_was_not_verified(tmp_path, pair, trusted):
    collected = Certificates()
    blind = ssl.create_default_context()
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    context = TestContext(read_manifest("worker.platforms.feed"), {})
    async with serving(server_context(tmp_path, pair)) as url, ClientSession(connector=connector(context)) as session:
        async with session.get(url, ssl=trusted) as answer:
            assert answer.status == 200
        collector.set(collected)
        async with session.get(url, ssl=blind) as answer:
            assert answer.status == 200
    assert collected.known() == []


async def test_servers_that_nobody_connects_to_any_more_are_dropped(monkeypatch, noted):
    info = {"notBefore": "Jan  1 00:00:00 2026 GMT", "notAfter": "Dec 31 23:59:59 9999 GMT"}
    noted.note(certificates._sight("old.example.org", info))
    (known,) = noted.known()
    assert known.expires_at == 32_503_680_000_000
    later = now_ms() + 3 * DAY_MS
    monkeypatch.setattr(certificates, "now_ms", lambda: later)
    noted.note(certificates._sight("new.example.org", info | {"notBefore": "Jan  1 00:00:00 1960 GMT"}))
    assert [(one.name, one.begins_at) for one in noted.known()] == [("new.example.org", 0)]
    assert certificates._sight("odd.example.org", {"notBefore": "?", "notAfter": "?"}) is None
    assert certificates._sight("odd.example.org", {}) is None


def test_a_file_is_of_use_until_the_last_of_its_authorities_ends(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_bytes(self_signed("a", days=3)[1] + self_signed("b", days=30)[1] + self_signed("c", days=10)[1])
    found = authority_in(str(path))
    assert (found.kind, found.name, round((found.expires_at - now_ms()) / DAY_MS)) == ("authority", str(path), 30)
    path.write_bytes(self_signed("localhost", days=3, authority=False)[1])
    assert authority_in(str(path)) is None
    with pytest.raises(OSError, match="No such file"):
        authority_in(str(tmp_path / "none.pem"))


def test_of_a_server_that_is_many_machines_the_first_to_end_counts_for_an_hour(monkeypatch, noted):
    now = now_ms()
    old, new = (
        Sight(
            certificate=Certificate(kind="server", name="example.org", begins_at=0, expires_at=now + days), seen_at=now
        )
        for days in (DAY_MS, 90 * DAY_MS)
    )
    for sight in (old, new, old, new):
        noted.note(sight)
        assert noted.known() == [old.certificate]
    assert noted.changes == 2
    monkeypatch.setattr(certificates, "now_ms", lambda: now + 3_700_000)
    noted.note(new)
    assert noted.known() == [new.certificate]


def test_however_many_it_shows_few_are_kept(noted):
    for days in range(1, 50):
        one = Certificate(kind="server", name="example.org", begins_at=0, expires_at=days * DAY_MS)
        noted.note(Sight(certificate=one, seen_at=now_ms()))
    assert [len(seen) for seen in noted._seen.values()] == [8]
