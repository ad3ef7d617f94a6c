"""The composition root of a worker: all parts meet here, start in order and stop in reverse."""

import asyncio
import logging
import os
import secrets
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from worker.protocol.account_messages import AssignAccount, CatchUp, CheckAccount, RevokeAccount, TestAccount
from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.departures import WorkerLeft
from worker.protocol.item_messages import MarkItems
from worker.protocol.job_messages import CancelJob, ForgetJob, LimitJob, RunJob
from worker.protocol.logins import AnswerLogin, CancelLogin, LogOut, StartLogin
from worker.protocol.proposals import ProposeSettings
from worker.protocol.proxy_messages import TestProxy
from worker.protocol.states import ErrorCode
from worker.protocol.worker_messages import RegisterWorker, ShutDown, WorkerRegistered
from worker.runtime import registry
from worker.runtime.account_tests import AccountTests
from worker.runtime.accounts import Accounts
from worker.runtime.heartbeat import Heart
from worker.runtime.jobs import Jobs
from worker.runtime.leases import Lease
from worker.runtime.ledger import Ledger, LedgerError
from worker.runtime.link import Link, LinkDownError, RefusedError
from worker.runtime.logins import Logins
from worker.runtime.logs import LogHandler, LogShipper
from worker.runtime.outbox import Outbox
from worker.runtime.proposals import Proposals
from worker.runtime.proxy_tests import ProxyTests
from worker.runtime.redactions import Redactor
from worker.runtime.shared import Shared
from worker.runtime.stats import Stats
from worker.runtime.tasks import Tasks
from worker.runtime.threads import DaemonExecutor, Threads
from worker.version import PROTOCOL, __version__

logger = logging.getLogger(__name__)

FAILED: Final = 1
TOKEN_REFUSED: Final = 10
PROTOCOL_REFUSED: Final = 11
AGAIN_SECONDS: Final = {
    ErrorCode.AUTH_FAILED: 10.0,
    ErrorCode.WORKER_IN_USE: 2.0,
    ErrorCode.WORKER_DISABLED: 2.0,
}
"""What may turn out otherwise later is asked again after so long: a token from a file, another process, a switch."""
RESERVE_SECONDS: Final = 0.3
"""Kept back of every deadline for the end of the process itself."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says."""

    url: str
    worker_id: str
    data_dir: Path
    jobs_dir: Path
    """One folder a job; the same for all workers of a machine."""
    demo: bool = False
    keep_asking: bool = False
    """A refused token is tried again: it is read from a file that somebody may renew."""
    says_goodbye: bool = False
    """Nobody there sees the end of this process, so it tells the master."""


