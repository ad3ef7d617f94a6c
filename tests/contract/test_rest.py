"""The REST API of a real master: what every route owes, and what the nouns answer."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from master.api.rows import Failure
from master.app import Master
from master.rest.calls import PREFIX, Route
from master.rest.middlewares import MAX_BODY_BYTES
from master.rest.routes import make_routes
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROUTES = make_routes(lambda: None)
IDS = [f"{route.method} {route.path}" for route in ROUTES]
SECRET = "canary-3f1c"

NEEDED = {"/schedules/preview": "?cron=*+*+*+*+*"}
"""What a route cannot be asked without."""

every_route = pytest.mark.parametrize("route", ROUTES, ids=IDS)


class Wire:
    """Plain HTTP to one master."""

    def __init__(self, master: Master, session: aiohttp.ClientSession) -> None:
        self.master = master
        self.session = session
        self.headers: dict[str, str] = {}

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        raw: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Return status and answer; ``token`` empty: the admin's, None: none."""
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {token or self.master.token}"
        data = json.dumps(body).encode() if body is not None else raw
        url = f"{self.master.url}{PREFIX}{path}"
        async with self.session.request(method, url, data=data, headers=given) as response:
            content = await response.read()
            self.headers = dict(response.headers)
            if "json" not in response.headers["Content-Type"]:
                return response.status, content.decode()
            return response.status, json.loads(content)

    async def refused(self, status: int, method: str, path: str, *args: Any, **more: Any) -> Failure:
        """Expect a refusal in its envelope, and return it."""
        found, answer = await self.send(method, path, *args, **more)
        assert found == status, answer
        assert set(answer) == {"success", "error"}
        assert answer["success"] is False
        failure = msgspec.convert(answer["error"], Failure)
        assert failure.message
        assert failure.request_id == self.headers["X-Request-ID"]
        return failure

    async def data(self, method: str, path: str, *args: Any, status: int = 200, **more: Any) -> Any:
        """Expect success, and return the data."""
        found, answer = await self.send(method, path, *args, **more)
        assert found == status, answer
        assert set(answer) == {"success", "data"}
        assert answer["success"] is True
        return answer["data"]

    async def knows_platforms(self) -> bool:
        """Tell whether the catalogue was read."""
        return bool((await self.data("GET", "/catalog"))["platforms"])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def wire(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wire]:
    profile = tmp_path_factory.mktemp("rest") / "profile"
    # All threads are there before the first test, so that no test seems to leave one behind.
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(1))
    await asyncio.to_thread(int)
    async with running_master(profile, workers=False) as (master, _), aiohttp.ClientSession() as session:
        made = Wire(master, session)
        await asyncio.gather(*(made.data("GET", "/items") for _ in range(16)))
        # What is started for the catalogue has ended before the first test.
        await until(made.knows_platforms, what="the catalogue")
        yield made


def path_of(route: Route) -> str:
    return re.sub(r"{\w+}", "7", route.path)


# ---------------------------------------------------------------- what every route owes


async def test_the_description_has_every_route_and_every_type(wire: Wire) -> None:
    status, document = await wire.send("GET", "/openapi.json")
    assert status == 200
    described = {(path, method.upper()) for path, one in document["paths"].items() for method in one}
    assert described == {(PREFIX + route.path, route.method) for route in ROUTES}
    text = json.dumps(document)
    for name in re.findall(r"#/components/schemas/([\w.-]+)", text):
        assert name in document["components"]["schemas"]
    account = document["components"]["schemas"]["Account"]
    assert "credentials" not in account["properties"]
    assert "has_credentials" in account["properties"]


async def test_the_page_shows_every_route_and_loads_nothing(wire: Wire) -> None:
    status, page = await wire.send("GET", "/docs")
    assert status == 200
    for route in ROUTES:
        assert f"<code>{PREFIX}{route.path}</code>" in page
    assert not re.search(r"(src|href)=[\"']?(https?:|//)|<script|@import|url\(", page)
    assert wire.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_a_browser_can_open_the_page_with_the_token_as_password_and_nothing_else(wire: Wire) -> None:
    password = aiohttp.encode_basic_auth("me", wire.master.token)
    assert (await wire.send("GET", "/docs", token=None, headers={"Authorization": password}))[0] == 200
    await wire.refused(401, "GET", "/status", token=None, headers={"Authorization": password})
    await wire.refused(401, "GET", "/docs", token=None, headers={"Authorization": "Basic %%%"})
    assert wire.headers["WWW-Authenticate"].startswith("Basic ")


