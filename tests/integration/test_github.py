"""The inbox of GitHub over HTTP, against a stand-in that answers as its documentation says."""

import re
import ssl
import time
from email.utils import formatdate

import pytest
import trustme

from tests.helpers.github_server import TOKEN, GithubServer
from tests.helpers.ports import free_port
from tests.helpers.raw_servers import garbage_server
from worker.platforms.github import adapter as github
from worker.platforms.github.adapter import Adapter
from worker.sdk import sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.platform import ItemKind
from worker.sdk.testing import TestContext, adapter_of, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.github")


@pytest.fixture
def server(github_server):
    github_server.interval = 0
    return github_server


def _adapter(server, token=TOKEN, **settings):
    return adapter_of(Adapter, MANIFEST, {"server": server.url} | settings, {"token": token})


async def _faults(expected, code, *fields, server, token=TOKEN, **settings):
    adapter = Adapter(TestContext(MANIFEST, {"server": server} | settings, {"token": token}))
    try:
        error = await raises(expected, adapter, *fields)
    finally:
        await adapter.close()
    assert error.reason.code == code
    assert token not in str(error.reason)
    assert not sessions._sessions
    return error


async def test_a_probe_tells_who_we_are(server):
    async with _adapter(server) as adapter:
        probe = await adapter.probe()
        assert (probe.identity, probe.name) == ("583231@127.0.0.1", "octocat")
        assert [step.name.code for step in adapter.context.steps] == [
            "step_resolve",
            "step_sign_in",
            "step_first_check",
        ]


async def test_what_happens_is_told_as_what_it_is(server):
    server.publish("Old")
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("You there", "mention", "PullRequest", comment="31")
        thread = server.publish("Yours", "author")
        items, cursor = await poll_all(adapter, cursor)
        assert [(item.title, item.kind) for item in items] == [
            ("You there", ItemKind.MENTION),
            ("Yours", ItemKind.COMMENT),
        ]
        assert items[0].url == "https://github.com/octo/world/pull/2#issuecomment-31"
        assert items[0].thread == "octo/world#2"
        server.touch(thread, "32")
        again, cursor = await poll_all(adapter, cursor)
        assert [item.thread for item in again] == [items[1].thread]
        assert again[0].key != items[1].key


async def test_the_latest_comment_is_told_where_the_token_may_read_it(server):
    place = "/repos/octo/world/issues/comments/31"
    server.comments[place] = {"id": 31, "body": "Look **here**\r\nand there", "user": {"login": "ada"}}
    server.comments["/repos/octo/world/issues/3"] = {"body": None, "user": None}
    async with _adapter(server) as adapter:
        server.publish("Old", comment="31")
        _, cursor = await poll_all(adapter, None)
        assert len(server.asked) == 1
        server.publish("Readable", "mention", comment="31")
        server.publish("Empty")
        server.publish("Hidden", comment="32")
        items, _ = await poll_all(adapter, cursor)
        assert [(item.title, item.author) for item in items] == [
            ("Readable", "ada"),
            ("Empty", "octo/world"),
            ("Hidden", "octo/world"),
        ]
        assert items[0].text == "octo/world · Issue · mention\n\nLook **here**\nand there"
        assert items[2].text == "octo/world · Issue · subscribed"


