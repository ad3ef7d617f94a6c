"""Commands to workers, by a real master with real worker processes."""

import time
from pathlib import Path

import pytest

from master.services.ownership import Grant, Ownership
from tests.helpers.masters import account_is, running_master, workers_run
from tests.integration.test_master_processes import demo_account
from worker.protocol.states import WorkerState


class Gaps:
    """How long each account was without an owner."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.longest = 0.0
        self.moved: set[str] = set()
        self._since: dict[str, float] = {}
        take, give = Ownership.take, Ownership.give

        def taken(owners: Ownership, account_id: str) -> Grant | None:
            grant = take(owners, account_id)
            if grant is not None:
                self._since[account_id] = time.monotonic()
            return grant

        def given(owners: Ownership, account_id: str, grant: Grant) -> None:
            give(owners, account_id, grant)
            if account_id in self._since:
                self.moved.add(account_id)
                self.longest = max(self.longest, time.monotonic() - self._since.pop(account_id))

        monkeypatch.setattr(Ownership, "take", taken)
        monkeypatch.setattr(Ownership, "give", given)

    @property
    def open(self) -> set[str]:
        return set(self._since)


async def test_a_worker_hands_its_accounts_over_before_it_stops(profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_master(profile, demo=True) as (_, client):
        await workers_run(client)
        created = [await client.create_account(demo_account(number)) for number in range(8)]
        for account in created:
            await account_is(client, account.id, "ok")
        held = {row.id for row in await client.all_accounts() if row.worker_id == "local-1"}
        assert held
        gaps = Gaps(monkeypatch)
        stopped = await client.stop_worker("local-1", True, 10_000)
        assert stopped.status is WorkerState.STOPPED
        assert stopped.last_exit is not None
        assert stopped.last_exit.text.code == "exit_ok"
        assert (gaps.moved, gaps.open) == (held, set())
        assert gaps.longest < 0.5
        for row in await client.all_accounts():
            if row.id in held:
                assert row.worker_id == "local-2"
                assert row.assignment_reason is not None
                assert row.assignment_reason.message == "took over from local-1 (stopped)"
                assert row.assigned_since_at is not None
                assert row.assigned_since_at <= stopped.last_exit.at