@every_route
async def test_a_token_is_needed(wire: Wire, route: Route) -> None:
    if route.scope == "open":
        assert (await wire.data(route.method, path_of(route), token=None))["status"] == "ok"
        return
    for token in (None, "wrong", wire.master.token[:-1], "é"):
        failure = await wire.refused(401, route.method, path_of(route), token=token)
        assert failure.code == "ERR_UNAUTHORIZED"
        assert "WWW-Authenticate" in wire.headers


@every_route
async def test_a_client_token_reads_and_marks_only(wire: Wire, route: Route) -> None:
    reading = r"^/items/(read|{item_id})$|/(snooze|dismiss)$|^/notifications/(read|clear)$|^/snoozes|^/rules/test$"
    writes = route.method != "GET" and not re.search(reading, route.path)
    assert (route.scope == "admin") is writes
    if writes:
        failure = await wire.refused(403, route.method, path_of(route), {}, token=wire.master.client_token)
        assert failure.code == "ERR_FORBIDDEN"
    elif route.method == "GET":
        query = NEEDED.get(route.path, "")
        assert (await wire.send("GET", path_of(route) + query, token=wire.master.client_token))[0] in (200, 404)


@every_route
async def test_foreign_names_and_pages_are_refused(wire: Wire, route: Route) -> None:
    port = wire.master.url.rpartition(":")[2]
    for name, value in (
        ("Host", f"attacker.example:{port}"),
        ("Host", "127.0.0.1:1"),
        ("Host", "localhost"),
        ("Origin", "https://attacker.example"),
        ("Origin", "null"),
        ("Origin", "http://127.0.0.1:1"),
    ):
        failure = await wire.refused(403, route.method, path_of(route), headers={name: value})
        assert failure.code == "ERR_FORBIDDEN"


@every_route
async def test_a_wrong_body_is_refused_by_field(wire: Wire, route: Route) -> None:
    path = path_of(route)
    if route.stream:
        # A file: its own tests say what is none.
        assert (await wire.refused(400, route.method, path, raw=b"")).fields
        return
    if route.body is None:
        if route.method != "GET" and path != "/shutdown":
            assert "nonsense" in (await wire.refused(400, route.method, path, {"nonsense": 1})).fields
        return
    for raw in (b"{", b"\xff", b'{"a":\xff}', b"NaN", b'{"a":' * 20_000):
        failure = await wire.refused(400, route.method, path, raw=raw)
        assert failure.code == "ERR_INVALID"
    for whole in ([], 7, "x", True):
        assert "body" in (await wire.refused(400, route.method, path, whole)).fields
    assert "nonsense" in (await wire.refused(400, route.method, path, {"nonsense": 1})).fields
    for name in msgspec.structs.fields(route.body):
        failure = await wire.refused(400, route.method, path, {name.encode_name: [[1]]})
        assert any(field.split(".")[0] == name.encode_name for field in failure.fields), failure.fields
        assert failure.texts.keys() == failure.fields.keys()


@every_route
async def test_a_body_that_is_too_large_is_refused(wire: Wire, route: Route) -> None:
    if route.body is None:
        return
    failure = await wire.refused(413, route.method, path_of(route), raw=io.BytesIO(b" " * (MAX_BODY_BYTES + 1)))
    assert failure.code == "ERR_TOO_LARGE"


async def test_a_body_of_unknown_length_is_limited_too(wire: Wire) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 65_536 + 2):
            yield b" " * 65_536

    await wire.refused(413, "POST", "/accounts", raw=chunks())


@every_route
async def test_an_unknown_parameter_is_refused(wire: Wire, route: Route) -> None:
    if path_of(route) == "/shutdown":
        return
    failure = await wire.refused(400, route.method, f"{path_of(route)}?nonsense=1")
    assert "nonsense" in failure.fields


@pytest.mark.parametrize("path", ["/accounts", "/items", "/notifications", "/logs"])
@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "", "1.5", "1&limit=2"])
async def test_a_wrong_limit_is_refused(wire: Wire, path: str, limit: str) -> None:
    assert "limit" in (await wire.refused(400, "GET", f"{path}?limit={limit}")).fields


async def test_wrong_methods_and_paths_are_refused_in_the_envelope(wire: Wire) -> None:
    failure = await wire.refused(405, "PUT", "/status")
    assert wire.headers["Allow"] == "GET"
    assert failure.code == "ERR_METHOD"
    for path in ("/nothing", "/accounts/a/b/c", "/../../etc/passwd", ""):
        assert (await wire.refused(404, "GET", path)).code == "ERR_NOT_FOUND"


