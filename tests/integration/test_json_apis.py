"""Lists of real HTTP servers: each new item once, page by page, and every fault as what it is."""

import json

import pytest
from aiohttp import web

from tests.helpers.raw_servers import garbage_server
from worker.platforms.json.adapter import Adapter
from worker.sdk import sessions
from worker.sdk.errors import AuthFailed, InvalidConfig, ParseFailure, RateLimited, TemporaryFailure
from worker.sdk.testing import TestContext, poll_all, raises, read_manifest

pytestmark = pytest.mark.real_server
MANIFEST = read_manifest("worker.platforms.json")


class Api:
    """A list of numbers, the newest first, so many a page."""

    def __init__(self, feed):
        self.url, self.feed = feed.url, feed
        self.numbers = [1]
        self.size = 100
        self.noise = 0
        self.asked = []
        self.token = ""
        self.broken_page = None
        feed.answer = self.answer

    async def answer(self, request):
        page = int(request.query.get("page", 1))
        self.asked.append(page)
        if self.token and request.headers.get("X-Token") != self.token:
            return web.Response(status=403)
        if page == self.broken_page:
            return web.Response(status=500)
        newest = sorted(self.numbers, reverse=True)
        found = newest[(page - 1) * self.size : page * self.size]
        document = {"items": [{"n": n} for n in found], "noise": self.noise}
        if len(newest) > page * self.size:
            document["next"] = f"?page={page + 1}"
        response = web.Response(text=json.dumps(document), content_type="application/json")
        response.headers["ETag"] = etag = f'"{hash(response.text)}"'
        return web.Response(status=304) if request.headers.get("If-None-Match") == etag else response


@pytest.fixture
def api(feed_server):
    return Api(feed_server.feed("api"))


@pytest.fixture
async def watch():
    made = []

    def make(url, credentials=None, **settings):
        settings = {"url": url, "items": "$.items[*]", "key": "{n}", "title": "No. {n}", "next": "$.next"} | settings
        made.append(Adapter(TestContext(MANIFEST, settings, credentials)))
        return made[-1]

    yield make
    for adapter in made:
        await adapter.close()
    assert not sessions._sessions


async def _keys(adapter, cursor):
    items, cursor = await poll_all(adapter, cursor)
    return [item.key for item in items], cursor


async def test_what_is_new_is_told_once(api, watch):
    adapter = watch(api.url)
    assert (await _keys(adapter, None))[0] == ["1"]
    _, cursor = await _keys(adapter, None)
    api.numbers += [2, 3]
    keys, cursor = await _keys(adapter, cursor)
    assert keys == ["2", "3"]
    assert (await _keys(adapter, cursor))[0] == []
    # What is no item is no reason for another cursor, and what was seen is not asked for again.
    api.noise = 1
    assert (await adapter.poll(cursor)).cursor is None
    assert (await adapter.poll(cursor)).cursor is None
    assert (await _keys(watch(api.url), cursor))[0] == []


async def test_page_by_page_until_what_is_known(api, watch):
    api.numbers, api.size = list(range(1, 11)), 3
    adapter = watch(api.url, pages=10)
    keys, cursor = await _keys(adapter, None)
    assert sorted(keys, key=int) == [str(n) for n in range(1, 11)]
    assert api.asked == [1, 2, 3, 4]
    api.asked.clear()
    api.numbers += [11, 12, 13, 14]
    keys, cursor = await _keys(adapter, cursor)
    assert sorted(keys, key=int) == ["11", "12", "13", "14"]
    assert api.asked == [1, 2, 3]


async def test_no_more_pages_than_allowed(api, watch):
    api.numbers, api.size = list(range(1, 11)), 1
    keys, _ = await _keys(watch(api.url, pages=2), None)
    assert keys == ["10", "9"]


async def test_a_walk_that_was_cut_off_is_gone_to_its_end(api, watch):
    api.numbers, api.size = [1], 2
    _, cursor = await _keys(watch(api.url, pages=10), None)
    api.numbers, api.broken_page = list(range(1, 7)), 2
    first = watch(api.url, pages=10)
    page = await first.poll(cursor)
    assert [item.key for item in page.items] == ["5", "6"]
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            await poll_all(first, page.cursor)
    api.broken_page = None
    for adapter in (first, watch(api.url, pages=10)):
        assert sorted((await _keys(adapter, page.cursor))[0]) == ["2", "3", "4"]


async def test_other_items_of_the_same_address_are_not_new(api, watch):
    _, cursor = await _keys(watch(api.url), None)
    changed = watch(api.url, key="number {n}")
    keys, cursor = await _keys(changed, cursor)
    assert keys == []
    api.numbers += [2]
    assert (await _keys(changed, cursor))[0] == ["number 2"]


async def test_headers_sign_in_and_go_nowhere_else(api, feed_server, watch):
    api.token = "right"
    assert (await _keys(watch(api.url, {"headers": {"X-Token": "right"}}), None))[0] == ["1"]
    await raises(AuthFailed, watch(api.url, {"headers": {"X-Token": "wrong"}}))
    elsewhere = feed_server.feed("moved")
    elsewhere.redirect_to(api.url.replace("127.0.0.1", "localhost"))
    await raises(TemporaryFailure, watch(elsewhere.url, {"headers": {"X-Token": "right"}}))
    elsewhere.redirect_to(api.url)
    assert (await _keys(watch(elsewhere.url, {"headers": {"X-Token": "right"}}), None))[0] == ["1"]


async def test_headers_do_not_go_with_the_pages_behind_a_redirect(api, feed_server, watch):
    api.numbers, api.size = [1, 2, 3], 1
    seen = []
    answer = api.answer

    async def look(request):
        seen.append(request.headers.get("X-Token"))
        return await answer(request)

    api.feed.answer = look
    elsewhere = feed_server.feed("moved")
    elsewhere.redirect_to(api.url.replace("127.0.0.1", "localhost"))
    adapter = watch(elsewhere.url, {"headers": {"X-Token": "right"}}, pages=3)
    await _keys(adapter, None)
    assert api.asked == [1, 2, 3]
    assert seen == [None, None, None]


STATUSES = [
    (401, AuthFailed, "http_auth"),
    (404, TemporaryFailure, "http_not_found"),
    (429, RateLimited, "http_rate_limited"),
    (502, TemporaryFailure, "http_status"),
]


@pytest.mark.parametrize(("status", "expected", "code"), STATUSES)
async def test_statuses(feed_server, watch, status, expected, code):
    feed = feed_server.feed("api")
    feed.fail_with(status)
    assert (await raises(expected, watch(feed.url))).reason.code == code


async def test_what_a_server_may_do_to_us(feed_server, watch):
    feed = feed_server.feed("api")
    feed.serve_huge(50)
    assert (await raises(InvalidConfig, watch(feed.url), "url")).reason.code == "too_large"
    feed.recover()
    feed.redirect_in_a_circle()
    assert (await raises(TemporaryFailure, watch(feed.url), "url")).reason.code == "http_redirects"
    feed.recover()
    feed.serve_html()
    assert (await raises(InvalidConfig, watch(feed.url), "url")).reason.code == "json_is_html"
    with garbage_server() as server:
        assert (await raises(ParseFailure, watch(server.url), "url")).reason.code == "protocol_garbage"
