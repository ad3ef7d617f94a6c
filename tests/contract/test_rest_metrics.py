"""Figures over the wire: health, metrics and overview of workers, and the text for Prometheus."""

import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from master.api.client import MasterClient
from master.api.schema import SettingsPatch
from master.api.transports import ApiError
from master.app import Master
from master.rest.calls import PREFIX
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master, workers_run
from worker.protocol.codec import now_ms

HEALTH_CHECKS = ["process", "heartbeat", "lease", "memory", "cpu", "errors", "backlog"]


async def exposed(master: Master, token: str) -> tuple[aiohttp.ClientResponse, str]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{master.url}{PREFIX}/metrics", headers=headers) as response,
    ):
        return response, await response.text()


def families_of(content: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Return ``name → label values → value`` of every sample, as Prometheus itself would read it."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(content):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


async def refused(call: object, status: int) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call  # type: ignore[misc]
    assert caught.value.status == status
    return caught.value


async def _has_workers(client: MasterClient, count: int) -> bool:
    return len(await client.workers()) == count


async def test_without_workers(tmp_path: Path) -> None:
    async with running_master(tmp_path / "profile", workers=False) as (master, client):
        await until(lambda: _has_workers(client, 2), what="the default workers")
        health = await client.worker_health("local-1")
        assert list(health.checks) == HEALTH_CHECKS
        assert (health.healthy, health.status) == (False, "dead")
        assert not health.checks["process"].ok
        assert "stopped" in health.checks["process"].text.message
        metrics = await client.worker_metrics("local-1")
        assert metrics.points == []
        assert metrics.step_seconds == 10
        overview = await client.worker_overview()
        assert (overview.total, overview.online, overview.capacity) == (2, 0, 1000)
        assert overview.cpu_average_percent is None
        await refused(client.worker_health("nobody"), 404)
        await refused(client.worker_metrics("nobody"), 404)
        await refused(client.worker_metrics("local-1", since=-1), 400)
        now = now_ms()
        spans = {3_600_000: 10, 10 * 3_600_000: 60, 7 * 24 * 3_600_000: 600, 400 * 24 * 3_600_000: 600}
        for span, step in spans.items():
            answer = await client.worker_metrics("local-1", since=now - span)
            assert answer.step_seconds == step
            assert answer.since % (step * 1000) == 0
        response, content = await exposed(master, master.client_token)
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        found = families_of(content)
        assert found["watchkeeper_workers"]["stopped",] == 2
        assert found["watchkeeper_items_total"]["local-1",] == 0
        for name, kind in (("workers", "gauge"), ("items_total", "counter"), ("database_write_seconds", "histogram")):
            assert f"# TYPE watchkeeper_{name} {kind}\n" in content
            assert re.search(rf"^# HELP watchkeeper_{name} \S", content, re.MULTILINE)
        assert found["watchkeeper_database_write_seconds_count"][()] > 0
        response, _ = await exposed(master, "wrong")
        assert response.status == 401


async def test_with_a_worker(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    async with running_master(profile) as (master, client):
        await client.patch_settings(SettingsPatch(heartbeat_seconds=1))
        await workers_run(client)

        async def measured(client: MasterClient = client) -> bool:
            found = await client.worker_metrics("local-1")
            return bool(found.points and found.points[-1].memory_mb and found.points[-1].items is not None)

        await until(measured, what="a sample of the worker")
        health = await client.worker_health("local-1")
        assert health.healthy, health
        assert health.status == "healthy"
        overview = await client.worker_overview()
        assert overview.states == {"running": 2}
        assert overview.memory_total_mb > 10

        async def told() -> dict[str, Any]:
            found = families_of((await exposed(master, master.token))[1])
            # The first round trip is known once a second heartbeat tells of the first.
            return found if found["watchkeeper_heartbeat_round_trip_seconds_bucket"]["+Inf",] > 0 else {}

        found = await until(told, what="a heartbeat that came round")
        assert found["watchkeeper_workers"]["running",] == 2
        assert found["watchkeeper_worker_memory_bytes"]["local-1",] > 1_000_000
        assert found["watchkeeper_process_memory_bytes"][()] > 1_000_000
        await client.delete_worker_config("local-1")
        assert (await client.worker_metrics("local-1")).points
    # What was buffered is written when the master stops, and a deleted worker's figures outlive it.
    async with running_master(profile, workers=False) as (_, client):
        assert (await client.worker_metrics("local-1")).points
        await refused(client.worker_health("local-1"), 404)