async def test_the_request_id_is_kept_and_a_bad_one_replaced(wire: Wire) -> None:
    await wire.data("GET", "/status", headers={"X-Request-ID": "mine-1"})
    assert wire.headers["X-Request-ID"] == "mine-1"
    for bad in ("x" * 65, "a b", "<b>", "é"):
        await wire.data("GET", "/status", headers={"X-Request-ID": bad})
        assert re.fullmatch(r"[0-9a-f]{32}", wire.headers["X-Request-ID"])


# ---------------------------------------------------------------- the nouns


async def test_status_and_health(wire: Wire) -> None:
    status = await wire.data("GET", "/status")
    assert status["scheduling"].keys() == {"total_accounts", "assigned_accounts", "unassigned_accounts"}
    assert status["jobs"] == {"pending": 0, "running": 0}
    for path in ("/readiness", "/liveness", "/health"):
        assert (await wire.data("GET", path))["status"] == "ok"
    assert (await wire.data("GET", "/beats")).keys() == {"accounts", "workers"}
    assert (await wire.data("GET", "/clients")) == {"rows": [], "next_cursor": None, "total": 0}
    assert (await wire.data("GET", "/logs?level=info&limit=5"))["rows"]


async def test_the_life_of_an_account(wire: Wire) -> None:
    body = {
        "platform": "feed",
        "name": "News",
        "settings": {"url": "http://127.0.0.1:9/feed"},
        "credentials": {"username": "me", "password": SECRET},
    }
    made = await wire.data("POST", "/accounts", body, status=201)
    path = f"/accounts/{made['id']}"
    assert made["has_credentials"] is True
    changed = await wire.data("PATCH", path, {"name": "Olds", "version": made["version"]})
    assert changed["name"] == "Olds"
    assert (await wire.refused(409, "PATCH", path, {"name": "x", "version": made["version"]})).code == "ERR_CONFLICT"
    assert (await wire.data("POST", f"{path}/pause"))["state"] == "paused"
    await wire.refused(409, "POST", f"{path}/check")
    assert (await wire.data("POST", f"{path}/resume"))["state"] == "pending"
    signed = await wire.data("PUT", f"{path}/credentials", {"credentials": {"username": "me", "password": SECRET}})
    assert signed["has_credentials"] is True
    everything = [
        (await wire.send("GET", one))[1]
        for one in (path, "/accounts", "/assignments", "/logs", "/catalog", "/notifications", "/items", "/beats")
    ]
    assert SECRET not in json.dumps([made, changed, signed, everything])
    report = await wire.data("POST", "/accounts/batch", {"action": "pause", "account_ids": [made["id"], "nobody"]})
    assert (report["success"], report["failure"]) == (1, 1)
    await wire.data("DELETE", f"{path}?keep_history=false")
    await wire.refused(404, "GET", path)
    await wire.refused(404, "DELETE", path)


async def test_what_is_wrong_with_an_account_stands_beside_its_field(wire: Wire) -> None:
    body = {"platform": "feed", "name": "x", "settings": {"url": 7, "password": SECRET}, "interval_seconds": 1}
    assert set((await wire.refused(400, "POST", "/accounts", body)).fields) == {"interval_seconds"}
    failure = await wire.refused(400, "POST", "/accounts", {**body, "interval_seconds": 30})
    assert {"settings.url", "settings.password"} <= set(failure.fields)
    assert SECRET not in json.dumps(msgspec.to_builtins(failure))
    assert (await wire.refused(400, "POST", "/accounts", {"platform": "nope", "name": "x"})).fields.keys() == {
        "platform"
    }
    assert "settings.url" in (await wire.refused(400, "POST", "/accounts/test", {"platform": "feed"})).fields
    whole = {"platform": "feed", "settings": {"url": "http://127.0.0.1:9/"}}
    assert (await wire.refused(503, "POST", "/accounts/test", whole)).code == "ERR_NO_WORKER"


async def test_accounts_come_page_by_page(wire: Wire) -> None:
    ids = set()
    for number in range(3):
        settings = {"url": f"http://127.0.0.1:9/{number}"}
        body = {"platform": "feed", "name": f"n{number}", "settings": settings, "tags": ["pages"]}
        ids.add((await wire.data("POST", "/accounts", body, status=201))["id"])
    first = await wire.data("GET", "/accounts?limit=2&q=pages")
    assert (len(first["rows"]), first["total"]) == (2, 3)
    second = await wire.data("GET", f"/accounts?limit=2&q=pages&cursor={first['next_cursor']}")
    assert second["next_cursor"] is None
    assert {row["id"] for row in first["rows"] + second["rows"]} == ids
    assert "cursor" in (await wire.refused(400, "GET", "/accounts?cursor=x")).fields
    for one in ids:
        await wire.data("DELETE", f"/accounts/{one}")


