"""Changes of real pages over HTTP: each once, and every fault as what it is."""

import hashlib

import pytest
from aiohttp import web

from tests.helpers.raw_servers import garbage_server
from worker.platforms.webpage.adapter import Adapter
from worker.sdk import sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.webpage")


@pytest.fixture
async def watch():
    made = []

    def make(url, credentials=None, **settings):
        made.append(Adapter(TestContext(MANIFEST, {"url": url} | settings, credentials)))
        return made[-1]

    yield make
    for adapter in made:
        await adapter.close()
    assert not sessions._sessions


@pytest.fixture
def page(feed_server):
    return feed_server.feed("page")


def _say(page, *lines):
    page.serve("".join(f"<p>{line}</p>" for line in lines).encode(), "text/html")


def _with_etags(page):
    """Let the page answer conditional requests; return the list of statuses that it fills."""
    answer, statuses = page.answer, []

    async def conditional(request):
        response = await answer(request)
        response.headers["ETag"] = etag = f'"{hashlib.sha256(response.body).hexdigest()}"'
        known = request.headers.get("If-None-Match") == etag
        statuses.append(304 if known else 200)
        return web.Response(status=304) if known else response

    page.answer = conditional
    return statuses


async def test_a_page_that_flips_back_and_forth(page, watch):
    adapter = watch(page.url)
    _say(page, "head", "A")
    none, cursor = await poll_all(adapter, None)
    assert none == []
    keys, cursors = [], [cursor]
    for line, other in (("B", "A"), ("A", "B"), ("B", "A")):
        _say(page, "head", line)
        (item,), cursor = await poll_all(adapter, cursor)
        assert (item.kind, item.title, item.url) == ("change", line, page.url)
        assert item.text == f"− {other}\n+ {line}"
        keys.append(item.key)
        cursors.append(cursor)
        assert (await poll_all(adapter, cursor))[0] == []
    assert len(set(keys)) == 3
    # Who finds the same change again, from an older cursor, calls it by the same name.
    (again,), _ = await poll_all(watch(page.url), cursors[2])
    assert again.key == keys[2]


async def test_nothing_is_sent_for_a_page_that_stays(page, watch):
    adapter = watch(page.url)
    _say(page, "A")
    told = _with_etags(page)
    _, cursor = await poll_all(adapter, None)
    assert await adapter.poll(cursor) == await watch(page.url).poll(cursor)
    assert told == [200, 304, 304]
    page.serve(b"<div>\n<p>A  </p></div>", "text/html")
    unchanged = await adapter.poll(cursor)
    assert (unchanged.items, unchanged.cursor) == ([], None)
    await adapter.poll(cursor)
    assert told[3:] == [200, 304]


async def test_another_part_of_the_page_is_no_change(page, watch):
    page.serve(b"<h1>One</h1><p>Two</p>", "text/html")
    _, cursor = await poll_all(watch(page.url, selector="h1"), None)
    items, cursor = await poll_all(watch(page.url, selector="p"), cursor)
    assert items == []
    page.serve(b"<h1>One</h1><p>Three</p>", "text/html")
    assert [item.title for item in (await poll_all(watch(page.url, selector="p"), cursor))[0]] == ["Three"]


async def test_a_part_that_comes_and_goes(page, watch):
    adapter = watch(page.url, selector="#sale", may_be_absent=True)
    _say(page, "nothing yet")
    _, cursor = await poll_all(adapter, None)
    page.serve(b"<p id=sale>Now!</p>", "text/html")
    (item,), cursor = await poll_all(adapter, cursor)
    assert item.title == "Now!"
    _say(page, "over")
    (item,), _ = await poll_all(adapter, cursor)
    assert item.text == "− Now!"


async def test_a_huge_page_is_compared_as_far_as_it_is_kept(page, watch):
    adapter = watch(page.url)
    lines = [f"line {number} of a page that has many of them" for number in range(9_000)]
    _say(page, *lines)
    _, cursor = await poll_all(adapter, None)
    assert len(cursor) < 256 * 1024
    _say(page, *lines, "the end")
    (item,), cursor = await poll_all(adapter, cursor)
    assert (item.title, item.text) == (page.url, "")
    _say(page, "new", *lines, "the end")
    (item,), _ = await poll_all(adapter, cursor)
    assert item.title == "new"


STATUSES = [
    (401, AuthFailed, "http_auth"),
    (404, TemporaryFailure, "http_not_found"),
    (429, RateLimited, "http_rate_limited"),
    (500, TemporaryFailure, "http_status"),
]


@pytest.mark.parametrize(("status", "expected", "code"), STATUSES)
async def test_statuses(page, watch, status, expected, code):
    page.fail_with(status)
    assert (await raises(expected, watch(page.url))).reason.code == code


async def test_what_a_server_may_do_to_us(page, watch):
    page.serve_huge(50)
    assert (await raises(InvalidConfig, watch(page.url), "url")).reason.code == "too_large"
    page.recover()
    page.redirect_in_a_circle()
    assert (await raises(TemporaryFailure, watch(page.url), "url")).reason.code == "http_redirects"
    page.recover()
    page.serve(b"%PDF", "application/pdf")
    assert (await raises(InvalidConfig, watch(page.url), "url")).reason.code == "webpage_no_text"
    page.serve(b"<p> </p>", "text/html")
    assert (await raises(TemporaryFailure, watch(page.url), "url")).reason.code == "webpage_empty"
    _say(page, "x")
    assert (await raises(InvalidConfig, watch(page.url, selector="#a"), "selector")).reason.code == "webpage_no_match"
    with garbage_server() as server:
        assert (await raises(ParseFailure, watch(server.url), "url")).reason.code == "protocol_garbage"
