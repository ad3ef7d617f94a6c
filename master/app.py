"""The master: all parts made in one place, started in order, stopped in reverse."""

import asyncio
import contextlib
import itertools
import logging
import os
import socket
import time
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec

from worker.protocol.authorities import late_authorities
from worker.protocol.imports import without

# Where this is installed, names would be resolved by it instead of the system, at 20 ms and 1.4 MB of every master.
with without("aiodns"), late_authorities():
    from aiohttp import web

from master import ports
from master.api.diagnostics import BundlePart, SelfTest, SystemFacts
from master.api.results import CheckResult
from master.api.system import Settings
from master.compositions import Composer
from master.deploy.base import StartFailedError
from master.deploy.throttlings import spare_this
from master.errors import StartError
from master.foundations import DATABASE_FILE, Kept
from master.master_files import MasterFile
from master.profiles import locked_profile, prepare_profile, published_master
from master.rest.routes import make_app
from master.services.diagnostics import BundleSource, Probes
from master.services.scaling import Scaler
from master.services.services import Services
from master.services.vault_watches import VaultWatch
from master.settings import Options
from master.sockets.server import make_server
from master.sockets.worker_namespace import WorkerNamespace
from master.store.restore_requests import REQUEST_FILE
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.version import __version__

logger = logging.getLogger(__name__)

