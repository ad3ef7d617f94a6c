"""Real workers under a limit of memory that is too low for them."""

from pathlib import Path

import pytest

from master.api.client import MasterClient
from master.api.schema import WorkerConfigCreate
from tests.helpers.deadlines import until
from tests.helpers.masters import running_master, workers_run
from worker.protocol.states import WorkerState


async def _codes(client: MasterClient, worker_id: str) -> list[str]:
    return [event.text.code for event in (await client.worker_events(worker_id)).rows]


def _worker(worker_id: str, limit: int) -> WorkerConfigCreate:
    return WorkerConfigCreate(
        worker_id=worker_id, name=worker_id, max_memory_mb=limit, max_restart_attempts=1, restart_delay_ms=0
    )


@pytest.mark.expects_log(r"WARNING master.supervision.processes", r"WARNING master.sockets.worker_namespace")
async def test_limits_end_workers_in_order_or_by_force_and_not_for_ever(profile: Path) -> None:
    async with running_master(profile) as (_, client):
        await workers_run(client)

        async def needed() -> float | None:
            return max((row.memory_usage_mb or 0 for row in await client.workers()), default=None)

        needs: float = await until(needed, what="a heartbeat")
        # What it needs lies between the soft and the hard limit of the first, and beyond both of the second.
        await client.create_worker_config(_worker("soft", round(needs / 0.92)))
        await client.create_worker_config(_worker("hard", max(round(needs / 1.3), 32)))

        async def given_up(worker_id: str) -> bool:
            ended = (await client.worker_status(worker_id)).status is WorkerState.ERROR
            return ended and "worker_given_up" in await _codes(client, worker_id)

        for worker_id in ("soft", "hard"):
            await client.start_worker(worker_id)
        for name in ("soft", "hard"):
            await until(lambda name=name: given_up(name), what=f"{name} given up")  # type: ignore[misc]
        soft, hard = await _codes(client, "soft"), await _codes(client, "hard")
        assert (soft.count("worker_recycled"), soft.count("exit_memory_again")) == (1, 2)
        assert "worker_recycled" not in hard
        assert hard.count("exit_memory") == 4  # of each of two processes: why it is killed, and how it ended
        others = [row for row in await client.workers() if row.worker_id.startswith("local-")]
        assert all(row.online and row.restart_count == 0 for row in others)
