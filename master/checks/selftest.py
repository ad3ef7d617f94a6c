"""The self-test: on a throw-away profile, from a master and a worker to a clean stop, each capability once."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Protocol

from master.api.client import MasterClient
from master.api.results import StepResult
from master.api.schema import Account, AccountCreate, ItemFilter, JobCreate
from master.checks.capabilities import back_up, find_words, obey_rule, sign_in_and_out
from worker.programs import console_program, packaged
from worker.protocol.states import AccountState, JobState, WorkerState

STEP_SECONDS = 30.0
POLL_SECONDS = 0.05


class Tested(Protocol):
    """What is asked of the master under test."""

    url: str
    token: str

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class SelfTest:
    """Runs the steps in order; the first that fails ends it. ``report`` is told of each.

    ``place`` says where that master keeps credentials: a test in memory proves less than one in the keyring.
    """

    def __init__(
        self, report: Callable[[StepResult], None], make_master: Callable[[Path], Tested], place: str = ""
    ) -> None:
        self._report = report
        self._make_master = make_master
        self._place = place
        self.results: list[StepResult] = []

    async def run(self) -> bool:
        """Return whether every step passed. Leaves nothing behind."""
        with tempfile.TemporaryDirectory(prefix="watchkeeper-selftest-", ignore_cleanup_errors=True) as folder:
            async with contextlib.AsyncExitStack() as stack:
                feed = await stack.enter_async_context(_feed())
                await self._steps(Path(folder) / "profile", feed)
        return all(result.passed for result in self.results)

    async def _steps(self, profile: Path, feed: "_Feed") -> None:
        master = self._make_master(profile)
        if not await self._step("master started", self._start(master)):
            return
        client = MasterClient(master.url, master.token)
        try:
            steps: list[tuple[str, Callable[[], Awaitable[str]]]] = [
                ("worker registered", lambda: _worker_runs(client)),
                ("credential stored", lambda: _add_account(client, feed, self._place)),
                ("account watched", lambda: _first_check(client)),
                ("item found", lambda: _find_item(client, feed)),
                ("item searched", lambda: find_words(client, "entry")),
                ("rule obeyed", lambda: _obey_rule(client, feed)),
                ("credential read", lambda: _credential_was_used(feed)),
                ("signed in and out", lambda: sign_in_and_out(client)),
                ("backup made and checked", lambda: back_up(client)),
                ("credential erased", lambda: _remove_account(client)),
                ("job run", lambda: _run_job(client)),
            ]
            for name, make in steps:
                if not await self._step(name, make()):
                    break
        finally:
            await client.close()
            await self._step("stopped in order", _stop(master))

    async def _start(self, master: Tested) -> str:
        await master.start()
        return master.url

    async def _step(self, name: str, work: Awaitable[str]) -> bool:
        began = time.perf_counter()
        try:
            message = await asyncio.wait_for(work, STEP_SECONDS)
            passed = True
        except TimeoutError:
            passed, message = False, f"not within {STEP_SECONDS:g} s"
        except Exception as error:  # noqa: BLE001 (a step may fail in any way; the failure is the result)
            passed, message = False, f"{type(error).__name__}: {error}"
        milliseconds = round((time.perf_counter() - began) * 1000)
        result = StepResult(name=name, passed=passed, milliseconds=milliseconds, message=message)
        self.results.append(result)
        self._report(result)
        return passed


class _Feed:
    """A feed on loopback that asks for a user name and a password, and grows."""

    password = "selftest-" + str(time.monotonic_ns())

    def __init__(self) -> None:
        self.url = ""
        self.entries = 1
        self.signed_in = 0

    def grow(self) -> str:
        """Add an entry and return its title."""
        self.entries += 1
        return f"Entry {self.entries - 1}"

    def render(self) -> str:
        """Return the feed as RSS."""
        items = "".join(
            f"<item><guid>entry-{number}</guid><title>Entry {number}</title></item>" for number in range(self.entries)
        )
        return f'<rss version="2.0"><channel><title>Self-test</title>{items}</channel></rss>'

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        import base64

        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        wanted = base64.b64encode(f"selftest:{self.password}".encode()).decode()
        if f"Basic {wanted}" in head:
            self.signed_in += 1
            body, status = self.render().encode(), "200 OK"
        else:
            body, status = b"", '401 Unauthorized\r\nWWW-Authenticate: Basic realm="selftest"'
        answer = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
        writer.write(answer.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def _feed() -> AsyncIterator[_Feed]:
    feed = _Feed()
    server = await asyncio.start_server(feed.handle, "127.0.0.1", 0)
    feed.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed.xml"
    try:
        yield feed
    finally:
        server.close()
        await server.wait_closed()


async def _worker_runs(client: MasterClient) -> str:
    while True:
        running = [worker for worker in await client.workers() if worker.status is WorkerState.RUNNING]
        if running:
            return f"{running[0].worker_id}, process {running[0].pid}"
        await asyncio.sleep(POLL_SECONDS)


async def _add_account(client: MasterClient, feed: _Feed, place: str) -> str:
    account = await client.create_account(
        AccountCreate(
            platform="feed",
            name="Self-test",
            settings={"url": feed.url},
            credentials={"username": "selftest", "password": feed.password},
            interval_seconds=5,
        )
    )
    if not account.has_credentials:
        raise RuntimeError("the account says that it has no credentials")
    state = (await client.status()).vault
    if state != "ok":
        raise RuntimeError(f"the vault is {state}")
    return place


async def _first_check(client: MasterClient) -> str:
    while True:
        account = await _account(client)
        if account.state is AccountState.OK:
            return f"by {account.worker_id}"
        if account.state in (AccountState.LOGIN_NEEDED, AccountState.UNREACHABLE):
            raise RuntimeError(account.state_reason.message if account.state_reason else account.state)
        await asyncio.sleep(POLL_SECONDS)


async def _find_item(client: MasterClient, feed: _Feed) -> str:
    feed.grow()
    await client.check_account((await _account(client)).id)
    while True:
        page = await client.items(ItemFilter())
        if page.rows:
            (item,) = page.rows
            return str(item.title)
        await asyncio.sleep(POLL_SECONDS)


async def _obey_rule(client: MasterClient, feed: _Feed) -> str:
    return await obey_rule(client, (await _account(client)).id, feed.grow)


async def _account(client: MasterClient) -> Account:
    """Return the one account that there is."""
    (account,) = await client.all_accounts()
    return account


async def _credential_was_used(feed: _Feed) -> str:
    if not feed.signed_in:
        raise RuntimeError("the feed was read without its password")
    return f"signed in {feed.signed_in} times"


async def _remove_account(client: MasterClient) -> str:
    await client.delete_account((await _account(client)).id, False, now=True)
    if await client.all_accounts():
        raise RuntimeError("the account is still there")
    return ""


async def _run_job(client: MasterClient) -> str:
    # What runs everywhere, as a program of its own: this one, in a package too.
    program, arguments = console_program(), ["--version"] if packaged() else ["-c", "print('watchkeeper')"]
    job = await client.create_job(JobCreate(runner="command", spec={"command": program, "args": arguments}))
    while job.state in (JobState.PENDING, JobState.RUNNING):
        await asyncio.sleep(POLL_SECONDS)
        job = await client.job(job.id)
    printed = (await client.job_output(job.id)).text.strip()
    if job.state is not JobState.COMPLETED or not printed.startswith("watchkeeper"):
        raise RuntimeError(job.error.message if job.error else f"{job.state}, printed {printed!r}")
    await client.delete_job(job.id)
    return f"exit {job.exit_code}, by {job.worker_id}"


async def _stop(master: Tested) -> str:
    await master.stop()
    return ""
