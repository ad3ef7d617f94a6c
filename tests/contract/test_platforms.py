"""What every platform keeps to, on a service that works, on one that refuses the password, and on one that is gone.

A platform is added by one folder; to be tested here it needs one :class:`Case` beside the others.
"""

import asyncio
import contextlib
import sys
import tomllib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pytest

from tests.helpers.deadlines import until
from tests.helpers.platforms import imap_settings, listening
from tests.helpers.ports import free_port
from tests.helpers.proxies import ProxiedContext, SmallProxy, Ways
from tests.helpers.raw_servers import silent_server
from worker.platforms.matrix import calls as matrix_calls
from worker.runtime.registry import find
from worker.runtime.settings import complete
from worker.sdk import apis, testing
from worker.sdk.errors import AuthFailed, InvalidConfig, TemporaryFailure

pytestmark = pytest.mark.real_server
PLATFORMS = find(demo=True)


@dataclass
class Case:
    """A service that works, and how to spoil it. None stands for what cannot happen to a platform."""

    settings: dict[str, Any]
    credentials: dict[str, Any] = field(default_factory=dict)
    publish: Callable[[], object] | None = None
    wrong_password: dict[str, Any] | None = None
    password: str = "password"
    """The field of the credentials that a refused sign-in names."""
    gone: dict[str, Any] | None = None
    silent: Callable[[int], dict[str, Any]] | None = None
    wrong: dict[str, Any] = field(default_factory=dict)
    """A value for each field that takes more than its type to be right."""


def _imap(request: pytest.FixtureRequest) -> Case:
    dovecot, mailbox = request.getfixturevalue("dovecot"), request.getfixturevalue("mailbox")
    mailbox.deliver("There at first")
    settings = imap_settings(dovecot, mailbox, "starttls")
    return Case(
        settings=settings,
        credentials={"password": mailbox.password},
        publish=lambda: mailbox.deliver("New"),
        wrong_password={"password": "wrong"},
        gone=settings | {"port": free_port()},
        silent=lambda port: settings | {"port": port},
        wrong={
            "host": "no host",
            "port": 1.5,
            "security": "none",
            "username": "a\r\nb",
            "folders": ["Nowhere"],
            "ca_file": "/nowhere.pem",
        },
    )


def _feed(request: pytest.FixtureRequest) -> Case:
    feed = request.getfixturevalue("feed_server").feed("contract")
    feed.require("me", "right")
    feed.publish("There at first")
    return Case(
        settings={"url": feed.url},
        credentials={"username": "me", "password": "right"},
        publish=lambda: feed.publish("New"),
        wrong_password={"username": "me", "password": "wrong"},
        gone={"url": f"http://127.0.0.1:{free_port()}/"},
        silent=lambda port: {"url": f"http://127.0.0.1:{port}/"},
        wrong={"url": "gopher://example.org", "ca_file": "/nowhere.pem"},
    )


def _github(request: pytest.FixtureRequest) -> Case:
    server = request.getfixturevalue("github_server")
    server.interval = 0
    server.publish("There at first")
    return Case(
        settings={"server": server.url},
        credentials={"token": "ghp_right"},
        publish=lambda: server.publish("New"),
        wrong_password={"token": "ghp_wrong"},
        password="token",
        gone={"server": f"http://127.0.0.1:{free_port()}"},
        silent=lambda port: {"server": f"http://127.0.0.1:{port}"},
        wrong={"server": "http://192.0.2.1", "repositories": ["no slash"], "ca_file": "/nowhere.pem"},
    )


def _webpage(request: pytest.FixtureRequest) -> Case:
    page = request.getfixturevalue("feed_server").feed("page")
    page.require("me", "right")
    page.serve(b"<main><p>There at first</p></main>", "text/html")
    return Case(
        settings={"url": page.url, "selector": "main"},
        credentials={"username": "me", "password": "right"},
        publish=lambda: page.serve(b"<main><p>New</p></main>", "text/html"),
        wrong_password={"username": "me", "password": "wrong"},
        gone={"url": f"http://127.0.0.1:{free_port()}/"},
        silent=lambda port: {"url": f"http://127.0.0.1:{port}/"},
        wrong={"url": "gopher://example.org", "ca_file": "/nowhere.pem", "selector": "p[", "ignore": ["("]},
    )