async def test_comments_elsewhere_or_odd_ones_are_no_fault(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Elsewhere")["subject"]["latest_comment_url"] = "http://192.0.2.1/repos/a/b/issues/comments/1"
        server.publish("Odd")["subject"]["latest_comment_url"] = "http://[::1"
        server.comments["/repos/octo/world/issues/3"] = {"body": 5}
        server.publish("Wrong type")
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Elsewhere", "Odd", "Wrong type"]


async def test_what_was_read_elsewhere_is_not_told(server):
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.read(server.publish("Read in a browser"))
        server.publish("Unread")
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Unread"]


async def test_nothing_new_costs_nothing(server):
    server.publish("Old")
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        assert await poll_all(adapter, cursor) == ([], cursor)
        assert server.not_modified == 1
        server.publish("New")
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["New"]


async def test_two_in_the_second_that_was_told_are_both_found(server):
    now = float(round(time.time()))
    server.publish("One", at=now)
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Two", at=now)
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Two"]


async def test_a_flood_comes_page_by_page_and_whole(server, monkeypatch):
    monkeypatch.setattr(github, "PAGE", 5)
    monkeypatch.setattr(github, "MAX_PAGES", 3)
    server.publish("Old")
    async with _adapter(server) as first, _adapter(server) as second:
        _, cursor = await poll_all(first, None)
        for number in range(47):
            server.publish(f"New {number}")
        page = await first.poll(cursor)
        assert page.more
        assert 11 <= len(page.items) <= 15
        # Somebody reads the newest ones while another worker goes on.
        for thread in server.threads[-20:]:
            server.read(thread)
        rest, cursor = await poll_all(second, page.cursor)
        told = [item.title for item in (*page.items, *rest)]
        assert len(told) == len(set(told))
        unread = {thread["subject"]["title"] for thread in server.threads[1:-20]}
        assert unread <= set(told)
        assert (await poll_all(first, cursor))[0] == []


async def test_more_of_one_second_than_a_page_holds(server, monkeypatch):
    monkeypatch.setattr(github, "PAGE", 5)
    server.publish("Old")
    at = server._clock + 60
    async with _adapter(server) as adapter:
        _, cursor = await poll_all(adapter, None)
        for number in range(17):
            server.publish(f"New {number}", at=at)
        items, _ = await poll_all(adapter, cursor)
        assert len({item.key for item in items}) == 17


async def test_a_baseline_is_bounded(server, monkeypatch):
    monkeypatch.setattr(github, "PAGE", 5)
    monkeypatch.setattr(github, "MAX_PAGES", 3)
    for number in range(40):
        server.publish(f"Old {number}")
    async with _adapter(server) as adapter:
        items, cursor = await poll_all(adapter, None)
        assert len(items) <= 15
        assert len(server.asked) == 3
        assert (await poll_all(adapter, cursor))[0] == []


async def test_filters(server):
    async with _adapter(server, participating=True, repositories=["Octo/Hello"]) as adapter:
        _, cursor = await poll_all(adapter, None)
        server.publish("Watched", repository="octo/hello")
        server.publish("Elsewhere", "mention")
        server.publish("Mine", "mention", repository="octo/hello")
        items, _ = await poll_all(adapter, cursor)
        assert [item.title for item in items] == ["Mine"]


async def test_another_filter_is_another_list(server):
    server.publish("Old", "mention")
    async with _adapter(server) as one, _adapter(server, participating=True) as other:
        _, cursor = await poll_all(one, None)
        await poll_all(other, cursor)
        assert server.not_modified == 0


async def test_the_servers_interval_is_kept(server, monkeypatch):
    server.interval = 60
    async with _adapter(server) as adapter:
        cursor = (await adapter.poll(None)).cursor
        server.publish("New")
        assert (await adapter.poll(cursor)).items == []
        assert len(server.asked) == 1
        # Who asks a little too early waits for it.
        adapter._allowed_at -= 59.9
        assert [item.title for item in (await adapter.poll(cursor)).items] == ["New"]


async def test_tokens_that_open_nothing(server):
    await _faults(AuthFailed, "auth_refused_detail", "token", server=server.url, token="ghp_wrong")
    await _faults(AuthFailed, "auth_refused_detail", "token", server=server.url, token="not a\ntoken ü")
    server.tokens["ghp_narrow"] = "gist, read:user"
    error = await _faults(AuthFailed, "github_scope", "token", server=server.url, token="ghp_narrow")
    assert error.reason.params["scopes"] == "gist, read:user"
    async with _adapter(server) as adapter:
        cursor = (await adapter.poll(None)).cursor
        server.revoke()
        with pytest.raises(AuthFailed):
            await adapter.poll(cursor)


REFUSALS = [
    (403, {}, {"message": "Resource not accessible by personal access token"}, AuthFailed, "auth_refused_detail"),
    (403, {"X-GitHub-SSO": "required; url=https://x"}, {"message": "Resource protected"}, AuthFailed, None),
    (403, {}, b"<html>a proxy</html>", TemporaryFailure, "http_status"),
    (404, {}, {"message": "Not Found"}, TemporaryFailure, "http_not_found"),
    (502, {}, {"message": "Server Error"}, TemporaryFailure, "http_status"),
    (200, {}, b"<html>", ParseFailure, "protocol_garbage"),
    (200, {}, {"message": "no list"}, ParseFailure, "protocol_garbage"),
    (200, {}, [{"id": "1", "updated_at": "yesterday"}], ParseFailure, "protocol_garbage"),
    (200, {"Content-Encoding": "gzip"}, b"[]", ParseFailure, "protocol_garbage"),
    (302, {"Location": "/notifications"}, b"", TemporaryFailure, "http_redirects"),
    (302, {"Location": "https://example.org/"}, b"", InvalidConfig, "field_wrong"),
    (200, {}, b" " * 50_000_000, TemporaryFailure, "too_large"),
]


@pytest.mark.parametrize(("status", "headers", "body", "expected", "code"), REFUSALS)
async def test_refusals(server, status, headers, body, expected, code):
    server.fail_with(status, headers, body)
    await _faults(expected, code or "auth_refused_detail", server=server.url)


LIMITS = [
    (403, {"Retry-After": "30"}, "You have exceeded a secondary rate limit.", 30, 30),
    (429, {"Retry-After": "31"}, "", 31, 31),
    (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "+90"}, "API rate limit exceeded", 85, 91),
    (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "+90"}, "API rate limit exceeded", 85, 91),
    (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "+90"}, "Forbidden", 85, 91),
    (403, {"X-RateLimit-Remaining": "12"}, "You have exceeded a secondary rate limit.", 60, 60),
    (429, {}, "", 60, 60),
]


