"""Commands to workers, by a real master with real worker processes."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import socketio

from master.api.schema import Worker, WorkerBatch, WorkerConfigCreate
from master.api.transports import ApiError
from master.deploy import local
from master.services.ownership import Grant, Ownership
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, running_master, workers_run
from tests.integration.test_master_processes import CRASH, demo_account
from worker.protocol.states import WorkerState

DEAF = """
import os, signal, subprocess, sys, time
if "--describe" in sys.argv:
    os.execv(sys.executable, [sys.executable, "-P", "-m", "worker", *sys.argv[1:]])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stdin.readline()
sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
child, own = subprocess.Popen(sleeper), subprocess.Popen(sleeper, start_new_session=True)
with open({children!r}, "a") as file:
    file.write(f"{{child.pid}} {{own.pid}}\\n")
while True:
    time.sleep(1)
"""

FOREIGN = """
import sys
import worker.version
if "--describe" not in sys.argv:
    worker.version.PROTOCOL = 999
from worker.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


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


@CRASH
@pytest.mark.expects_log(r"ERROR .* could not be started")
async def test_a_worker_that_cannot_start_is_given_up_once_and_starts_again_by_hand(
    profile: Path, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    async with running_master(profile) as (_, client):
        await workers_run(client)
        await client.create_worker_config(_config("nowhere", working_directory=str(gone)))
        await client.create_worker_config(_config("hasty", command_args=["--no-such-option"]))
        gone.rmdir()
        for name in ("nowhere", "hasty"):
            await client.start_worker(name)
        for name, words in (("nowhere", str(gone)), ("hasty", "options that it does not know")):
            ended = await _in_state(client, name, WorkerState.ERROR)
            assert ended.last_exit is not None
            assert words in ended.last_exit.text.message
            events = (await client.worker_events(name)).rows
            assert [event.text.code for event in events].count("worker_given_up") == 1
            assert [event.text.code for event in events].count("worker_restart_planned") == 3
        gone.mkdir()
        await client.start_worker("nowhere")
        assert (await _in_state(client, "nowhere", WorkerState.RUNNING)).restart_count == 0


async def test_start_of_a_running_worker_and_stop_of_a_stopped_one_are_successes(profile: Path) -> None:
    async with running_master(profile) as (_, client):
        await workers_run(client)
        before = await client.worker_status("local-1")
        assert (await client.start_worker("local-1")).pid == before.pid
        for _attempt in range(2):
            assert (await client.stop_worker("local-1")).status is WorkerState.STOPPED
        batch = WorkerBatch(action="start", worker_ids=["local-1", "local-2", "nobody"])
        report = await client.batch_workers(batch)
        assert [result.success for result in report.results] == [True, True, False]
        assert (report.success, report.failure) == (2, 1)
        with pytest.raises(ApiError) as refused:
            await client.batch_workers(msgspec.structs.replace(batch, action="explode"))
        assert refused.value.status == 400
        assert refused.value.fields.keys() == {"action"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
async def test_one_that_ignores_every_order_is_killed_by_the_deadline_with_its_tree(
    profile: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = tmp_path / "children"
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", DEAF.format(children=str(children))])
    async with running_master(profile) as (_, client):
        await until(lambda: children.exists() and children.read_text().count("\n") == 2, what="two deaf workers")
        pairs = [[int(pid) for pid in line.split()] for line in children.read_text().splitlines()]
        began = time.monotonic()
        stops = [client.stop_worker(name, True, 500) for name in ("local-1", "local-2")]
        for stopped in await asyncio.gather(*stops):
            assert stopped.status is WorkerState.STOPPED
            assert stopped.last_exit is not None
            assert stopped.last_exit.signal == signal.SIGKILL
            assert stopped.last_exit.text.code == "worker_killed_no_answer"
        assert time.monotonic() - began < 25
        try:
            for child, own_session in pairs:
                await until(lambda child=child: not alive(child), what="its child gone")
                assert alive(own_session)
        finally:
            for _child, own_session in pairs:
                os.kill(own_session, signal.SIGKILL)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _config(worker_id: str, **more: Any) -> WorkerConfigCreate:
    return WorkerConfigCreate(worker_id=worker_id, name=worker_id, auto_start=False, restart_delay_ms=100, **more)


async def _in_state(client: Any, worker_id: str, state: WorkerState) -> Worker:
    async def there() -> Worker | None:
        worker: Worker = await client.worker_status(worker_id)
        return worker if worker.status is state else None

    found: Worker = await until(there, what=f"{worker_id} {state}")
    return found


@pytest.mark.expects_log(r"WARNING master.sockets.worker_namespace")
async def test_a_stolen_id_with_another_token_is_refused(profile: Path) -> None:
    async with running_master(profile) as (master, client):
        await workers_run(client)
        before = await client.worker_status("local-1")
        thief = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await thief.connect(
                master.url,
                auth={"token": "x" * 43, "worker_id": "local-1"},
                namespaces=["/worker"],
                transports=["websocket"],
            )
        after = await client.worker_status("local-1")
        assert (after.pid, after.online, after.status) == (before.pid, True, WorkerState.RUNNING)


@CRASH
async def test_a_worker_of_another_protocol_is_given_up_and_the_state_says_why(
    profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "worker_command", lambda: [sys.executable, "-c", FOREIGN])
    async with running_master(profile) as (_, client):
        await client.create_worker_config(_config("foreign", max_restart_attempts=10))
        await client.start_worker("foreign")
        ended = await _in_state(client, "foreign", WorkerState.ERROR)
        assert ended.last_exit is not None
        assert (ended.last_exit.code, ended.last_exit.text.code) == (11, "exit_protocol_refused")
        assert ended.restart_count == 0
        records = await client.worker_logs("foreign")
        assert any("999" in record.message for record in records)
