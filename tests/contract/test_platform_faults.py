"""What a service may do to us, for every platform: the right kind of error, a sentence, and no more than its limits.

The services and how to spoil them are the cases of ``test_platforms``.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

from tests.contract.test_platforms import CASES, PLATFORMS, Case
from tests.helpers.fault_servers import FLOOD_BYTES, FaultServer, Flood, Redirects, answers, expired
from tests.helpers.raw_servers import garbage_server, silent_server
from worker.runtime.settings import complete
from worker.sdk import testing
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, PlatformError, RateLimited, TemporaryFailure
from worker.sdk.qualities import says_yes

pytestmark = pytest.mark.real_server

LOCAL = {"script", "demo"}
"""They speak to no server of their own."""
NO_HTTP = {"imap", "xmpp", "telegram"} | LOCAL
HURRIED = 0.25
HURRY = {
    "imap": ["imap.connections:CONNECT_SECONDS", "imap.connections:CALL_SECONDS"],
    "telegram": ["telegram.wires:CALL_SECONDS", "telegram.wires:CONNECT_SECONDS"],
    "xmpp": ["xmpp.streams:HANDSHAKE_SECONDS", "xmpp.connections:REQUEST_SECONDS"],
}
"""Where a platform keeps its patience; those over HTTP keep it in the SDK."""

OVER_HTTP = [name for name in PLATFORMS.ids() if name not in NO_HTTP]
over_http = pytest.mark.parametrize("platform", OVER_HTTP, indirect=True)


def keeping(rule: str, beside: set[str] = LOCAL) -> pytest.MarkDecorator:
    """For every platform whose manifest says that it keeps ``rule``."""
    names = [name for name in PLATFORMS.ids() if says_yes(PLATFORMS.get(name).manifest, rule) and name not in beside]
    return pytest.mark.parametrize("platform", names, indirect=True)


@pytest.fixture
def platform(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def case(platform: str, request: pytest.FixtureRequest, _feed_server: Any) -> Case:
    return CASES[platform](request)


@pytest.fixture
def make(platform: str, case: Case) -> Any:
    plugin = PLATFORMS.get(platform)
    assert plugin is not None
    kind = import_module(f"{plugin.package}.adapter").Adapter

    @contextlib.asynccontextmanager
    async def made(settings: dict[str, Any] | None = None) -> AsyncIterator[Any]:
        given = complete(plugin.manifest, case.settings if settings is None else settings)
        async with testing.adapter_of(kind, plugin.manifest, given, case.credentials) as adapter:
            yield adapter

    return made


async def failure(call: Any, seconds: float = 25.0) -> PlatformError:
    """Expect an error of the SDK, with sentences that stand in both languages."""
    with pytest.raises(PlatformError) as caught:
        await asyncio.wait_for(call, seconds)
    for words in (caught.value.reason, *caught.value.fields.values()):
        testing.check_text(words)
    return caught.value


async def both(adapter: Any) -> list[PlatformError]:
    """Return how a check and a test connection fail."""
    return [await failure(adapter.poll(None)), await failure(adapter.probe())]


@pytest.fixture
def hurried(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [f"worker.platforms.{place}" for place in HURRY.get(platform, [])]
    for place in places or ["worker.sdk.fetches:TOTAL_SECONDS", "worker.sdk.apis:TOTAL_SECONDS"]:
        module, _, name = place.partition(":")
        monkeypatch.setattr(import_module(module), name, HURRIED)
    if platform == "matrix":
        calls = import_module("worker.platforms.matrix.calls").Calls
        monkeypatch.setattr(calls._ask, "__defaults__", (calls._ask.__defaults__[0], HURRIED))


@keeping("certificates")
async def test_an_expired_certificate_is_named_as_such(make, case, tmp_path):
    """Whoever vouches for it is trusted: its age alone is wrong."""
    context, ca_file = expired(tmp_path)
    with FaultServer(lambda connection: None, context) as server:
        async with make(_encrypted(case, server.port) | {"ca_file": str(ca_file)}) as adapter:
            for error in await both(adapter):
                assert type(error) is TemporaryFailure
                assert error.reason.code == "tls_untrusted"
                assert "expired" in error.reason.message


@keeping("silence")
async def test_a_connection_that_says_nothing_ends(make, case, hurried):
    with silent_server() as server:
        async with make(case.silent(server.port)) as adapter:
            for error in await both(adapter):
                assert type(error) is TemporaryFailure
                assert error.reason.code in ("connect_timeout", "connection_lost", "server_unavailable")


@keeping("garbage")
async def test_garbage_is_no_wrong_password(make, case):
    with garbage_server() as server:
        async with make(case.silent(server.port)) as adapter:
            for error in await both(adapter):
                assert isinstance(error, ParseFailure | TemporaryFailure)
                assert error.reason.code in (
                    "protocol_garbage",
                    "connection_lost",
                    "tls_failed",
                    "tls_not_spoken",
                    "tls_not_spoken_web",
                )


@keeping("bounded")
async def test_fifty_megabytes_are_not_taken(make, case, platform):
    flood = Flood(http=platform in OVER_HTTP)
    with FaultServer(flood) as server:
        async with make(case.silent(server.port)) as adapter:
            error = await failure(adapter.poll(None))
    assert isinstance(error, TemporaryFailure | InvalidConfig)
    assert not isinstance(error, RateLimited)
    assert error.reason.code in ("too_large", "protocol_garbage", "connection_lost")
    assert flood.sent < FLOOD_BYTES * 0.8


@over_http
async def test_redirects_without_end(make, case):
    redirects = Redirects()
    with FaultServer(redirects) as server:
        async with make(case.silent(server.port)) as adapter:
            for error in await both(adapter):
                assert type(error) in (TemporaryFailure, ParseFailure)
    assert 0 < redirects.asked < 100


@over_http
@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"<html><body>Sign in to the hotel's network</body></html>", "text/html"), (b"\x89PNG\r\n\x1a\n", "image/png")],
    ids=["page", "picture"],
)
async def test_another_kind_of_answer_is_no_sign_in_fault(make, case, platform, body, kind):
    if platform == "webpage" and kind == "text/html":
        pytest.skip("a page is what it wants")
    with FaultServer(answers(body, kind)) as server:
        async with make(case.silent(server.port)) as adapter:
            error = await failure(adapter.poll(None))
            assert isinstance(error, TemporaryFailure | InvalidConfig)
            assert not isinstance(error, AuthFailed | RateLimited)


@over_http
@pytest.mark.parametrize(
    ("status", "kind"),
    [(b"401 Unauthorized", AuthFailed), (b"429 Too Many Requests", RateLimited), (b"500 Oops", TemporaryFailure)],
    ids=["401", "429", "500"],
)
async def test_what_a_status_says_is_heard(make, case, status, kind):
    with FaultServer(answers(b"{}", "application/json", status)) as server:
        async with make(case.silent(server.port)) as adapter:
            error = await failure(adapter.poll(None))
    assert isinstance(error, kind)


@keeping("clock", set())
@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_is_a_day_wrong_loses_nothing_and_repeats_nothing(make, case, monkeypatch, days):
    skew, clock, clock_ns = days * 86_400, time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: clock() + skew)
    monkeypatch.setattr(time, "time_ns", lambda: clock_ns() + skew * 1_000_000_000)
    async with make() as adapter:
        cursor = await testing.keeps_quiet(adapter)
        known = {item.key for item in (await testing.poll_all(adapter, None))[0]}
        case.publish()
        found, cursor = await testing.poll_all(adapter, cursor)
        assert len({item.key for item in found} - known) == 1
        again, _ = await testing.poll_all(adapter, cursor)
        assert {item.key for item in again} <= known | {item.key for item in found}


@keeping("reauth", {"demo"})
async def test_a_sign_in_that_is_taken_back_is_said_as_such(make, case, platform):
    async with make() as adapter:
        _, cursor = await testing.poll_all(adapter, None)
        adapter.context.credentials = dict(case.wrong_password)
        # As after a change of the credentials: the runtime makes a new adapter for them.
    plugin = PLATFORMS.get(platform)
    kind = import_module(f"{plugin.package}.adapter").Adapter
    settings = complete(plugin.manifest, case.settings)
    async with testing.adapter_of(kind, plugin.manifest, settings, case.wrong_password) as adapter:
        error = await failure(adapter.poll(cursor))
        assert type(error) is AuthFailed


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("print('x' * 50_000_000)", "script_flood"),
        ("import sys; sys.stdout.buffer.write(bytes(range(256)))", "script_line"),
        ("import time; time.sleep(60)", "script_slow"),
        ("import sys; sys.exit(75)", "script_temporary"),
    ],
)
@pytest.mark.parametrize("platform", ["script"], indirect=True)
async def test_a_command_that_goes_wrong(make, case, source, code):
    settings = case.settings | {"args": ["-c", source], "seconds": 5 if code != "script_slow" else 1}
    async with make(settings) as adapter:
        error = await failure(adapter.poll(None))
    assert error.reason.code == code


def _encrypted(case: Case, port: int) -> dict[str, Any]:
    """Return the settings for a server at ``port`` that encrypts from the first byte."""
    settings = dict(case.silent(port))
    for name, value in settings.items():
        if isinstance(value, str) and value.startswith("http://127.0.0.1:"):
            settings[name] = value.replace("http://", "https://", 1)
    if "security" in settings:
        settings["security"] = "tls"
    return settings