@pytest.mark.parametrize(("status", "headers", "said", "least", "most"), LIMITS)
async def test_limits(server, status, headers, said, least, most):
    # The server's clock is a day ahead: its moments are measured by it.
    clock = time.time() + 86_400
    sent = {
        name: re.sub(r"^\+(\d+)$", lambda by: str(round(clock + int(by[1]))), value) for name, value in headers.items()
    }
    server.fail_with(status, sent | {"Date": formatdate(clock, usegmt=True)}, {"message": said})
    error = await _faults(RateLimited, "github_limit", server=server.url)
    assert least <= error.retry_after <= most


@pytest.mark.parametrize(
    "address", ["ftp://example.org", "http://", "http://[::1", "https://me:secret@example.org", "http://192.0.2.1"]
)
async def test_addresses_that_are_none(address):
    adapter = Adapter(TestContext(MANIFEST, {"server": address}, {"token": TOKEN}))
    await raises(InvalidConfig, adapter, "server")


async def test_the_token_goes_to_no_other_server(server):
    with GithubServer() as other:
        server.fail_with(307, {"Location": f"{other.url}/notifications"})
        await _faults(InvalidConfig, "field_wrong", "server", server=server.url)
        assert other.asked == []


async def test_servers_that_are_none():
    with garbage_server() as server:
        await _faults(ParseFailure, "protocol_garbage", "server", server=f"http://127.0.0.1:{server.port}")
    await _faults(TemporaryFailure, "connect_refused", "server", server=f"http://127.0.0.1:{free_port()}")
    await _faults(TemporaryFailure, "dns_failed", "server", server="https://nowhere.invalid")


async def test_certificates(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = GithubServer()
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server.tls)
    with server:
        await _faults(TemporaryFailure, "tls_untrusted", "server", server=server.url)
        assert server.asked == []
        async with _adapter(server, ca_file=str(tmp_path / "ca.pem")) as adapter:
            assert (await adapter.probe()).name == "octocat"
