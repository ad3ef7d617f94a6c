"""Schedules of a real master with real workers: killed again and again, no moment is lost and none runs twice."""

import asyncio
import itertools
import json
import random

from master.api.client import MasterClient
from master.api.schema import CredentialCreate, JobTemplate, ScheduleCreate, SchedulePatch
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master, serving

EVERY_SECOND = ScheduleCreate(
    name="tick",
    cron="* * * * * *",
    time_zone="UTC",
    job=JobTemplate(runner="command", spec={"command": "true"}),
    misfire="all",
    misfire_limit=100,
    overlap="parallel",
)


async def pages(call, *args, **more):
    """Return all rows of a list."""
    rows, cursor = [], None
    while True:
        page = await call(*args, limit=500, cursor=cursor, **more)
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return rows


async def test_a_master_that_is_killed_again_and_again_runs_each_moment_once(profile):
    chance = random.Random(4)
    with serving(profile) as serve:
        schedule_id, first = "", 0
        for life in range(4):
            if life:
                serve.kill()
                serve.start()
            known = serve_url(profile)
            async with MasterClient(*known) as client:
                if not life:
                    made = await client.create_schedule(EVERY_SECOND)
                    schedule_id, first = made.id, made.next_at

                async def goes_on(client=client, schedule_id=schedule_id, before=life):
                    return len((await client.schedule_runs(schedule_id)).rows) > before

                await until(goes_on)
                await asyncio.sleep(chance.uniform(0.9, 1.4))
        async with MasterClient(*serve_url(profile)) as client:
            await client.patch_schedule(schedule_id, SchedulePatch(cron="0 0 1 1 *"))

            async def all_ended():
                return all(job.ended_at for job in await pages(client.jobs, schedule_id=schedule_id))

            await until(all_ended)
            runs = await pages(client.schedule_runs, schedule_id)
            jobs = await pages(client.jobs, schedule_id=schedule_id)
    planned = sorted(run.planned_at for run in runs)
    assert planned == list(range(first, planned[-1] + 1, 1000))
    assert {run.outcome for run in runs} == {"started"}
    assert sorted(run.job_id for run in runs) == sorted(job.id for job in jobs)
    # One that was given to a worker and never began there was given out once more.
    assert {job.state for job in jobs} == {"COMPLETED"}


def serve_url(profile):
    """Return where the master listens, and its token."""
    known = json.loads((profile / "master.json").read_text())
    return known["url"], known["token"]


async def test_a_queue_a_replacement_and_a_credential(profile):
    async with running_master(profile) as (_master, client):
        secret = await client.create_credential(CredentialCreate(name="c", values={"token": "canary-08"}))
        say = {"command": "python3", "args": ["-c", "import sys, json; print(sorted(json.load(sys.stdin)))"]}
        reader = await client.create_schedule(
            ScheduleCreate(
                name="reader",
                cron="0 0 1 1 *",
                job=JobTemplate(runner="command", spec=say, credential_id=secret.id),
            )
        )
        sleeper = await client.create_schedule(
            ScheduleCreate(
                name="sleeper",
                cron="* * * * * *",
                overlap="replace",
                job=JobTemplate(runner="command", spec={"command": "sleep", "args": ["60"]}),
            )
        )
        job = await client.run_schedule(reader.id)

        async def read_it():
            piece = await client.job_output(job.id)
            return piece.text if piece.complete else ""

        assert await until(read_it) == "['token']\n"

        async def replaced():
            jobs = await pages(client.jobs, schedule_id=sleeper.id)
            return [one for one in jobs if one.reason == "replaced"]

        await until(replaced)
        await client.disable_schedule(sleeper.id)
        for one in await pages(client.jobs, schedule_id=sleeper.id):
            await client.cancel_job(one.id, force=True)
        spans = sorted(
            (one.started_at, one.ended_at)
            for one in await pages(client.jobs, schedule_id=sleeper.id)
            if one.started_at and one.ended_at
        )
        # Never two at once.
        assert all(earlier[1] <= later[0] for earlier, later in itertools.pairwise(spans))