EXAMPLE = (
    '{"worker_id":"worker-1","name":"Main worker","deployment_type":"local","host":"localhost","port":4001,'
    '"max_accounts":10,"auto_start":true,"auto_restart":true}'
)


async def test_a_worker_is_configured(wire: Wire) -> None:
    made = await wire.data("POST", "/worker-configs", raw=EXAMPLE.encode(), status=201)
    assert (made["max_accounts"], made["restart_delay_ms"], made["max_restart_attempts"]) == (10, 1000, 3)
    failure = await wire.refused(409, "POST", "/worker-configs", raw=EXAMPLE.encode())
    assert "worker_id" in failure.fields
    another = {**json.loads(EXAMPLE), "worker_id": "worker-2"}
    for field, value in (("worker_id", "../x"), ("port", 0), ("name", ""), ("deployment_type", "moon")):
        failure = await wire.refused(400, "POST", "/worker-configs", {**another, field: value})
        assert field in failure.fields
    changed = await wire.data("PATCH", "/worker-configs/worker-1", {"max_accounts": 20, "version": made["version"]})
    await wire.refused(409, "PATCH", "/worker-configs/worker-1", {"max_accounts": 30, "version": made["version"]})
    assert (await wire.data("GET", "/worker-configs/worker-1"))["max_accounts"] == changed["max_accounts"] == 20
    assert "worker-1" in [row["worker_id"] for row in (await wire.data("GET", "/worker-configs"))["rows"]]
    await wire.data("PATCH", "/worker-configs/worker-1", {"env": {"API_KEY": SECRET}})
    for path in ("/worker-configs", "/worker-configs/worker-1"):
        assert SECRET in json.dumps(await wire.data("GET", path))
        reader = json.dumps(await wire.data("GET", path, token=wire.master.client_token))
        assert "API_KEY" in reader
        assert SECRET not in reader
    summary = await wire.data("GET", "/worker-configs/stats/summary")
    assert summary["total"] == summary["deployment_types"]["local"]
    assert (await wire.data("GET", "/workers/worker-1/status"))["status"] == "stopped"
    assert (await wire.data("POST", "/workers/worker-1/stop"))["status"] == "stopped"
    assert (await wire.data("GET", "/workers/worker-1/logs?tail=5"))["rows"] == []
    order = {"action": "stop", "worker_ids": ["worker-1", "nobody"]}
    report = await wire.data("POST", "/workers/batch", order)
    assert [(one["worker_id"], one["success"]) for one in report["results"]] == [("worker-1", True), ("nobody", False)]
    assert (await wire.refused(400, "GET", "/workers/worker-1/logs?tail=0")).fields.keys() == {"tail"}
    await wire.data("DELETE", "/worker-configs/worker-1")
    await wire.refused(404, "GET", "/worker-configs/worker-1")


async def test_items_and_notifications(wire: Wire) -> None:
    filters = "account_id=a&kind=mail&unread=true&q=x&since=0&until=5&ids=1&ids=2"
    assert (await wire.data("GET", f"/items?{filters}"))["rows"] == []
    for wrong in ("kind=moon", "unread=maybe", "since=-1", "until=99999999999999999999", "ids=0"):
        failure = await wire.refused(400, "GET", f"/items?{wrong}")
        assert list(failure.fields) == [wrong.partition("=")[0]]
    assert await wire.data("POST", "/items/read", {"unread": True}, token=wire.master.client_token) == {"count": 0}
    for path in ("/items/1", "/items/99999999999999999999", "/items/x", "/items/1/trace", "/items/-1"):
        assert (await wire.refused(404, "GET", path)).code == "ERR_NOT_FOUND"
    await wire.refused(404, "PATCH", "/items/1", {"read": True}, token=wire.master.client_token)
    await wire.refused(404, "POST", "/notifications/1/snooze", token=wire.master.client_token)
    await wire.refused(404, "POST", "/notifications/1/dismiss", token=wire.master.client_token)
    assert "seconds" in (await wire.refused(400, "POST", "/notifications/1/snooze", {"seconds": 1})).fields


async def test_a_named_token_opens_until_it_is_revoked(wire: Wire) -> None:
    made = await wire.data("POST", "/tokens", {"name": "phone", "scope": "client"}, status=201)
    await wire.data("GET", "/status", token=made["token"])
    await wire.refused(403, "PATCH", "/settings", {}, token=made["token"])
    assert made["token"] not in json.dumps(await wire.data("GET", "/tokens"))
    await wire.data("DELETE", f"/tokens/{made['id']}")
    await wire.refused(401, "GET", "/status", token=made["token"])
    await wire.refused(404, "DELETE", f"/tokens/{made['id']}")


