"""The outside of workers that are started elsewhere, on a real master without workers of its own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from master.api.client import ApiError, MasterClient
from master.api.schema import (
    JobCreate,
    JobTemplate,
    ScheduleCreate,
    Token,
    TokenCreate,
    WorkerBatch,
    WorkerConfigCreate,
)
from master.app import Master
from master.rest.routes import PREFIX, make_routes
from tests.helpers.masters import running_master
from worker.protocol.codec import now_ms

JOB = {"runner": "command", "spec": {"command": "true"}}


class Outside:
    """A master with the worker ``away``, and a token of it."""

    def __init__(self, master: Master, client: MasterClient) -> None:
        self.master = master
        self.client = client
        self.made: Token

    @property
    def token(self) -> str:
        assert isinstance(self.made.token, str)
        return self.made.token


@pytest.fixture
async def outside(profile: Path) -> AsyncIterator[Outside]:
    async with running_master(profile, workers=False) as (master, client):
        made = Outside(master, client)
        await client.create_worker_config(
            WorkerConfigCreate(worker_id="away", name="Away", deployment_type="external", labels=["far"])
        )
        made.made = await client.create_token(TokenCreate(name="t", scope="worker", worker_id="away"))
        yield made


async def refused(call: Any, status: int) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    assert caught.value.status == status
    return caught.value


async def test_what_it_is_and_what_it_is_not(outside: Outside) -> None:
    client = outside.client
    kinds = {one.id: one.title.code for one in (await client.catalog()).deployments}
    assert kinds == {"local": "deployment_local", "external": "deployment_external"}
    assert (await client.worker_config_summary()).deployment_types == {"local": 2, "external": 1}
    row = await client.worker_status("away")
    assert row.status_text is not None
    assert (row.status, row.host, row.status_text.code) == ("stopped", "", "worker_not_joined")

    error = await refused(client.start_worker("away"), 409)
    assert f"--connect {outside.master.url} --id away" in str(error)
    await refused(client.restart_worker("away", True, 1000), 409)
    report = await client.batch_workers(WorkerBatch(action="start", worker_ids=["away"]))
    assert report.results[0].error is not None
    assert report.results[0].error.code == "worker_starts_elsewhere"
    assert (await client.stop_worker("away", True, 1000)).status == "stopped"


async def test_it_takes_no_jobs(outside: Outside) -> None:
    client = outside.client
    jobs = (JobCreate(**JOB, worker_id="away"), JobCreate(**JOB, worker_label="far"))
    for body, field in zip(jobs, ("worker_id", "worker_label"), strict=True):
        assert set((await refused(client.create_job(body), 400)).fields) == {field}
    timed = ScheduleCreate(name="s", cron="0 2 * * *", job=JobTemplate(**JOB, worker_id="away"))
    error = await refused(client.create_schedule(timed), 400)
    (field,) = error.fields
    assert field.endswith("worker_id")
    assert {row.worker_id for row in (await client.job_resources()).workers} == {"local-1", "local-2"}


async def test_tokens_name_one_worker_that_is_started_elsewhere(outside: Outside) -> None:
    client = outside.client
    wrong = [
        ({"scope": "worker"}, "token_worker_missing"),
        ({"scope": "worker", "worker_id": "nobody"}, "worker_unknown"),
        ({"scope": "worker", "worker_id": "local-1"}, "token_worker_local"),
        ({"scope": "client", "worker_id": "away"}, "token_worker_scope"),
        ({"scope": "admin", "worker_id": "away"}, "token_worker_scope"),
    ]
    for given, code in wrong:
        error = await refused(client.create_token(TokenCreate(name="x", **given)), 400)
        assert {name: words.code for name, words in error.texts.items()} == {"worker_id": code}
    (listed,) = await client.tokens()
    assert (listed.scope, listed.worker_id, bool(listed.token)) == ("worker", "away", False)
    await client.delete_worker_config("away")
    assert await client.tokens() == []
    actions = [(row.action, row.subject_name) for row in (await client.audit()).rows]
    assert ("token_created", "t") in actions
    assert ("token_revoked", "t") in actions


@pytest.mark.expects_log("refused")
async def test_its_token_opens_nothing_else(outside: Outside) -> None:
    headers = {"Authorization": f"Bearer {outside.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for route in make_routes(lambda: None):
            path = route.path.replace("{", "").replace("}", "")
            async with session.request(route.method, f"{outside.master.url}{PREFIX}{path}") as response:
                # Of what browsers show, a person is asked for another one.
                refused_with = 401 if route.document else 403
                assert response.status == (200 if route.scope == "open" else refused_with), route
    for namespace in ("/admin", "/client"):
        told: list[Any] = []
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("connect_error", told.append, namespace=namespace)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await socket.connect(outside.master.url, auth={"token": outside.token}, namespaces=[namespace])
        assert told[0]["message"] == f"a worker token does not open {namespace}"


@pytest.mark.expects_log("refused")
async def test_it_opens_the_door_of_its_worker_alone(outside: Outside) -> None:
    socket = socketio.AsyncClient(reconnection=False)
    await socket.connect(outside.master.url, auth={"token": outside.token}, namespaces=["/worker"])
    payload = {"worker_id": "local-1", "host": "h", "pid": 1, "version": "1", "protocol": 1, "platforms": []}
    envelope = {"type": "worker:register", "version": "v1", "payload": payload, "timestamp": now_ms(), "request_id": ""}
    answer = await socket.call("message", envelope, namespace="/worker", timeout=60)
    assert answer["error"]["code"] == "ERR_AUTH_FAILED"
    await socket.disconnect()