class Worker:
    """One worker. :meth:`run` lives until :meth:`stop`, ``ShutDown``, or a refusal by the master."""

    def __init__(
        self,
        options: Options,
        token: Callable[[], str],
        handler: LogHandler,
        redactor: Redactor,
        tell: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        """``tell`` says a sentence to whoever started this worker by hand."""
        self._options = options
        self._tell = tell
        self._instance = secrets.token_hex(8)
        self._refused = ""
        """Why it is not let in, as it was told last; empty when it is."""
        self._code: int | None = None
        self._deadline = 0.0
        self._stopping = asyncio.Event()
        self._tasks = Tasks()
        self._ledger_threads = Threads(limit=1, name="ledger")
        self._threads = Threads()
        stats, lease = Stats(), Lease()
        self._lease = lease
        self._registry = registry.find(options.demo)
        self._link = Link(options.url, token, self._register, self._on_up)
        path = options.data_dir / "ledger.db"
        self._ledger = Ledger(path, self._ledger_threads, lambda: self._link.reconnect("the ledger was begun anew"))
        self._outbox = Outbox(self._ledger, self._link, self._tasks, stats)
        shared = Shared(
            link=self._link,
            ledger=self._ledger,
            outbox=self._outbox,
            lease=lease,
            threads=self._threads,
            redactor=redactor,
            stats=stats,
            tasks=self._tasks,
        )
        self._accounts = Accounts(self._registry, shared)
        self._heart = Heart(
            self._link, lease, stats, self._ledger, self._tasks, self._accounts.holding, self._accounts.mend
        )
        self._shipper = LogShipper(handler, self._link)
        self._tests = AccountTests(self._registry, self._link, self._threads, redactor, self._tasks, shared.renewals)
        self._proxy_tests = ProxyTests(self._link, self._threads, redactor)
        self._logins = Logins(self._registry, shared)
        self._renewals = shared.renewals
        self._proposals = Proposals(self._registry, self._link, self._threads, redactor)
        self._jobs = Jobs(self._registry, self._link, self._threads, self._tasks, redactor, options.jobs_dir)

    async def run(self) -> int:
        """Work until stopped; return the exit code."""
        asyncio.get_running_loop().set_default_executor(DaemonExecutor(max_workers=1))
        self._link.handle(AssignAccount, self._accounts.assign)
        self._link.handle(RevokeAccount, self._accounts.revoke)
        self._link.handle(CheckAccount, self._accounts.check)
        self._link.handle(CatchUp, self._accounts.catch_up)
        self._link.handle(MarkItems, self._accounts.mark)
        self._link.handle(TestAccount, self._tests.run)
        self._link.handle(TestProxy, self._proxy_tests.run)
        self._link.handle(ProposeSettings, self._proposals.run)
        self._link.handle(StartLogin, self._logins.start)
        self._link.handle(AnswerLogin, self._logins.answer)
        self._link.handle(CancelLogin, self._logins.cancel)
        self._link.handle(LogOut, self._logins.log_out)
        self._link.handle(RunJob, self._jobs.run)
        self._link.handle(CancelJob, self._jobs.cancel)
        self._link.handle(LimitJob, self._jobs.limit)
        self._link.handle(ForgetJob, self._jobs.forget)
        self._link.handle(ShutDown, self._on_shut_down)
        try:
            await self._ledger.open()
        except (OSError, TimeoutError, sqlite3.Error) as error:
            logger.error("the ledger in %s cannot be opened: %s", self._options.data_dir, error)
            return FAILED
        held = self._tasks.spawn(self._hold(), "link")
        for part in (self._heart.pulse, self._heart.beat, self._shipper.run):
            self._tasks.spawn(part(), part.__qualname__)
        await self._stopping.wait()
        try:
            async with asyncio.timeout(self._deadline):
                await self._close(held)
        except TimeoutError:
            logger.error("not everything could be ended in order within %.1f s", self._deadline)
        return self._code if self._code is not None else FAILED

    def stop(self, seconds: float, why: str) -> None:
        """End in order within ``seconds``; exit code 0."""
        logger.info("stopping: %s", why)
        self._end(0, seconds)

    def _end(self, code: int, seconds: float) -> None:
        if self._code is None:
            self._code = code
            self._deadline = max(seconds - RESERVE_SECONDS, seconds / 2)
            self._stopping.set()

    async def _close(self, held: "asyncio.Task[None]") -> None:
        await self._accounts.close(min(1.0, self._deadline / 4))
        if self._link.connected:
            # What a service renewed is on no disk.
            await self._renewals.finish(self._deadline / 2)
            try:
                # What does not get through stays on disk: the next start, or the master, delivers it.
                async with asyncio.timeout(min(3.0, self._deadline / 3)):
                    await self._outbox.flush()
                    await self._shipper.flush()
            except TimeoutError:
                logger.warning("the master did not take everything; the rest waits in the outbox")
            await self._say_goodbye()
        await self._accounts.adapters_closed()
        await self._jobs.close()
        held.cancel()
        await asyncio.wait([held])
        await self._tasks.close()
        await self._ledger.close()
        self._threads.close()
        self._ledger_threads.close()

    async def _say_goodbye(self) -> None:
        """Let others take the accounts now instead of when the lease ends."""
        if not self._options.says_goodbye or not self._link.connected:
            return
        try:
            await self._link.request(WorkerLeft(), Done, min(1.0, self._deadline / 6))
        except (LinkDownError, ProtocolError) as error:
            logger.info("the master did not hear that this worker ends: %s", error)

    async def _hold(self) -> None:
        """Hold the connection; without it there is no worker."""
        try:
            while True:
                try:
                    await self._link.run()
                except RefusedError as error:
                    pause = self._on_refused(error)
                    if pause is None:
                        return
                    await asyncio.sleep(pause)
        finally:
            self._end(FAILED, 2.0)

    def _on_refused(self, error: RefusedError) -> float | None:
        """Say why; return the seconds until it is asked again, None when this is the end."""
        again = AGAIN_SECONDS.get(error.code)
        if error.code is ErrorCode.AUTH_FAILED and not self._options.keep_asking:
            again = None
        end = PROTOCOL_REFUSED if error.code is ErrorCode.UNSUPPORTED_VERSION else TOKEN_REFUSED
        then = f"This worker ends (exit code {end})." if again is None else f"Asking again every {again:g} s."
        if self._refused != str(error):
            # Once in a row: it may be so for days.
            self._refused = str(error)
            logger.error("the master refused this worker: %s", error)
            self._tell(f"The master refused this worker: {str(error).rstrip('.')}. {then}")
        if again is None:
            self._end(end, 2.0)
        return again

    async def _register(self) -> None:
        self._accounts.connected()
        self._logins.connected()
        sent_at = self._lease.now()
        answer = await self._link.request(
            RegisterWorker(
                worker_id=self._options.worker_id,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=__version__,
                protocol=PROTOCOL,
                platforms=self._registry.ids(),
                runners=self._registry.runner_ids(),
                holding=self._accounts.holding(),
                generation=self._ledger.generation,
                instance=self._instance,
            ),
            WorkerRegistered,
        )
        try:
            await self._ledger.adopt(answer.generation)
        except LedgerError as error:
            raise LinkDownError(f"the ledger could not be written: {error}") from error
        # First let go of what others have by now, then take the lease for the rest.
        await self._accounts.reconcile(answer.assignments)
        self._heart.registered(answer, sent_at)
        await self._jobs.adopt(answer.jobs)
        logger.info("registered with %d accounts", len(answer.assignments))

    def _on_up(self) -> None:
        self._outbox.resume()
        if self._refused:
            self._refused = ""
            self._tell("The master let this worker in.")

    async def _on_shut_down(self, command: ShutDown) -> Done:
        # Answered first, then done: the end of the process is what the master waits for.
        asyncio.get_running_loop().call_later(0.05, self.stop, command.deadline_ms / 1000 - 0.05, "the master asks")
        return Done()
