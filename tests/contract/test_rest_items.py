"""The routes of items and saved searches on a real master: what is wrong is said by field, whatever is sent."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from master.app import Master
from tests.helpers.masters import running_master

PREFIX = "/api/v1"


@pytest_asyncio.fixture
async def served(profile) -> AsyncIterator[tuple[Master, aiohttp.ClientSession]]:
    # Addresses need no resolver, and that of aiodns would leave a thread behind.
    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    async with (
        running_master(profile, workers=False) as (master, _),
        aiohttp.ClientSession(connector=connector) as session,
    ):
        yield master, session


async def send(served, method: str, path: str, body: Any = None, *, token: str = "") -> tuple[int, Any, Any]:
    master, session = served
    headers = {"Authorization": f"Bearer {token or master.token}"}
    data = None if body is None else json.dumps(body)
    async with session.request(method, f"{master.url}{PREFIX}{path}", data=data, headers=headers) as response:
        content = await response.read()
        is_json = "json" in response.headers["Content-Type"]
        return response.status, json.loads(content) if is_json else content, response.headers


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("GET", "/items?kind=novel", None, ["kind"]),
        ("GET", "/items?kinds=mail&kinds=novel", None, ["kinds"]),
        ("GET", "/items?order=best", None, ["order"]),
        ("GET", "/items?unread=maybe", None, ["unread"]),
        ("GET", "/items?since=yesterday", None, ["since"]),
        ("GET", "/items?since=-1", None, ["since"]),
        ("GET", "/items?limit=501", None, ["limit"]),
        ("GET", "/items?cursor=abc", None, ["cursor"]),
        ("GET", "/items?order=unread_first&cursor=12", None, ["cursor"]),
        ("GET", "/items?thread=t", None, ["account_id"]),
        ("GET", "/items?q=" + "x" * 201, None, ["q"]),
        ("GET", "/items?colour=red", None, ["colour"]),
        ("GET", "/items/threads?cursor=1e3", None, ["cursor"]),
        ("GET", "/items/threads?q=x", None, ["q"]),
        ("GET", "/items/stats?tz=Mars", None, ["tz"]),
        ("GET", "/items/stats?group_by=year", None, ["group_by"]),
        ("GET", "/items/stats?group_by=hour&since=0", None, ["since"]),
        ("GET", "/items/stats?since=5000000&until=1", None, ["since"]),
        ("GET", "/items/export?format=xlsx", None, ["format"]),
        ("GET", "/items/export?order=unread_first", None, ["order"]),
        ("GET", "/items/export?thread=t", None, ["account_id"]),
        ("GET", "/items/1/context?limit=0", None, ["limit"]),
        ("POST", "/items/read", {"kinds": "mail"}, ["kinds"]),
        ("POST", "/items/read", {"thread": "t"}, ["account_id"]),
        ("POST", "/items/read", {"account_ids": ["a"] * 1001}, ["account_ids"]),
        ("POST", "/searches", {"filter": {}}, ["name"]),
        ("POST", "/searches", {"name": "x", "filter": {"kind": "novel"}}, ["filter.kind"]),
        ("POST", "/searches", {"name": "x" * 51, "filter": {}}, ["name"]),
        ("PATCH", "/settings", {"item_keep_days": {"mail": 0}}, ["item_keep_days"]),
        ("PATCH", "/settings", {"item_keep_days": {"novel": 3}}, ["item_keep_days"]),
        ("PATCH", "/settings", {"item_keep_total_mb": 1}, ["item_keep_total_mb"]),
        ("PATCH", "/settings", {"sync_read": "yes"}, ["sync_read"]),
    ],
)
async def test_what_is_wrong_is_named(served, method, path, body, fields):
    status, answer, _ = await send(served, method, path, body)
    assert (status, answer["success"]) == (400, False), answer
    assert [name.split("[")[0].split("...")[0] for name in answer["error"]["fields"]] == fields, answer


async def test_questions_of_every_kind_are_answered(served):
    for question in (
        '"',
        "-",
        "*",
        "AND",
        "a OR",
        "NEAR(a b",
        "'; DROP TABLE items; --",
        "{",
        "rowid:1",
        "%F0%9F%8E%89",
    ):
        status, answer, _ = await send(served, "GET", f"/items?q={question}")
        assert (status, answer["data"]["rows"]) == (200, []), question
    many = "&".join(f"account_ids=a{n}" for n in range(60))
    for path in (
        f"/items?{many}&kinds=mail&kinds=entry&unread=true&since=0&until=9&q=x&author=y",
        "/items/threads?" + many,
    ):
        status, answer, _ = await send(served, "GET", path)
        assert (status, answer["data"]) == (200, {"rows": [], "next_cursor": None})


async def test_files_have_their_type_and_name(served):
    status, content, headers = await send(served, "GET", "/items/export?bom=true")
    assert (status, content[:6], headers["Content-Type"]) == (200, b"\xef\xbb\xbfid,", "text/csv; charset=utf-8")
    assert headers["Content-Disposition"] == 'attachment; filename="items.csv"'
    status, content, headers = await send(served, "GET", "/items/export?format=json")
    assert (status, content, headers["Content-Disposition"]) == (200, [], 'attachment; filename="items.json"')


async def test_an_export_may_be_broken_off(served, profile):
    master, session = served
    columns = (
        "account_id, kind, key, title, text, author, url, thread, created_at, detected_at, stored_at, worker_id, how"
    )
    with closing(sqlite3.connect(profile / "watchkeeper.db", timeout=10)) as db, db:
        rows = [("a", "entry", str(n), "t", "x" * 60_000, "", "", "", 1, 1, 1, "w", "poll") for n in range(600)]
        db.executemany(f"INSERT INTO items ({columns}) VALUES ({', '.join('?' * 13)})", rows)
    headers = {"Authorization": f"Bearer {master.token}"}
    async with session.get(f"{master.url}{PREFIX}/items/export", headers=headers) as response:
        assert response.status == 200
        await response.content.readexactly(10)
        response.close()
    # It is answered as before, and nothing was logged as a fault.
    status, _, _ = await send(served, "GET", "/items?limit=1")
    assert status == 200


async def test_unknown_ids_and_taken_names(served):
    for method, path in (("GET", "/items/9/context"), ("DELETE", "/searches/9"), ("DELETE", "/searches/x")):
        status, answer, _ = await send(served, method, path)
        assert (status, answer["error"]["code"]) == (404, "ERR_NOT_FOUND"), path
    body = {"name": "One", "filter": {"q": "x", "unread": True}, "order": "unread_first"}
    status, answer, _ = await send(served, "POST", "/searches", body)
    assert status == 201
    assert answer["data"]["filter"] == {"q": "x", "unread": True}
    status, answer, _ = await send(served, "POST", "/searches", body)
    assert (status, list(answer["error"]["fields"])) == (409, ["name"])


async def test_a_client_token_reads_and_marks_but_keeps_nothing(served):
    master, _ = served
    for path in ("/items/threads", "/items/stats", "/items/index", "/searches", "/items/export"):
        assert (await send(served, "GET", path, token=master.client_token))[0] == 200, path
    assert (await send(served, "POST", "/items/read", {"q": "x"}, token=master.client_token))[0] == 200
    assert (await send(served, "POST", "/searches", {"name": "n", "filter": {}}, token=master.client_token))[0] == 403
    assert (await send(served, "DELETE", "/searches/1", token=master.client_token))[0] == 403