def _xmpp(request: pytest.FixtureRequest) -> Case:
    prosody = request.getfixturevalue("prosody")
    me, friend = prosody.user(), prosody.user()
    friend.tell(me, "There at first")
    settings = me.settings("starttls")
    return Case(
        settings=settings,
        credentials={"password": me.password},
        publish=lambda: friend.tell(me, "New"),
        wrong_password={"password": "wrong"},
        gone=settings | {"port": free_port()},
        silent=lambda port: settings | {"port": port},
        wrong={
            "jid": "no address",
            "host": "no host",
            "port": 1.5,
            "security": "none",
            "rooms": ["no room"],
            "ca_file": "/nowhere.pem",
        },
    )


def _json(request: pytest.FixtureRequest) -> Case:
    api = request.getfixturevalue("feed_server").feed("api")
    api.require("me", "right")
    api.serve(b'{"orders": [{"id": 1, "by": "Ann"}]}', "application/json")
    settings = {"url": api.url, "items": "$.orders[*]", "key": "{id}", "title": "Order of {by}"}
    return Case(
        settings=settings,
        credentials={"username": "me", "password": "right"},
        publish=lambda: api.serve(b'{"orders": [{"id": 2, "by": "Bo"}, {"id": 1, "by": "Ann"}]}', "application/json"),
        wrong_password={"username": "me", "password": "wrong"},
        gone=settings | {"url": f"http://127.0.0.1:{free_port()}/"},
        silent=lambda port: settings | {"url": f"http://127.0.0.1:{port}/"},
        wrong={
            "url": "gopher://example.org",
            "items": "$[",
            "key": "{$[}",
            "title": "{id",
            "next": "next",
            "ca_file": "/nowhere.pem",
        },
    )


def _mastodon(request: pytest.FixtureRequest) -> Case:
    server = request.getfixturevalue("mastodon_server")
    server.publish("There at first")
    return Case(
        settings={"server": server.url},
        credentials={"access_token": "right"},
        publish=lambda: server.publish("New"),
        wrong_password={"access_token": "wrong"},
        password="access_token",
        gone={"server": f"http://127.0.0.1:{free_port()}"},
        silent=lambda port: {"server": f"http://127.0.0.1:{port}"},
        wrong={"server": "http://192.0.2.1", "ca_file": "/nowhere.pem"},
    )


def _bluesky(request: pytest.FixtureRequest) -> Case:
    server = request.getfixturevalue("bluesky_server")
    server.publish("There at first")
    settings = {"server": server.url, "identifier": "me.example.org"}
    return Case(
        settings=settings,
        credentials={"password": "abcd-efgh-ijkl-mnop"},
        publish=lambda: server.publish("New"),
        wrong_password={"password": "wrong"},
        gone=settings | {"server": f"http://127.0.0.1:{free_port()}"},
        silent=lambda port: settings | {"server": f"http://127.0.0.1:{port}"},
        wrong={"server": "http://192.0.2.1", "identifier": "no handle", "ca_file": "/nowhere.pem"},
    )


def _telegram(request: pytest.FixtureRequest) -> Case:
    server = request.getfixturevalue("telegram_server")
    server.say("There at first")
    settings = server.settings(request.getfixturevalue("tmp_path"))
    session = server.session()
    return Case(
        settings=settings,
        credentials={"session": session},
        publish=lambda: server.say("New"),
        wrong_password={"session": server.session(known=False)},
        password="session",
        gone=settings | {"server": f"127.0.0.1:{free_port()}"},
        silent=lambda port: settings | {"server": f"127.0.0.1:{port}"},
        wrong={"server": "no host", "api_id": 1.5, "server_key": "/nowhere.pem"},
    )


SCRIPT = """
import json, pathlib, socket, sys
given = json.load(sys.stdin)
how = sys.argv[2]
if given["credentials"].get("password") != "right":
    sys.exit(77)
if how == "gone":
    sys.exit(75)
if how.isdecimal():
    socket.create_connection(("127.0.0.1", int(how))).recv(1)
for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
    print(json.dumps({"key": line, "title": line}))
"""


def _script(request: pytest.FixtureRequest) -> Case:
    book = request.getfixturevalue("tmp_path") / "book"
    book.write_text("There at first\n")

    def settings(how: str = "read") -> dict[str, Any]:
        return {"command": sys.executable, "args": ["-c", SCRIPT, str(book), how]}

    return Case(
        settings=settings(),
        credentials={"password": "right"},
        publish=lambda: book.write_text("There at first\nNew\n"),
        wrong_password={"password": "wrong"},
        gone=settings("gone"),
        silent=lambda port: settings(str(port)),
        wrong={"command": "/nowhere/command", "directory": "/nowhere"},
    )


