"""Ways through real small proxies: names stay theirs, and every refusal is the proxy's, never a refused sign-in."""

import asyncio
import contextlib
import socket
import ssl
from importlib import import_module
from typing import Any

import pytest
import trustme

from tests.helpers.deadlines import until
from tests.helpers.ports import LOOPBACK, free_port
from tests.helpers.proxies import ProxiedContext, SmallProxy, Ways
from tests.helpers.raw_servers import RawServer, silent_server
from worker.platforms.feed.adapter import Adapter as FeedAdapter
from worker.sdk import proxies
from worker.sdk.errors import InvalidConfig, PlatformError, TemporaryFailure
from worker.sdk.testing import check_text, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
FEED = read_manifest("worker.platforms.feed")
KINDS = ("http", "socks5")
GREETING = b"hello from the server"


def context(proxy: SmallProxy, password: str = "right", **more: Any) -> ProxiedContext:
    return ProxiedContext(proxy.route(**more), password, FEED, {})


async def read(opened: socket.socket) -> bytes:
    with opened:
        return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(opened, 100), 60)


async def failure(context: ProxiedContext, host: str = LOOPBACK, port: int = 9) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        (await proxies.tunnel(context, host, port)).close()
    check_text(caught.value.reason)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("user", "password"), [("", ""), ("me", "right"), ("Zoë", "pä:ß✓")])
async def test_a_tunnel_leads_to_the_server_and_takes_no_byte_of_it(kind, user, password):
    with RawServer(GREETING) as server, SmallProxy(kind, user, password) as proxy:
        opened = await proxies.tunnel(context(proxy, password), LOOPBACK, server.port)
        assert await read(opened) == GREETING
        assert proxy.asked == [(LOOPBACK, server.port)]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_proxy_resolves_the_names(kind, monkeypatch):
    with RawServer(GREETING) as server, SmallProxy(kind, names={"only.proxy.test": LOOPBACK}) as proxy:
        with Ways().watched(monkeypatch) as ways:
            opened = await proxies.tunnel(context(proxy), "only.proxy.test", server.port)
            assert await read(opened) == GREETING
        assert proxy.asked == [("only.proxy.test", server.port)]
        assert ways.names == {LOOPBACK}
        assert ways.ports == {proxy.port}


@pytest.mark.parametrize("kind", KINDS)
async def test_foreign_letters_and_addresses_of_either_kind(kind):
    with SmallProxy(kind, names={"xn--bcher-kva.test": LOOPBACK}, refuse=404 if kind == "http" else 2) as proxy:
        await failure(context(proxy), "bücher.test")
        await failure(context(proxy), "::1", 5)
        assert [host.strip("[]") for host, _ in proxy.asked] == ["xn--bcher-kva.test", "::1"]
    error = await failure(context(proxy, host=LOOPBACK, port=free_port()), "x" * 300)
    assert error.fields.keys() <= {"proxy_id"}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_proxy_wants_a_password_or_refuses_it(kind):
    with SmallProxy(kind, "me", "right") as proxy:
        wants = await failure(context(proxy, username="", has_password=False))
        refuses = await failure(context(proxy, password="wrong"))
    for error, code in ((wants, "proxy_wants_password"), (refuses, "proxy_refuses_password")):
        assert type(error) is InvalidConfig
        assert error.reason.code == code
        assert error.reason.params == {"proxy": "Small", "host": LOOPBACK, "port": proxy.port}
        assert error.fields == {"proxy_id": error.reason}


@pytest.mark.parametrize(
    ("kind", "refuse", "expected", "code"),
    [
        ("http", 403, InvalidConfig, "proxy_forbids"),
        ("http", 503, TemporaryFailure, "proxy_no_way"),
        ("socks5", 2, InvalidConfig, "proxy_forbids"),
        ("socks5", 4, TemporaryFailure, "proxy_no_way"),
        ("socks5", 99, TemporaryFailure, "proxy_no_way"),
    ],
)
async def test_a_proxy_that_does_not_lead_there(kind, refuse, expected, code):
    with SmallProxy(kind, refuse=refuse) as proxy:
        error = await failure(context(proxy), "mail.example.test", 993)
    assert type(error) is expected
    assert error.reason.code == code
    assert (error.reason.params["host"], error.reason.params["port"]) == ("mail.example.test", 993)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 OK\r\n\r\n", b"220 mail.example.test ESMTP\r\n", b"\x05\x07\x05", b"x" * 20_000]
)
async def test_what_is_no_proxy(kind, garbage):
    with SmallProxy(kind, "me", "right", garbage=garbage) as proxy:
        error = await failure(context(proxy))
    assert type(error) is TemporaryFailure
    assert error.reason.code in ("proxy_garbage", "proxy_lost")
    assert error.fields.keys() == {"proxy_id"}


async def test_a_proxy_that_is_gone_unknown_silent_or_was_deleted(monkeypatch):
    with SmallProxy("http") as proxy:
        pass
    assert (await failure(context(proxy))).reason.code == "proxy_unreachable"
    assert (await failure(context(proxy, host="no.such.name.invalid"))).reason.code == "proxy_unresolved"
    gone = await failure(context(proxy, kind="gone"))
    assert (type(gone), gone.reason.code) == (InvalidConfig, "proxy_unknown")
    monkeypatch.setattr(proxies, "TUNNEL_SECONDS", 0.2)
    with silent_server() as server:
        assert (await failure(context(proxy, port=server.port))).reason.code == "proxy_timeout"


