"""The gate: what becomes of errors, and of too many requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from master.context import request_id
from master.errors import Conflict, TooBusy, Unavailable
from master.rest import middlewares
from master.rest.hosts import Hosts
from master.rest.middlewares import Gate
from worker.protocol.texts import text

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class World:
    """An application of one handler behind the gate."""

    def __init__(self) -> None:
        self.handler: Handler
        self.url = ""
        self.session: aiohttp.ClientSession
        tokens: Any = SimpleNamespace(scope_of={"good": "admin"}.get, actor_of=lambda _token: "token:good")
        gate = Gate(tokens, open_paths=["/open"], page_paths=[], hosts=Hosts())

        @web.middleware
        async def gated(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await gate.pass_on(request, handler)

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.handler(request)

        self.app = web.Application(middlewares=[gated])
        self.app.router.add_get("/{path:.*}", handle)

    async def get(self, path: str = "/x", token: str = "good", **headers: str) -> tuple[int, Any, dict[str, str]]:
        given = {"Authorization": f"Bearer {token}", **headers}
        async with self.session.get(self.url + path, headers=given) as response:
            return response.status, await response.json(), dict(response.headers)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    runner = web.AppRunner(made.app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as made.session:
        yield made
    await runner.cleanup()


def raising(error: BaseException) -> Handler:
    async def handle(_request: web.Request) -> web.StreamResponse:
        raise error

    return handle


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Conflict(text("version_stale")), 409, "ERR_CONFLICT"),
        (Unavailable(text("worker_none_online"), code="ERR_NO_WORKER"), 503, "ERR_NO_WORKER"),
        (TooBusy(text("request_too_many", seconds=7), retry_after=7), 429, "ERR_TOO_BUSY"),
        (web.HTTPNotFound(), 404, "ERR_NOT_FOUND"),
        (web.HTTPUnsupportedMediaType(), 415, "ERR_REFUSED"),
    ],
)
async def test_errors_become_answers(world: World, error: Exception, status: int, code: str) -> None:
    world.handler = raising(error)
    found, answer, headers = await world.get(**{"X-Request-ID": "r1"})
    assert (found, answer["error"]["code"], answer["error"]["request_id"]) == (status, code, "r1")
    assert headers["X-Request-ID"] == "r1"
    assert headers.get("Retry-After") == ("7" if status == 429 else None)


@pytest.mark.expects_log(r"(?s)ERROR master\.rest\.middlewares GET /x failed.*ZeroDivisionError: secret detail")
async def test_a_fault_of_ours_is_logged_with_its_traceback_and_tells_nobody_more(world: World) -> None:
    world.handler = raising(ZeroDivisionError("secret detail"))
    status, answer, _ = await world.get(**{"X-Request-ID": "r1"})
    assert (status, answer["error"]["code"]) == (500, "ERR_INTERNAL")
    assert "r1" in answer["error"]["message"]
    assert "secret detail" not in str(answer)


async def test_the_request_id_belongs_to_one_request(world: World) -> None:
    seen: list[str] = []

    async def handle(_request: web.Request) -> web.StreamResponse:
        seen.append(request_id.get())
        return web.json_response({})

    world.handler = handle
    await world.get(**{"X-Request-ID": "r1"})
    await world.get()
    assert seen[0] == "r1"
    assert len(seen[1]) == 32
    assert request_id.get() == ""


async def test_too_many_at_the_same_time_are_told_to_come_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middlewares, "MAX_UNDER_WAY", 8)
    gone_on = asyncio.Event()
    entered = 0

    async def handle(_request: web.Request) -> web.StreamResponse:
        nonlocal entered
        entered += 1
        await gone_on.wait()
        return web.json_response({})

    world.handler = handle
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(world.get()) for _ in range(8)]
        async with asyncio.timeout(60):
            while entered < 8:
                await asyncio.sleep(0.01)
        status, answer, headers = await world.get()
        assert (status, answer["error"]["code"], headers["Retry-After"]) == (429, "ERR_TOO_BUSY", "1")
        gone_on.set()
    assert {task.result()[0] for task in waiting} == {200}
    assert (await world.get())[0] == 200
