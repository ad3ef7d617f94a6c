"""Signing in by OAuth 2, renewing and revoking tokens, against a server that takes every refresh token once."""

import asyncio

import aiohttp
import pytest

from tests.helpers.oauth_server import OAuthServer
from worker.protocol.manifest import Manifest
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.loopbacks import Callback, read_redirect
from worker.sdk.oauth import OAuth, Provider
from worker.sdk.platform import LoginExpired
from worker.sdk.testing import TestContext, TestTalk

MANIFEST = Manifest(id="o", title={"en": "O"}, summary={"en": "o"}, icon="O", color="#335577")


def browser_session():
    """Resolves as the system does; another resolver keeps a thread."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver()))


@pytest.fixture
def server():
    with OAuthServer() as server:
        yield server


def provider_of(server, **changes):
    given = {
        "client_id": server.client_id,
        "token_url": f"{server.url}/token",
        "authorize_url": f"{server.url}/authorize",
        "device_url": f"{server.url}/device",
        "revoke_url": f"{server.url}/revoke",
        "scopes": ("read",),
    }
    return Provider(**(given | changes))


def oauth_of(server, credentials=None, **changes):
    context = TestContext(MANIFEST, {}, credentials)
    return OAuth(context, provider_of(server, **changes)), context


class Browser(TestTalk):
    """Opens the page at once and follows it back; ``tamper`` may change the address it is sent to."""

    def __init__(self, tamper=None, follow=True):
        super().__init__()
        self.tamper = tamper
        self.follow = follow
        self.page = ""
        self.status = 0
        self.ended_at = ""

    async def open_url(self, url, *, seconds=None, paste=False):
        await super().open_url(url, seconds=seconds, paste=paste)
        async with browser_session() as session:
            async with session.get(url, allow_redirects=False) as answer:
                self.ended_at = answer.headers["Location"]
            if self.tamper is not None:
                async with session.get(self.tamper(self.ended_at)) as answer:
                    self.status, self.page = answer.status, await answer.text()
            if self.follow:
                async with session.get(self.ended_at) as answer:
                    self.status, self.page = answer.status, await answer.text()
            else:
                self._answers.append(self.ended_at)


async def test_a_page_leads_back_to_this_machine(server):
    oauth, _ = oauth_of(server)
    browser = Browser()
    tokens = await oauth.browser_login(browser)
    assert tokens.refresh_token == server.families[0].refresh
    assert browser.status == 200
    assert "close this page" in browser.page
    assert browser.scans == 1
    assert tokens.access_token not in repr(tokens)
    with pytest.raises(aiohttp.ClientError):
        # Nothing listens any more.
        async with browser_session() as session:
            await session.get(browser.ended_at)


async def test_an_address_with_another_state_is_refused_and_waited_past(server):
    oauth, _ = oauth_of(server)
    browser = Browser(tamper=lambda url: url.replace("state=", "state=x"))
    tokens = await oauth.browser_login(browser)
    assert tokens.access_token
    assert browser.status == 200


async def test_the_address_may_be_pasted_where_the_browser_is_elsewhere(server):
    oauth, _ = oauth_of(server)
    assert (await oauth.browser_login(Browser(follow=False))).refresh_token


async def test_a_service_that_shows_the_code_has_it_pasted(server):
    oauth, _ = oauth_of(server, redirect_uri="urn:ietf:wg:oauth:2.0:oob")

    class Person(TestTalk):
        async def open_url(self, url, *, seconds=None, paste=False):
            async with browser_session() as session, session.get(url, allow_redirects=False):
                self._answers.append(next(iter(server.codes)))

    assert (await oauth.browser_login(Person())).refresh_token


async def test_who_refuses_on_the_page_is_told_so(server):
    server.denies = True
    oauth, _ = oauth_of(server)
    with pytest.raises(AuthFailed) as caught:
        await oauth.browser_login(Browser())
    assert caught.value.reason.code == "oauth_denied"


async def test_the_loopback_takes_nothing_but_the_answer(server):
    async with Callback("right") as callback, browser_session() as session:
        for target, host, status in (
            (callback.uri.replace("/callback", "/favicon.ico"), None, 404),
            (f"{callback.uri}?state=wrong&code=c", None, 400),
            (f"{callback.uri}?state=right&code=c", "evil.example", 403),
            (f"{callback.uri}?state=right", None, 400),
        ):
            async with session.get(target, headers={"Host": host} if host else None) as answer:
                assert answer.status == status, target
        async with session.post(f"{callback.uri}?state=right&code=c") as answer:
            assert answer.status == 404
        async with session.get(f"{callback.uri}?state=right&code=c") as answer:
            assert answer.status == 200
        assert (await callback.wait()).code == "c"


async def test_whoever_else_knocks_at_the_loopback_keeps_nobody_out_and_is_gone_with_it():
    async with Callback("right") as callback:
        port = int(callback.uri.split(":")[2].partition("/")[0])
        knocks = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
        async with browser_session() as session:
            for _ in range(60):
                async with session.get(f"{callback.uri}?state=wrong&code=c") as answer:
                    assert answer.status == 400
            async with session.get(f"{callback.uri}?state=right&code=c") as answer:
                assert answer.status == 200
        assert (await callback.wait()).code == "c"
    assert [task.get_coro().__qualname__ for task in asyncio.all_tasks() if "_visit" in repr(task)] == []
    for _, writer in knocks:
        writer.close()


def test_what_a_redirect_says():
    assert read_redirect("http://127.0.0.1:1/callback?code=c&state=s", "s").code == "c"
    assert read_redirect("http://127.0.0.1:1/callback?code=c&state=t", "s") is None
    assert read_redirect("http://127.0.0.1:1/callback?code=c", "s") is None
    assert read_redirect("c", "s") is None
    assert read_redirect("http://[::1/", "s") is None
    refused = read_redirect("x?error=access_denied&code=c&state=s", "s")
    assert (refused.error, refused.code) == ("access_denied", "")


async def test_a_device_code_is_waited_for(server):
    oauth, _ = oauth_of(server)
    talk = TestTalk()

    async def person():
        while not talk.shown:
            await asyncio.sleep(0.01)
        (_, (code, url)) = talk.shown[0]
        assert url == f"{server.url}/activate"
        device = next(iter(server.devices.values()))
        while not device.asked_at:
            await asyncio.sleep(0.01)
        server.approve(code)

    async with asyncio.TaskGroup() as group:
        group.create_task(person())
        tokens = await oauth.device_login(talk)
    assert tokens.access_token in server.families[0].access
    assert tokens.signed_in({"server": "x"}, more="m").document["more"] == "m"


@pytest.mark.parametrize(
    ("verdict", "error", "code"),
    [("access_denied", AuthFailed, "oauth_denied"), ("expired_token", LoginExpired, "oauth_expired")],
)
async def test_a_device_code_that_is_refused_or_too_old(server, verdict, error, code):
    oauth, _ = oauth_of(server)

    class Person(TestTalk):
        async def device_code(self, code, url, *, seconds=None):
            server.approve(code, verdict)

    with pytest.raises(error) as caught:
        await oauth.device_login(Person())
    assert caught.value.reason.code == code


async def test_a_device_code_ends_when_the_service_said(server):
    server.device_seconds = 0.5
    oauth, _ = oauth_of(server)
    with pytest.raises(LoginExpired):
        await oauth.device_login(TestTalk())


async def test_who_asks_too_often_asks_less_often(server, monkeypatch):
    monkeypatch.setattr("worker.sdk.oauth.SLOWER_SECONDS", 0.5)
    oauth, _ = oauth_of(server)
    times = []

    class Person(TestTalk):
        async def device_code(self, code, url, *, seconds=None):
            server.approve(code, "slow_down")
            times.extend([next(iter(server.devices.values())), code])

    async def agree():
        while not times or len(times[0].asked_at) < 2:
            await asyncio.sleep(0.01)
        server.approve(times[1])

    async with asyncio.TaskGroup() as group:
        group.create_task(agree())
        await oauth.device_login(Person())
    asked = times[0].asked_at
    assert asked[1] - asked[0] >= 0.5


async def test_an_access_token_is_renewed_before_it_ends_and_the_rest_is_kept(server):
    server.access_seconds = 30.0
    first = server.sign_in()
    oauth, context = oauth_of(server, first | {"client": "mine"})
    server.access_seconds = 3600.0
    token = await oauth.access_token()
    assert token != first["access_token"]
    assert context.credentials["refresh_token"] == server.families[0].refresh
    assert context.credentials["client"] == "mine"
    assert await oauth.access_token() == token
    assert server.refreshes == 1


async def test_a_token_that_was_refused_is_renewed_once(server):
    first = server.sign_in()
    oauth, context = oauth_of(server, first)
    token = await oauth.renewed(first["access_token"])
    assert token in server.families[0].access
    assert await oauth.renewed(first["access_token"]) == token
    assert context.renewals == server.refreshes == 1


async def test_a_refresh_token_that_ended_asks_for_a_new_sign_in(server):
    first = server.sign_in()
    server.families[0].dead = True
    oauth, _ = oauth_of(server, first)
    with pytest.raises(AuthFailed) as caught:
        await oauth.renewed(first["access_token"])
    assert caught.value.reason.code == "oauth_ended"
    oauth, _ = oauth_of(server, {"access_token": "alone"})
    assert await oauth.access_token() == "alone"
    with pytest.raises(AuthFailed):
        await oauth.renewed("alone")


async def test_what_a_server_repeats_of_a_token_is_not_told(server):
    oauth, _ = oauth_of(server, {"access_token": "a", "refresh_token": "very-secret-token", "access_expires_at": 1})
    server.fail_with(400, body={"error": "invalid_request", "error_description": "bad token very-secret-token"})
    with pytest.raises(AuthFailed) as caught:
        await oauth.access_token()
    assert caught.value.reason.code == "oauth_refused"
    assert "very-secret-token" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, b"", TemporaryFailure),
        (429, b"", RateLimited),
        (200, b"<html>", ParseFailure),
        (200, {"access_token": 5}, ParseFailure),
        (200, {"access_token": ""}, ParseFailure),
        (401, {"error": "invalid_client"}, InvalidConfig),
        (400, {"error": "temporarily_unavailable"}, TemporaryFailure),
        (403, b"", AuthFailed),
        (302, b"", ParseFailure),
    ],
)
async def test_answers_are_what_they_are(server, status, body, error):
    oauth, _ = oauth_of(server, {"access_token": "a", "refresh_token": "r", "access_expires_at": 1})
    server.fail_with(status, body=body)
    with pytest.raises(error) as caught:
        await oauth.access_token()
    assert type(caught.value) is error
    assert "" not in caught.value.fields


async def test_a_service_that_keeps_the_refresh_token_goes_on_with_it(server):
    oauth, context = oauth_of(server, {"access_token": "a", "refresh_token": "r", "access_expires_at": 1})
    server.strange = {"access_token": "b", "token_type": "bearer", "expires_in": "3600"}
    assert await oauth.access_token() == "b"
    assert context.credentials["refresh_token"] == "r"
    assert context.credentials["access_expires_at"] > 1


async def test_tokens_go_nowhere_unencrypted_but_to_this_machine(server):
    oauth, _ = oauth_of(
        server, {"access_token": "a", "refresh_token": "r", "access_expires_at": 1}, token_url="http://x.example/token"
    )
    with pytest.raises(InvalidConfig):
        await oauth.access_token()


async def test_revoking_ends_all_tokens(server):
    first = server.sign_in()
    oauth, _ = oauth_of(server, first)
    assert await oauth.revoke()
    assert server.families[0].dead
    oauth, _ = oauth_of(server, first, revoke_url="")
    assert not await oauth.revoke()