@pytest.mark.parametrize("kind", KINDS)
async def test_a_feed_is_read_through_it_by_a_name_of_its_own(kind, feed_server, monkeypatch):
    feed = feed_server.feed("proxied")
    feed.publish("There")
    url = feed.url.replace(LOOPBACK, "feeds.proxy.test")
    port = int(url.split(":")[2].split("/")[0])
    with SmallProxy(kind, "me", "right", names={"feeds.proxy.test": LOOPBACK}) as proxy:
        adapter = FeedAdapter(ProxiedContext(proxy.route(), "right", FEED, {"url": url}))
        with Ways().watched(monkeypatch) as ways:
            await adapter.probe()
            items, _ = await poll_all(adapter, None)
            await adapter.close()
        assert [item.title for item in items] == ["There"]
        assert {("feeds.proxy.test", port)} == set(proxy.asked)
        assert (ways.names, ways.ports) == ({LOOPBACK}, {proxy.port})


async def test_settings_are_proposed_through_it_and_name_servers_are_left_alone(monkeypatch):
    from worker.platforms.imap import discoveries
    from worker.platforms.imap.adapter import Adapter as ImapAdapter

    async def leaked(name: str, kind: str) -> list[object]:
        raise AssertionError(f"a name server was asked for {kind} of {name}")

    monkeypatch.setattr(discoveries, "_query", leaked)
    with SmallProxy("socks5", refuse=4) as proxy:
        manifest = read_manifest("worker.platforms.imap")
        adapter = ImapAdapter(ProxiedContext(proxy.route(), "", manifest, {"username": "me@watched.example"}))
        with Ways().watched(monkeypatch) as ways:
            assert await adapter.propose() == []
            await adapter.close()
        assert {host for host, _ in proxy.asked} >= {"autoconfig.watched.example", "watched.example"}
    assert (ways.names, ways.ports) == ({LOOPBACK}, {proxy.port})


async def test_a_proxy_that_is_gone_is_no_provider_without_settings():
    from worker.platforms.imap.adapter import Adapter

    with SmallProxy("socks5") as proxy:
        pass
    manifest = read_manifest("worker.platforms.imap")
    adapter = Adapter(ProxiedContext(proxy.route(), "", manifest, {"username": "me@secret.proxy.test"}, {}))
    with pytest.raises(TemporaryFailure) as caught:
        await adapter.propose()
    assert caught.value.fields.keys() == {"proxy_id"}


@pytest.mark.parametrize("kind", KINDS)
async def test_encryption_is_with_the_server_behind_it(kind, tmp_path):
    """Its name is checked against its certificate, as without a proxy; the proxy sees neither."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("secure.proxy.test").configure_cert(tls)
    body = b"<rss version='2.0'><channel><item><guid>1</guid><title>Sealed</title></item></channel></rss>"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/rss+xml\r\n")
            writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    names = {"secure.proxy.test": LOOPBACK, "other.proxy.test": LOOPBACK}
    try:
        with SmallProxy(kind, names=names) as proxy:

            async def titles(host: str, **more: str) -> list[str]:
                settings = {"url": f"https://{host}:{port}/", **more}
                adapter = FeedAdapter(ProxiedContext(proxy.route(), "", FEED, settings))
                try:
                    return [item.title for item in (await poll_all(adapter, None))[0]]
                finally:
                    await adapter.close()

            trusted = str(tmp_path / "ca.pem")
            assert await titles("secure.proxy.test", ca_file=trusted) == ["Sealed"]
            for host, more in (("other.proxy.test", {"ca_file": trusted}), ("secure.proxy.test", {})):
                with pytest.raises(TemporaryFailure) as caught:
                    await titles(host, **more)
                assert caught.value.reason.code == "tls_untrusted"
                assert caught.value.fields.keys() == {"url"}
    finally:
        server.close()
        await server.wait_closed()
        await until(lambda: len(asyncio.all_tasks()) == 1, what="the server's handshakes have ended")


@pytest.mark.parametrize(
    ("platform", "settings", "field"),
    [
        ("imap", {"host": LOOPBACK, "username": "me", "security": "none"}, "security"),
        ("xmpp", {"jid": f"me@{LOOPBACK}", "host": LOOPBACK, "security": "none"}, "security"),
        ("mastodon", {"server": f"http://{LOOPBACK}:80"}, "server"),
        ("github", {"server": f"http://{LOOPBACK}:80"}, "server"),
        ("bluesky", {"server": f"http://{LOOPBACK}:80", "identifier": "me.example.org"}, "server"),
        ("matrix", {"homeserver": f"http://{LOOPBACK}:80", "user": "@me:example.org"}, "homeserver"),
    ],
)
async def test_no_password_goes_to_a_proxy_in_clear(platform, settings, field):
    """What is allowed on this machine is not behind a proxy: its loopback is another."""
    with SmallProxy("socks5") as proxy:
        manifest = read_manifest(f"worker.platforms.{platform}")
        kind = import_module(f"worker.platforms.{platform}.adapter").Adapter
        secrets = dict.fromkeys(("password", "access_token", "token"), "canary")
        adapter = kind(ProxiedContext(proxy.route(), "", manifest, settings, secrets))
        error = await raises(InvalidConfig, adapter, field)
        await adapter.close()
        assert error.reason.code in ("plain_not_loopback", "field_wrong")
        assert proxy.asked == []


@pytest.mark.parametrize("host", ["1.2.3.4\r\nX-Y: z", "a b", "::1\r\n", "a\tb"])
def test_a_name_from_a_server_never_becomes_a_line_of_the_request(host):
    with pytest.raises(UnicodeError):
        next(proxies.http_connect("", "", host, 443))
