"""Workers that somebody starts elsewhere: they join a real master, outlive it, are missed, and are the only ones of
their name.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from urllib.parse import urlsplit

import pytest

from master.api.client import MasterClient
from master.api.schema import (
    AccountCreate,
    AssignmentPut,
    SettingsPatch,
    TokenCreate,
    Worker,
    WorkerConfigCreate,
    WorkerConfigPatch,
)
from master.services import leases
from tests.helpers.deadlines import PATIENCE_SECONDS, until
from tests.helpers.feed_server import Feed, FeedServer
from tests.helpers.masters import ROOT, ServeProcess, account_is, items_of, running_master
from worker.protocol.states import WorkerState

pytestmark = pytest.mark.real_server

AWAY = "away"
LOST = pytest.mark.expects_log(r"WARNING master", r"ERROR master|ERROR worker|WARNING worker")


class Elsewhere:
    """``python -m worker`` as somebody starts it: no lifeline, a token in a file, its own folder."""

    def __init__(self, folder: Path, url: str, token: str) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "token").write_text(token + "\n")
        self.stderr_path = folder / "stderr.log"
        command = [sys.executable, "-m", "worker", "--connect", url, "--id", AWAY]
        with self.stderr_path.open("ab") as stderr:
            self.process = Popen(
                [*command, "--token-file", str(folder / "token"), "--data", str(folder / "data")],
                cwd=ROOT,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=stderr,
            )

    @property
    def sentences(self) -> list[str]:
        """Return what it said to whoever started it."""
        lines = self.stderr_path.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("watchkeeper worker:")]

    def kill(self) -> None:
        """``kill -9``."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    async def terminate(self) -> int:
        """SIGTERM; return the exit code."""
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, PATIENCE_SECONDS)


@contextmanager
def elsewhere(folder: Path, url: str, token: str) -> Iterator[Elsewhere]:
    worker = Elsewhere(folder, url, token)
    try:
        yield worker
    finally:
        if worker.process.poll() is None:
            worker.kill()


@asynccontextmanager
async def client_of(url: str, token: str) -> AsyncIterator[MasterClient]:
    client = MasterClient(url, token, device_id="test", device_name="test")
    try:
        yield client
    finally:
        await client.close()


async def prepared(client: MasterClient, feed: Feed) -> tuple[str, str]:
    """Add the worker, and an account that it watches when it is there; return the token and the account's id."""
    await client.create_worker_config(WorkerConfigCreate(worker_id=AWAY, name="Away", deployment_type="external"))
    made = await client.create_token(TokenCreate(name="for away", scope="worker", worker_id=AWAY))
    feed.publish("known")
    account = await client.create_account(
        AccountCreate(platform="feed", name="Feed", settings={"url": feed.url}, interval_seconds=5)
    )
    await client.assign_account(account.id, AssignmentPut(worker_id=AWAY, pinned=True, pin_policy="move"))
    assert isinstance(made.token, str)
    return made.token, account.id


async def is_there(client: MasterClient, pid: int) -> Worker:
    async def there() -> Worker | None:
        row = await client.worker_status(AWAY)
        return row if row.online and row.pid == pid and row.lease_ms else None

    found: Worker = await until(there, what="the worker joined")
    return found


async def is_in(client: MasterClient, state: WorkerState) -> Worker:
    async def reached() -> Worker | None:
        row = await client.worker_status(AWAY)
        return row if row.status is state else None

    found: Worker = await until(reached, what=f"the worker {state}")
    return found


async def held_by(client: MasterClient, account_id: str, *workers: str) -> None:
    async def held() -> bool:
        return (await client.account(account_id)).worker_id in workers

    await until(held, what=f"the account at {workers}")


def set_leases(monkeypatch: pytest.MonkeyPatch, length_ms: int) -> None:
    monkeypatch.setattr(leases, "REMOTE_SHORTEST_MS", length_ms)
    monkeypatch.setattr(leases, "REMOTE_LONGEST_MS", length_ms)


async def lease_is_short(client: MasterClient) -> bool:
    return (await client.worker_status(AWAY)).lease_ms <= leases.REMOTE_LONGEST_MS


async def missed(client: MasterClient, *, still: bool) -> None:
    """It was told once that the worker is missing, and it is so ``still``, or over."""

    async def told() -> bool:
        # Of the others nothing is asked: with so little patience a busy machine makes them late too.
        return [row.cleared_at is None for row in (await client.alerts(kind="worker_silent")).rows] == [still]

    assert await until(told, what=f"the alert, still {still}")


async def told_once(client: MasterClient, account_id: str, *titles: str) -> None:
    """Its next check brings these items, newest first, and each is told once."""
    await client.check_account(account_id)

    async def told() -> bool:
        return [item.title for item in await items_of(client)] == list(titles)

    await until(told, what=str(titles))
    notices = await client.notifications(limit=500)
    assert sorted(row.item_id for row in notices.rows if row.item_id) == sorted(
        {item.id for item in await items_of(client)}
    )