async def test_settings_change_as_a_whole_or_not_at_all(wire: Wire) -> None:
    before = await wire.data("GET", "/settings")
    assert "heartbeat_seconds" in (await wire.refused(400, "PATCH", "/settings", {"heartbeat_seconds": 0.5})).fields
    body = {"item_burst_limit": 9, "offline_after_seconds": 5}
    assert "offline_after_seconds" in (await wire.refused(400, "PATCH", "/settings", body)).fields
    assert await wire.data("GET", "/settings") == before
    assert (await wire.data("PATCH", "/settings", {"item_burst_limit": 9}))["item_burst_limit"] == 9


async def test_two_workers_of_one_name_and_two_changes_of_one_version(wire: Wire) -> None:
    body = {"worker_id": "twice", "name": "Twice"}
    answers = await asyncio.gather(*(wire.send("POST", "/worker-configs", body) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [201, 409, 409]
    changes = [{"name": "Other", "version": 1}, {"max_accounts": 7, "version": 1}]
    answers = await asyncio.gather(*(wire.send("PATCH", "/worker-configs/twice", change) for change in changes))
    assert sorted(status for status, _ in answers) == [200, 409]
    await asyncio.gather(
        *(
            wire.data("PATCH", "/worker-configs/twice", {key: value})
            for key, value in {"name": "Both", "max_accounts": 9}.items()
        )
    )
    both = await wire.data("GET", "/worker-configs/twice")
    assert (both["name"], both["max_accounts"]) == ("Both", 9)
    await wire.data("DELETE", "/worker-configs/twice")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"worker_id": "line\n"}, "worker_id"),
        ({"working_directory": "/" + "x" * 5000}, "working_directory"),
        ({"working_directory": "/tmp\u0000"}, "working_directory"),
        ({"max_accounts": 0}, "max_accounts"),
        ({"max_accounts": -1}, "max_accounts"),
        ({"max_accounts": 10**9}, "max_accounts"),
        ({"max_accounts": 10**400}, "max_accounts"),
    ],
)
async def test_what_is_wrong_with_a_worker_stands_beside_its_field(
    wire: Wire, change: dict[str, Any], field: str
) -> None:
    failure = await wire.refused(400, "POST", "/worker-configs", {"worker_id": "w", "name": "W", **change})
    assert field in failure.fields


async def test_a_number_without_end_is_a_fault_of_its_field(wire: Wire) -> None:
    settings = {"host": "h", "username": "u", "port": 10**400}
    failure = await wire.refused(400, "POST", "/accounts", {"platform": "imap", "name": "x", "settings": settings})
    assert "settings.port" in failure.fields


async def test_short_lists_have_pages_too(wire: Wire) -> None:
    for name in ("page-1", "page-2", "page-3"):
        await wire.data("POST", "/worker-configs", {"worker_id": name, "name": name}, status=201)
    for path, key in (("/worker-configs", "worker_id"), ("/workers", "worker_id")):
        whole = [row[key] for row in (await wire.data("GET", path))["rows"]]
        found, cursor = [], ""
        while cursor is not None:
            page = await wire.data("GET", f"{path}?limit=2" + (f"&cursor={cursor}" if cursor else ""))
            assert len(page["rows"]) <= 2
            assert page["total"] == len(whole)
            found += [row[key] for row in page["rows"]]
            cursor = page["next_cursor"]
        assert found == whole
        await wire.refused(400, "GET", f"{path}?cursor=nobody")
    for name in ("page-1", "page-2", "page-3"):
        await wire.data("DELETE", f"/worker-configs/{name}")
    for path in ("/assignments", "/clients", "/tokens"):
        assert (await wire.data("GET", f"{path}?limit=1"))["next_cursor"] is None


async def test_bodies_that_never_come_keep_nobody_waiting(wire: Wire) -> None:
    host, port = wire.master.url.removeprefix("http://").split(":")
    head = f"GET {PREFIX}/health HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 5\r\n\r\n".encode()
    late = head.replace(b"GET", b"POST").replace(b"/health", b"/shutdown")
    writers: list[asyncio.StreamWriter] = []
    before = _connections()
    try:
        for number in range(300):
            _reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(head if number % 2 else late)
            writers.append(writer)
        assert (await wire.data("GET", "/status"))["version"]
    finally:
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
        await until(lambda: _connections() <= before)


def _connections() -> int:
    return sum("RequestHandler.start" in repr(task) for task in asyncio.all_tasks())
