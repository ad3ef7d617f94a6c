"""The overview over the wire: what it is asked with, who may see what."""

from pathlib import Path

import pytest

from master.api.client import MasterClient
from master.api.jobs import JobCreate
from master.api.overviews import Overview, OverviewQuery
from master.api.transports import ApiError
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master
from worker.protocol.codec import now_ms
from worker.protocol.states import JobState

HOUR_MS = 3_600_000


async def wrong(client: MasterClient, query: OverviewQuery, field: str) -> None:
    with pytest.raises(ApiError) as caught:
        await client.overview(query)
    assert (caught.value.status, list(caught.value.fields or {})) == (400, [field])


async def test_nothing_has_happened(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (_master, client):
        found = await client.overview(OverviewQuery(tz="Asia/Shanghai"))
        assert (found.points, found.check.measured, found.shown.p50_ms) == ([], 0, None)
        assert len(found.hours) == 24
        assert found.hours[0].at % HOUR_MS == 0
        assert (found.hours[0].at + 8 * HOUR_MS) % (24 * HOUR_MS) == 0
        assert (found.running, found.failed, found.missed, found.failed_total) == ([], [], [], 0)
        assert found.step_seconds == 600
        assert (found.backup.problem, found.update) == (None, None)
        assert (await client.overview(OverviewQuery(since=now_ms() - HOUR_MS))).step_seconds == 60
        far = await client.overview(OverviewQuery(since=0))
        assert far.since >= now_ms() - 169 * HOUR_MS
        await wrong(client, OverviewQuery(tz="Atlantis/Nowhere"), "tz")
        for query, field in (({"since": -1}, "since"), ({"seen_at": "soon"}, "seen_at"), ({"when": 1}, "when")):
            with pytest.raises(ApiError) as caught:
                await client._transport.call("GET", "/overview", Overview, query=query)
            assert (caught.value.status, list(caught.value.fields or {})) == (400, [field])


async def test_failed_jobs_until_they_are_seen_or_run_again(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile") as (master, client):
        spec = {"command": "false"}
        job = await client.create_job(JobCreate(name="breaks", runner="command", spec=spec, env={"KEY": "secret"}))

        async def ended(job_id: str) -> bool:
            return (await client.job(job_id)).state is JobState.FAILED

        await until(lambda: ended(job.id), what="the failure")
        found = await client.overview()
        assert ([one.id for one in found.failed], found.failed_total) == ([job.id], 1)
        assert (await client.overview(OverviewQuery(seen_at=now_ms()))).failed == []
        again = await client.resubmit_job(job.id)
        await until(lambda: ended(again.id), what="the second failure")
        assert [one.id for one in (await client.overview()).failed] == [again.id]
        token = master.client_token
        async with MasterClient(master.url, token) as reader:
            assert (await reader.overview()).failed[0].env == {"KEY": "•••"}