LOOPBACK: Final = "127.0.0.1"
TICK_SECONDS: Final = 1.0
RESTART_SECONDS: Final = 0.3
"""Before a restart, so that the answer to whoever asked for it goes out."""
WORKERS_STOP_SECONDS: Final = 2.0
CATALOGUE_SECONDS: Final = 5.0
CATALOGUE_DELAYS: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds between attempts; the last for ever."""


class Master:
    """One master on one profile. Lives in one event loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack: AsyncExitStack | None = None
        self._stop_wanted = asyncio.Event()
        self._tasks = Tasks()
        self._own = Tasks()
        """Of the master itself, whatever runs of it: the restart in place."""
        self._turning = asyncio.Lock()
        self._kept = Kept()
        self._host = LOOPBACK
        self.url = ""
        """Where it listens, once started."""
        self.token = ""
        self.client_token = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything. Raises :class:`StartError`; what was started by then is stopped again.

        When this returns the master answers requests; its workers are still being started.
        """
        async with self._turning:
            await self._come_up()

    async def _come_up(self) -> None:
        async with AsyncExitStack() as stack:
            began = time.monotonic()
            await self._start(stack)
            self._stack = stack.pop_all()
        logger.info("Watchkeeper %s listens on %s (%.0f ms)", __version__, self.url, (time.monotonic() - began) * 1000)

    def request_stop(self) -> None:
        """Let :meth:`wait_stopped` return; whoever waits there calls :meth:`stop`."""
        self._stop_wanted.set()

    async def stop(self) -> None:
        """Stop everything in reverse order, within about 3 s. Does nothing when it does not run."""
        self._stop_wanted.set()
        async with self._turning:
            stack, self._stack = self._stack, None
            if stack is not None:
                await stack.aclose()
        await self._own.close()

    def request_restart(self) -> None:
        """Stop in order and start again, under the same address and tokens: clients and workers come back."""
        self._own.spawn(self._restart(), name="restart")

    async def _restart(self) -> None:
        await asyncio.sleep(RESTART_SECONDS)
        async with self._turning:
            stack, self._stack = self._stack, None
            if stack is None or self._stop_wanted.is_set():
                self._stack = stack
                return
            port = urlsplit(self.url).port or self._options.port
            await stack.aclose()
            self._options = msgspec.structs.replace(self._options, host=self._host, port=port, port_explicit=True)
            self._kept.tokens = (self.token, self.client_token)
            self._tasks = Tasks()
            try:
                await self._come_up()
            except BaseException:
                # Nobody would start it again: whoever runs it is told to go on without.
                self._stop_wanted.set()
                raise

    async def wait_stopped(self) -> None:
        """Wait until somebody asks it to stop (``POST /shutdown``). The caller then calls :meth:`stop`."""
        await self._stop_wanted.wait()

    # ------------------------------------------------------------ the order of the start

    async def _start(self, stack: AsyncExitStack) -> None:
        options = self._options
        prepare_profile(options.profile)
        stack.enter_context(locked_profile(options.profile))
        await self._carry_out_restore()
        stack.push_async_callback(self._tasks.close)
        namespace = WorkerNamespace()
        probes = Probes(self._examine, self._facts, _run_selftest, self._gather)
        composer = Composer(options, self._tasks, lambda: self.url, self._kept, self.request_restart, probes)
        services = await composer.compose(stack, namespace)
        # Nothing in the background outlives the database that it writes to.
        stack.push_async_callback(self._tasks.close)
        await services.workers.ensure_defaults()  # whoever is answered finds them
        await self._listen(stack, services, namespace)
        self.token, self.client_token = services.tokens.admin_token, services.tokens.client_token
        known = MasterFile(
            url=self.url,
            token=self.token,
            client_token=self.client_token,
            pid=os.getpid(),
            started_at=now_ms(),
            version=__version__,
        )
        stack.enter_context(published_master(options.profile, known))
        stack.push_async_callback(self._stop_workers, services)
        stack.callback(spare_this())
        services.status.ready = True
        self._tasks.spawn(self._bring_up(services), name="bring up")
        self._tasks.spawn(self._tick(services), name="tick")

    async def _carry_out_restore(self) -> None:
        """Restore what somebody asked for, while nobody has the database open."""
        if (self._options.profile / REQUEST_FILE).exists():
            from master.store.restores import carry_out

            await asyncio.to_thread(carry_out, self._options.profile / DATABASE_FILE)

    async def _examine(self) -> list[CheckResult]:
        from master.checks.machine import examine

        options = self._options
        port = urlsplit(self.url).port or 0
        return await examine(options.profile, self._host, port, running=True, vault=options.vault)

    def _facts(self, tasks: list[str], address: str, started_at: int, uptime: float) -> SystemFacts:
        from master.checks.facts import facts_of

        return facts_of(self._options.profile, tasks, address, started_at, uptime)

    async def _gather(self, source: BundleSource) -> list[BundlePart]:
        from master.checks.bundles import Running, make_parts

        running = Running(recovery=source.recovery, catalog=source.catalog)
        profile = self._options.profile
        return await asyncio.to_thread(make_parts, profile, source.report, source.request, source.secrets, running)

    async def _listen(self, stack: AsyncExitStack, services: Services, namespace: WorkerNamespace) -> None:
        """Answer requests, and see with our own eyes that we do."""
        bound = self._bind(services.settings.current)
        stack.callback(bound.close)  # after the runner, which still needs it to stop listening
        server = make_server(services, namespace)
        app = make_app(services, request_shutdown=self.request_stop, sio=server)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, lingering_time=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(server.shutdown)
        await web.SockSite(runner, bound).start()
        self.url = ports.url_of(self._host, bound)
        await ports.check(self._host, bound.getsockname()[1], __version__)

    def _bind(self, settings: Settings) -> socket.socket:
        """Take the port that was asked for, else that of the settings: these never keep it from starting."""
        options = self._options
        port = settings.port if options.port is None else options.port
        self._host = options.host or settings.host
        try:
            return ports.bind(self._host, port, explicit=options.port_explicit)
        except StartError as error:
            if options.host is not None or self._host == LOOPBACK:
                raise
            logger.warning("%s The master listens on %s.", error.text.message, LOOPBACK)
            self._host = LOOPBACK
            return ports.bind(self._host, port, explicit=options.port_explicit)

    # ------------------------------------------------------------ while it runs

    async def _bring_up(self, services: Services) -> None:
        """What nobody who asks for ``/health`` has to wait for."""
        await self._recover(services)
        self._tasks.spawn(services.janitor.watch(), name="janitor")
        self._tasks.spawn(services.notifications.watch(), name="held notifications")
        services.item_parts.open()
        if not self._options.demo:
            self._tasks.spawn(services.backups.watch(), name="backups")
        self._tasks.spawn(services.restore_digests.watch(), name="restore digests")
        loading = self._tasks.spawn(self._load_catalog(services), name="catalogue")
        # The watch does not wait for it for long: workers know their platforms themselves.
        await asyncio.wait([loading], timeout=None if self._options.demo else CATALOGUE_SECONDS)
        if self._options.demo and self._options.demo_accounts:
            from master.services import demo

            await demo.fill(services.accounts)
        starts = self._options.workers
        services.assignments.open(services.workers.expected_ids() if starts else [])
        services.workers.joins.opened.set()
        if starts:
            scaler = Scaler(accounts=services.accounts, workers=services.workers, settings=services.settings)
            self._tasks.spawn(scaler.watch(), name="scaling")
            await services.workers.start_all()
        services.jobs.open()
        self._tasks.spawn(services.updates.watch(), name="newer versions")
        self._tasks.spawn(services.schedules.watch(), name="schedules")
        preloads = (services.accounts.preload, services.credentials.preload, services.proxies.preload)
        keyring = VaultWatch(keyring=services.status, accounts=services.accounts, preloads=preloads)
        self._tasks.spawn(keyring.run(), name="keyring")

    async def _recover(self, services: Services) -> None:
        try:
            report = await services.recovery.run()
            services.alerts.note_orphans(sum(row.repaired for row in report.repairs if row.kind == "process"))
        except Exception:
            # The supervisor's guard: what cannot be repaired must not keep the watch from beginning.
            logger.exception("the recovery failed; the workers start all the same")

    async def _load_catalog(self, services: Services) -> None:
        """Ask a worker process what there is to watch; a machine that is slow or full now may not be so later."""
        for delay in itertools.chain(CATALOGUE_DELAYS, itertools.repeat(CATALOGUE_DELAYS[-1])):
            try:
                await services.catalog.load()
            except (StartFailedError, TimeoutError) as error:
                logger.error("the catalogue of platforms could not be read, tried again in %.0f s: %s", delay, error)
                await asyncio.sleep(delay)
            else:
                return

    async def _tick(self, services: Services) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                services.machines.tick()
                services.workers.signs.tick()
                services.accounts.tick(now_ms())
                services.jobs.tick()
                services.sign_ins.tick()
                services.alerts.tick()
                services.metrics.tick(now_ms())
            except Exception:
                # The supervisor's guard: one failed tick must not end the watch.
                logger.exception("a tick failed")

    async def _stop_workers(self, services: Services) -> None:
        services.status.ready = False
        services.assignments.close()
        services.schedules.close()
        await services.sign_ins.logins.close()
        services.jobs.close()
        await services.alerts.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WORKERS_STOP_SECONDS + 1.0):
                await services.workers.stop_all(WORKERS_STOP_SECONDS)
        await services.recovery.finish()


async def _run_selftest() -> SelfTest:
    from master.checks.selftest_runs import run_selftest

    return await run_selftest()


__all__ = ["Master", "StartError"]
