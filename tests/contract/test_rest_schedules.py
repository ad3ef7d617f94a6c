"""The routes of schedules and credentials on a real master: plain HTTP, and the typed client."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from master.api.client import ApiError, MasterClient
from master.api.schema import (
    CredentialCreate,
    CredentialPatch,
    JobTemplate,
    ScheduleCreate,
    SchedulePatch,
    TokenCreate,
)
from master.app import Master
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "canary-91be"
JOB = {"runner": "command", "spec": {"command": "true"}}
BODY = {"name": "Nightly", "cron": "0 2 * * *", "time_zone": "Europe/Berlin", "job": JOB}
TEMPLATE = JobTemplate(runner="command", spec={"command": "true"})


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Master, MasterClient]]:
    # All threads are there before the first test, so that no test seems to leave one behind.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    await asyncio.to_thread(int)
    async with running_master(tmp_path_factory.mktemp("rest") / "profile", workers=False) as (master, client):
        await asyncio.gather(*(client.items() for _ in range(16)))
        # The first schedule waits until the catalogue is there.
        made = await client.create_schedule(ScheduleCreate(name="first", cron="0 0 1 1 *", job=TEMPLATE))
        await client.delete_schedule(made.id)
        yield master, client


@pytest_asyncio.fixture(loop_scope="module")
async def schedule_id(served: tuple[Master, MasterClient]) -> AsyncIterator[str]:
    _, client = served
    made = await client.create_schedule(
        ScheduleCreate(name="Nightly", cron="0 2 * * *", time_zone="Europe/Berlin", job=TEMPLATE)
    )
    yield made.id
    if made.id in {row.id for row in await client.schedules()}:
        await client.delete_schedule(made.id)


async def send(
    master: Master, method: str, path: str, body: Any = None, *, token: str | None = "admin"
) -> tuple[int, Any]:
    headers = {} if token is None else {"Authorization": f"Bearer {master.token if token == 'admin' else token}"}
    url = f"{master.url}/api/v1{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def fields_of(master: Master, method: str, path: str, body: Any) -> set[str]:
    """Expect 400, and return the fields that are wrong."""
    status, answer = await send(master, method, path, body)
    assert status == 400, answer
    assert answer["error"]["code"] == "ERR_INVALID"
    return set(answer["error"]["fields"])


async def refused(call: Any, status: int) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    assert caught.value.status == status
    return caught.value


# ---------------------------------------------------------------- schedules


async def test_the_life_of_a_schedule(served):
    _, client = served
    made = await client.create_schedule(
        ScheduleCreate(name="Report", cron="0 9 * * mon-fri", time_zone="Asia/Shanghai", job=TEMPLATE)
    )
    assert made.text == {"en": "At 09:00, Monday through Friday", "zh_CN": "在 09:00，星期一到星期五"}
    assert (made.enabled, made.misfire, made.overlap, made.version) == (True, "once", "skip", 1)
    assert made.next_at % 86_400_000 == 1 * 3_600_000
    assert await client.schedule(made.id) == made
    assert made in await client.schedules()
    off = await client.disable_schedule(made.id)
    assert (off.enabled, off.next_at) == (False, None)
    assert (await client.enable_schedule(made.id)).next_at == made.next_at
    job = await client.run_schedule(made.id)
    assert (job.schedule_id, job.name) == (made.id, "Report")
    await refused(client.run_schedule(made.id), 409)
    (run,) = (await client.schedule_runs(made.id)).rows
    assert (run.job_id, run.outcome) == (job.id, "started")
    assert (await client.schedule_runs(made.id, cursor=str(run.id))).rows == []
    shown = await client.schedule(made.id)
    assert (shown.last_job_id, shown.next_at) == (job.id, made.next_at)
    await client.cancel_job(job.id)

    async def cancelled():
        return (await client.schedule(made.id)).last_state == "CANCELLED"

    await until(cancelled)
    await client.delete_schedule(made.id)
    await refused(client.schedule(made.id), 404)
    assert (await client.job(job.id)).schedule_id == made.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cron": "61 * * * *"}, "cron"),
        ({"cron": "* * * *"}, "cron"),
        ({"cron": ""}, "cron"),
        ({"cron": "x" * 201}, "cron"),
        ({"cron": 5}, "cron"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"unknown": 1}, "unknown"),
        ({"misfire": "never"}, "misfire"),
        ({"misfire_limit": 0}, "misfire_limit"),
        ({"misfire_age_seconds": -1}, "misfire_age_seconds"),
        ({"overlap": "both"}, "overlap"),
        ({"jitter_seconds": 3601}, "jitter_seconds"),
        ({"long_seconds": "long"}, "long_seconds"),
        ({"notify": ["always"]}, "notify"),
        ({"enabled": 1}, "enabled"),
        ({"job": {"runner": "nobody"}}, "job.runner"),
        ({"job": {**JOB, "spec": {}}}, "job.spec.command"),
        ({"job": {**JOB, "spec": {"command": "true", "more": 1}}}, "job.spec.more"),
        ({"job": {**JOB, "time_limit": "soon"}}, "job.time_limit"),
        ({"job": {**JOB, "credential_id": "nobody"}}, "job.credential_id"),
        ({"job": {**JOB, "unknown": 1}}, "job.unknown"),
        ({"job": {**JOB, "cpus": 0}}, "job.cpus"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(served, schedule_id, change, field):
    master, client = served
    before = await client.schedules()
    assert await fields_of(master, "POST", "/schedules", BODY | change) == {field}
    assert await fields_of(master, "PATCH", f"/schedules/{schedule_id}", change) == {field}
    assert await client.schedules() == before


async def test_everything_that_is_wrong_is_said_at_once(served):
    master, _ = served
    wrong = {**BODY, "cron": "x", "time_zone": "x", "job": {"runner": "command", "spec": {}}}
    assert await fields_of(master, "POST", "/schedules", wrong) == {"cron", "time_zone", "job.spec.command"}
    assert await fields_of(master, "POST", "/schedules", {"name": "x", "cron": "* * * * *"}) == {"job"}


async def test_a_stale_version_is_refused(served, schedule_id):
    _, client = served
    first = await client.schedule(schedule_id)
    changed = await client.patch_schedule(schedule_id, SchedulePatch(name="Other", version=first.version))
    assert (changed.name, changed.version) == ("Other", first.version + 1)
    error = await refused(client.patch_schedule(schedule_id, SchedulePatch(name="x", version=first.version)), 409)
    assert error.code == "ERR_CONFLICT"
    assert (await client.patch_schedule(schedule_id, SchedulePatch(name="Last"))).name == "Last"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/schedules/nobody"),
        ("PATCH", "/schedules/nobody"),
        ("DELETE", "/schedules/nobody"),
        ("POST", "/schedules/nobody/run"),
        ("POST", "/schedules/nobody/enable"),
        ("POST", "/schedules/nobody/disable"),
        ("GET", "/schedules/nobody/runs"),
        ("PATCH", "/credentials/nobody"),
        ("DELETE", "/credentials/nobody"),
    ],
)
async def test_an_unknown_id(served, method, path):
    master, _ = served
    status, answer = await send(master, method, path, {} if method == "PATCH" else None)
    assert (status, answer["error"]["code"]) == (404, "ERR_NOT_FOUND")


async def test_a_token_is_needed_and_a_readers_token_only_reads(served, schedule_id):
    master, client = served
    secret_env = with_env(TEMPLATE, {"API_KEY": SECRET})
    await client.patch_schedule(schedule_id, SchedulePatch(job=secret_env))
    for path in ("/schedules", f"/schedules/{schedule_id}", "/credentials", "/schedules/preview?cron=*"):
        assert (await send(master, "GET", path, token=None))[0] == 401
    made = await client.create_token(TokenCreate(name="reader", scope="client"))
    async with MasterClient(master.url, str(made.token)) as reader:
        row = await reader.schedule(schedule_id)
        assert set(row.job.env) == {"API_KEY"}
        assert SECRET not in repr(row) + repr(await reader.schedules())
        assert (await client.schedule(schedule_id)).job.env == {"API_KEY": SECRET}
        await refused(reader.create_schedule(ScheduleCreate(name="x", cron="* * * * *", job=TEMPLATE)), 403)
        await refused(reader.run_schedule(schedule_id), 403)
        await refused(reader.create_credential(CredentialCreate(name="x", values={"a": "b"})), 403)


def with_env(template: JobTemplate, env: dict[str, str]) -> JobTemplate:
    return JobTemplate(runner=template.runner, spec=template.spec, env=env)


async def test_preview(served):
    master, client = served
    shown = await client.preview_schedule("*/15 9 * * 1", "UTC", 3)
    assert len(shown.next_at) == 3
    assert shown.next_at[1] - shown.next_at[0] == 900_000
    assert set(shown.text) == {"en", "zh_CN"}
    assert len((await client.preview_schedule("* * * * *")).next_at) == 5
    for query, field in (
        ("cron=61+*+*+*+*", "cron"),
        ("", "cron"),
        ("cron=*+*+*+*+*&tz=Mars", "tz"),
        ("cron=*+*+*+*+*&n=0", "n"),
        ("cron=*+*+*+*+*&n=101", "n"),
        ("cron=*+*+*+*+*&x=1", "x"),
    ):
        assert await fields_of(master, "GET", f"/schedules/preview?{query}", None) == {field}


async def test_lists_have_pages(served, schedule_id):
    _, client = served
    more = [
        await client.create_schedule(ScheduleCreate(name=f"n{number}", cron="0 0 1 1 *", job=TEMPLATE))
        for number in range(2)
    ]
    assert [row.id for row in await client.schedules()] == [schedule_id, *(row.id for row in more)]
    master, _ = served
    _, answer = await send(master, "GET", "/schedules?limit=2")
    assert len(answer["data"]["rows"]) == 2
    _, answer = await send(master, "GET", f"/schedules?limit=2&cursor={answer['data']['next_cursor']}")
    assert [row["id"] for row in answer["data"]["rows"]] == [more[1].id]
    assert await fields_of(master, "GET", f"/schedules/{schedule_id}/runs?cursor=x", None) == {"cursor"}
    for row in more:
        await client.delete_schedule(row.id)


# ---------------------------------------------------------------- credentials


async def test_credentials_are_write_only(served, schedule_id):
    master, client = served
    made = await client.create_credential(CredentialCreate(name="deploy", values={"token": SECRET, "user": "me"}))
    assert (made.name, made.fields) == ("deploy", ["token", "user"])
    assert made in await client.credentials()
    await client.patch_schedule(schedule_id, SchedulePatch(job=JobTemplate(**{**JOB, "credential_id": made.id})))
    error = await refused(client.delete_credential(made.id), 409)
    assert "Nightly" in error.message
    # New values need no other id, so a schedule goes on with them.
    changed = await client.patch_credential(made.id, CredentialPatch(values={"key": SECRET + "-2"}, version=1))
    assert (changed.id, changed.fields, changed.version) == (made.id, ["key"], 2)
    await refused(client.patch_credential(made.id, CredentialPatch(name="x", version=1)), 409)
    wrong = await fields_of(master, "PATCH", f"/credentials/{made.id}", {"values": {}, "more": 1})
    assert {"values", "more"} & set(wrong)
    await client.patch_schedule(schedule_id, SchedulePatch(job=TEMPLATE))
    answers = [(await send(master, "GET", path))[1] for path in ("/credentials", "/schedules", "/logs", "/jobs")]
    assert SECRET not in json.dumps(answers)
    await client.delete_credential(made.id)
    assert await client.credentials() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "x"}, "values"),
        ({"name": "x", "values": {}}, "values"),
        ({"name": "x", "values": {"a": 1}}, "values.a"),
        ({"name": "", "values": {"a": "b"}}, "name"),
        ({"name": "x", "values": {"a": "b"}, "more": 1}, "more"),
        ({"name": "x", "values": {"a": "b" * 65_000, "c": "d" * 600}}, "values"),
    ],
)
async def test_a_wrong_credential_is_refused(served, body, field):
    master, client = served
    found = await fields_of(master, "POST", "/credentials", body)
    assert {name.partition(".")[0] for name in found} == {field.partition(".")[0]}
    assert await client.credentials() == []


async def test_a_name_is_taken_once(served):
    _, client = served
    body = CredentialCreate(name="twice", values={"a": "b"})
    made = await client.create_credential(body)
    error = await refused(client.create_credential(body), 409)
    assert set(error.fields) == {"name"}
    await client.delete_credential(made.id)