async def test_it_outlives_a_master_that_is_killed_and_joins_the_next(profile: Path, feed_server: FeedServer) -> None:
    feed = feed_server.feed("outlives")
    serve = ServeProcess(profile, "--port", "0")
    known = serve.start()
    try:
        async with client_of(known["url"], known["token"]) as client:
            token, account_id = await prepared(client, feed)
            with elsewhere(profile.parent / "away", known["url"], token) as worker:
                row = await is_there(client, worker.process.pid)
                assert (row.host, row.status) == (socket.gethostname(), WorkerState.RUNNING)
                assert row.lease_ms >= 5000
                await held_by(client, account_id, AWAY)
                await account_is(client, account_id, "ok")
                feed.publish("one")
                await told_once(client, account_id, "one")
                serve.kill()
                feed.publish("two")
                serve = ServeProcess(profile, "--port", str(urlsplit(known["url"]).port))
                again = serve.start()
                async with client_of(again["url"], again["token"]) as other:
                    row = await is_there(other, worker.process.pid)
                    await held_by(other, account_id, AWAY)
                    await told_once(other, account_id, "two", "one")
                    assert [alert.kind for alert in (await other.alerts()).rows] == []
                    assert serve.stop() == 0
                assert worker.process.poll() is None
                assert await worker.terminate() == 0
    finally:
        if serve.process is not None and serve.process.poll() is None:
            serve.kill()


@LOST
async def test_only_one_process_is_this_worker_and_its_death_is_noticed(
    profile: Path, feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = feed_server.feed("only")
    # On a busy machine a worker is late without being gone: first nobody is judged.
    set_leases(monkeypatch, 60_000)
    async with running_master(profile) as (master, client):
        token, account_id = await prepared(client, feed)
        with elsewhere(profile.parent / "away", master.url, token) as first:
            await is_there(client, first.process.pid)
            await held_by(client, account_id, AWAY)
            await account_is(client, account_id, "ok")
            with elsewhere(profile.parent / "second", master.url, token) as second:
                await until(lambda: second.sentences, what="the refusal")
                words = f"away has joined already: from {socket.gethostname()}, process {first.process.pid}."
                assert words in second.sentences[0]
                assert second.sentences[0].endswith("Asking again every 2 s.")
                assert await second.terminate() == 0
            assert (await client.worker_status(AWAY)).pid == first.process.pid
            set_leases(monkeypatch, 2000)
            await until(lambda: lease_is_short(client), what="a short lease")
            await client.patch_settings(SettingsPatch(offline_after_seconds=3, heartbeat_seconds=1))
            first.kill()
            feed.publish("one")
        await held_by(client, account_id, "local-1", "local-2")
        await told_once(client, account_id, "one")
        row = await is_in(client, WorkerState.ERROR)
        assert row.last_exit is not None
        assert row.last_exit.text.code == "exit_silent"
        await missed(client, still=True)
        await client.patch_settings(SettingsPatch(offline_after_seconds=30))
        with elsewhere(profile.parent / "away", master.url, token) as back:
            await is_there(client, back.process.pid)
            await missed(client, still=False)
            assert await back.terminate() == 0
            row = await is_in(client, WorkerState.STOPPED)
        assert row.status_text is not None
        assert row.status_text.code == "exit_ok"
        await missed(client, still=False)


@LOST
async def test_it_goes_when_its_token_is_revoked_when_it_is_switched_off_and_when_it_is_stopped(
    profile: Path, feed_server: FeedServer
) -> None:
    feed = feed_server.feed("goes")
    async with running_master(profile) as (master, client):
        token, account_id = await prepared(client, feed)
        with elsewhere(profile.parent / "away", master.url, token) as worker:
            await is_there(client, worker.process.pid)
            await held_by(client, account_id, AWAY)
            await client.patch_worker_config(AWAY, WorkerConfigPatch(enabled=False))
            await is_in(client, WorkerState.STOPPED)
            await held_by(client, account_id, "local-1", "local-2")
            await until(lambda: "away is switched off at the master" in "".join(worker.sentences), what="the words")
            await client.assign_account(account_id, AssignmentPut(worker_id=None))
            await client.patch_worker_config(AWAY, WorkerConfigPatch(enabled=True))
            await is_there(client, worker.process.pid)

            async def sent() -> set[str]:
                return {record.source for record in await client.worker_logs(AWAY, q="registered with")}

            assert await until(sent, what="its log") == {AWAY}

            (named,) = await client.tokens()
            await client.revoke_token(named.id)
            row = await is_in(client, WorkerState.STOPPED)
            assert row.status_text is not None
            assert row.status_text.code == "worker_token_revoked"
            await until(lambda: "the token is not valid" in "".join(worker.sentences), what="the words")
            made = await client.create_token(TokenCreate(name="another", scope="worker", worker_id=AWAY))
            assert await worker.terminate() == 0
        with elsewhere(profile.parent / "away", master.url, str(made.token)) as worker:
            await is_there(client, worker.process.pid)
            row = await client.stop_worker(AWAY, True, 10_000)
            assert row.status is WorkerState.STOPPED
            assert await asyncio.to_thread(worker.process.wait, PATIENCE_SECONDS) == 0
        assert (await client.alerts()).rows == []


@pytest.mark.expects_log("refused")
async def test_a_token_that_was_typed_wrong_ends_it_with_a_sentence(profile: Path) -> None:
    async with running_master(profile, workers=False) as (master, _):
        command = [sys.executable, "-m", "worker", "--connect", master.url, "--id", AWAY, "--data", str(profile / "d")]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=DEVNULL, stderr=PIPE)
        _, told = await asyncio.wait_for(process.communicate(b"wrong\n"), PATIENCE_SECONDS)
    assert process.returncode == 10
    sentence = "watchkeeper worker: The master refused this worker: the token is not valid; it may have been revoked."
    assert f"{sentence} This worker ends (exit code 10)." in told.decode().splitlines()
