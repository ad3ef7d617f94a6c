"""Outboxes that no worker delivers any more, written by the worker's own ledger, drained into a real master."""

import sys
from pathlib import Path

import pytest

from master.api.client import MasterClient
from master.api.schema import AccountCreate, Recovery, WorkerConfigCreate
from master.api.transports import ApiError
from master.deploy import local
from master.store.outboxes import OutboxError, read_outbox
from tests.helpers.deadlines import until
from tests.helpers.fake_master import assignment
from tests.helpers.masters import items_of, running_master
from tests.helpers.scripted.adapter import lines
from tests.integration.test_master_processes import CRASH
from worker.protocol.states import WorkerState
from worker.runtime.ledger_files import LedgerFile

FAILING = """
import os, sys
if "--describe" in sys.argv:
    os.execv(sys.executable, [sys.executable, "-P", "-m", "worker", *sys.argv[1:]])
sys.exit(3)
"""


async def _account(client: MasterClient) -> str:
    body = AccountCreate(platform="demo", name="Demo", platform_account_id="demo", settings={"mood": "chatty"})
    return (await client.create_account(body)).id


def _found(profile: Path, worker_id: str, account: str, *keys: str) -> Path:
    """Write what a worker found, at a cursor that the master is not to learn of."""
    ledger = profile / "workers" / worker_id / "ledger.db"
    ledger.parent.mkdir(parents=True, exist_ok=True)
    file = LedgerFile(ledger)
    try:
        file.begin(assignment(account))
        file.append(account, 1, lines(*keys), baseline=False, cursor="stolen", how="poll")
    finally:
        file.close()
    return ledger


async def _keys(client: MasterClient, account: str) -> list[str]:
    return sorted(item.title or "" for item in await items_of(client, account) if (item.title or "") in "abc")


async def test_what_a_gone_worker_found_is_kept_once_at_the_next_start(profile: Path) -> None:
    async with running_master(profile, demo=True, workers=False) as (_, client):
        account = await _account(client)
    ledger = _found(profile, "gone", account, "a", "b")
    # The same items by another worker: they are items of the account, whoever found them.
    _found(profile, "gone-too", account, "b", "c")
    for expected in (4, 0):
        async with running_master(profile, demo=True, workers=False) as (_, client):

            async def report(client: MasterClient = client) -> Recovery | None:
                try:
                    return await client.recovery()
                except ApiError:
                    return None  # not ready

            found: Recovery = await until(report, what="the recovery")
            outbox = next(row for row in found.repairs if row.kind == "outbox")
            assert (outbox.examined, outbox.repaired) == (expected, expected)
            assert await _keys(client, account) == ["a", "b", "c"]
            assert (await client.account(account)).last_checked_at is None
        assert read_outbox(ledger) == []


async def test_the_outbox_of_a_deleted_worker_is_drained_at_once(profile: Path) -> None:
    async with running_master(profile, demo=True, workers=False) as (_, client):
        account = await _account(client)
        await client.create_worker_config(WorkerConfigCreate(worker_id="w1", name="w1"))
        _found(profile, "w1", account, "a")
        await client.delete_worker_config("w1")

        async def kept() -> bool:
            return await _keys(client, account) == ["a"]

        await until(kept, what="the item kept")


@CRASH
async def test_the_outbox_of_a_worker_that_gave_up_is_drained_at_once(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", FAILING])
    async with running_master(profile, demo=True, workers=False) as (_, client):
        account = await _account(client)
        await client.create_worker_config(WorkerConfigCreate(worker_id="w1", name="w1", max_restart_attempts=0))
        ledger = _found(profile, "w1", account, "a", "b")
        await client.start_worker("w1")

        async def kept() -> bool:
            return await _keys(client, account) == ["a", "b"]

        await until(kept, what="the items kept")
        assert (await client.worker_status("w1")).status is WorkerState.ERROR
        await until(lambda: read_outbox(ledger) == [], what="nothing waits any more")


def test_no_ledger_is_empty_and_a_broken_one_is_an_error(tmp_path: Path) -> None:
    assert read_outbox(tmp_path / "ledger.db") == []
    (tmp_path / "ledger.db").write_bytes(b"no database" * 100)
    with pytest.raises(OutboxError):
        read_outbox(tmp_path / "ledger.db")