def _matrix(request: pytest.FixtureRequest) -> Case:
    synapse = request.getfixturevalue("synapse")
    me, friend = synapse.user(), synapse.user()
    room = friend.room(me)
    friend.say(room, "There at first")
    settings = me.settings()
    return Case(
        settings=settings,
        credentials={"password": me.password},
        publish=lambda: friend.say(room, "New"),
        wrong_password={"password": "wrong"},
        gone=settings | {"homeserver": f"http://127.0.0.1:{free_port()}"},
        silent=lambda port: settings | {"homeserver": f"http://127.0.0.1:{port}"},
        wrong={"homeserver": "gopher://example.org", "user": "two words", "ca_file": "/nowhere.pem"},
    )


def _demo(request: pytest.FixtureRequest) -> Case:
    return Case(settings={"mood": "signed_out"}, credentials={"password": "any"}, wrong_password={})


CASES = {
    "imap": _imap,
    "feed": _feed,
    "webpage": _webpage,
    "json": _json,
    "script": _script,
    "demo": _demo,
    "github": _github,
    "xmpp": _xmpp,
    "matrix": _matrix,
    "mastodon": _mastodon,
    "bluesky": _bluesky,
    "telegram": _telegram,
}


@pytest.fixture(params=PLATFORMS.ids())
def platform(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def manifest(platform):
    return PLATFORMS.get(platform).manifest


@pytest.fixture
def kind(platform):
    return import_module(f"{PLATFORMS.get(platform).package}.adapter").Adapter


@pytest.fixture
def case(platform, request, _feed_server):
    # That server is named here because a thread of the session must have begun before the test looks for leaks.
    return CASES[platform](request)


@pytest.fixture
def make(kind, manifest, case):
    @contextlib.asynccontextmanager
    async def made(settings: Any = None, credentials: Any = None) -> AsyncIterator[Any]:
        settings = complete(manifest, case.settings if settings is None else settings)
        given = case.credentials if credentials is None else credentials
        async with testing.adapter_of(kind, manifest, settings, given) as adapter:
            yield adapter

    return made


def test_the_manifest_keeps_the_contract(manifest, kind):
    testing.check_manifest(manifest, kind.kinds)


def test_its_libraries_are_installed(manifest, platform):
    for library in manifest.libraries:
        import_module(library)


def test_its_libraries_are_no_weight_before_they_are_used(platform):
    import subprocess
    import sys

    package = PLATFORMS.get(platform).package
    heavy = ["imapclient", "feedparser", "slixmpp", "telethon"]
    source = f"import sys, {package}.adapter; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_probe_tells_its_steps(make):
    async with make() as adapter:
        await adapter.probe()
        assert len(adapter.context.steps) >= 2
        for step in adapter.context.steps:
            testing.check_text(step.name)
            assert step.error is None


async def test_nothing_is_new_when_nothing_happens(make, case):
    async with make() as adapter:
        cursor = await testing.keeps_quiet(adapter)
        if case.publish is not None:
            known = {item.key for item in (await testing.poll_all(adapter, None))[0]}
            case.publish()
            found, _ = await testing.poll_all(adapter, cursor)
            assert len({item.key for item in found} - known) == 1


async def test_another_worker_goes_on(make):
    async with make() as first, make() as second:
        await testing.goes_on(first, second)


@pytest.mark.parametrize("cursor", ["", "{", "null", "[]", '{"checked": "x"}', "nan", "\x00" * 1000])
async def test_a_cursor_that_is_not_its_own(make, cursor):
    async with make() as adapter:
        await testing.survives_cursor(adapter, cursor)


async def test_letting_go_twice(make):
    async with make() as adapter:
        await testing.closes_twice(adapter)
    async with make() as adapter:
        await adapter.poll(None)
        await testing.closes_twice(adapter)


async def test_a_wrong_password_is_said_as_such(make, case):
    async with make(credentials=case.wrong_password) as adapter:
        await testing.raises(AuthFailed, adapter, case.password)


async def test_a_server_that_is_gone_is_said_as_such(make, case):
    if case.gone is None:
        pytest.skip("it needs no server")
    async with make(settings=case.gone) as adapter:
        await testing.raises(TemporaryFailure, adapter)


async def test_a_call_that_is_cancelled_ends_at_once(make, case):
    if case.silent is None:
        pytest.skip("it waits for nothing")
    with silent_server() as server:
        async with make(settings=case.silent(server.port)) as adapter:
            for call in (adapter.probe, lambda: adapter.poll(None)):
                accepted = server.accepted
                task = asyncio.create_task(call())
                await until(lambda before=accepted: server.accepted > before)
                task.cancel()
                done, _ = await asyncio.wait([task], timeout=10)
                assert done
                assert task.cancelled()


@pytest.fixture
def in_clear(monkeypatch):
    """The stand-ins speak no TLS: let tokens go to them through a proxy all the same."""
    for module in (apis, matrix_calls):
        monkeypatch.setattr(module, "reachable", lambda _context, site: site)


@pytest.mark.usefixtures("in_clear")
@pytest.mark.parametrize("how", ["http", "socks5"])
async def test_all_goes_through_its_proxy(how, kind, manifest, case, monkeypatch):
    if not manifest.capabilities.proxy:
        pytest.skip("an account that has a proxy is refused before anything is connected")
    with SmallProxy(how, "me", "right") as proxy:
        context = ProxiedContext(proxy.route(), "right", manifest, complete(manifest, case.settings), case.credentials)
        adapter = kind(context)
        with Ways().watched(monkeypatch) as ways:
            await adapter.probe()
            await testing.poll_all(adapter, None)
            if manifest.capabilities.push and adapter.can_listen():
                async with listening(adapter) as news:
                    with ways.unwatched():
                        case.publish()
                    await asyncio.wait([news], timeout=60)
                    assert news.done()
            await adapter.close()
        assert proxy.asked
    assert ways.ports == {proxy.port}
    assert ways.names <= {proxy.host}


@pytest.mark.usefixtures("in_clear")
async def test_nothing_goes_around_a_proxy_that_is_gone(kind, manifest, case, monkeypatch):
    if not manifest.capabilities.proxy:
        pytest.skip("an account that has a proxy is refused before anything is connected")
    with SmallProxy("socks5") as proxy:
        pass
    context = ProxiedContext(proxy.route(), "", manifest, complete(manifest, case.settings), case.credentials)
    adapter = kind(context)
    with Ways().watched(monkeypatch) as ways:
        error = await testing.raises(TemporaryFailure, adapter)
        await adapter.close()
    assert error.fields.keys() == {"proxy_id"}
    assert ways.ports == {proxy.port}
    assert ways.names <= {proxy.host}


async def test_wrong_types_are_refused_by_field(manifest, case):
    for one in manifest.fields:
        if one.secret:
            continue
        for value in ([1], {"a": 1}):
            with pytest.raises(InvalidConfig) as caught:
                complete(manifest, case.settings | {one.name: value})
            assert one.name in caught.value.fields


async def test_wrong_values_are_refused_by_field(make, case):
    for name, value in case.wrong.items():
        settings = case.settings | {name: value}
        if (name, value) == ("security", "none"):
            settings["host"] = "192.0.2.1"
        async with make(settings=settings) as adapter:
            await testing.refuses(adapter, name)


def test_every_platform_has_a_case():
    assert sorted(CASES) == PLATFORMS.ids()


BROKEN = [
    ('title = { en = "Demo", zh_CN = "演示" }', 'title = { en = "Demo" }', "title"),
    ('color = "#7a4fd0"', 'color = "#ffff00"', "white"),
    ('item_kinds = ["comment", "direct_message", "mail"]', 'item_kinds = ["mail"]', "kinds"),
    ('default = "steady"', 'default = "angry"', "default"),
    ("default = 6", "default = 0", "pace_seconds"),
    ("secret = true", "", "secret"),
]


@pytest.mark.parametrize(("before", "after", "said"), BROKEN)
def test_a_manifest_that_breaks_the_contract_is_found(before, after, said):
    from importlib.resources import files

    words = files("worker.platforms.demo").joinpath("manifest.toml").read_text(encoding="utf-8")
    assert before in words
    broken = testing.decode_manifest(tomllib.loads(words.replace(before, after)))
    with pytest.raises(AssertionError, match=said):
        testing.check_manifest(broken, import_module("worker.platforms.demo.adapter").Adapter.kinds)
