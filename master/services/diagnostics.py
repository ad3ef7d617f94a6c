"""What the master says of its own machine: checks, facts, a self-test, and a bundle for those who help."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple, Protocol

from master.api.diagnostics import (
    Bundle,
    BundlePart,
    BundleRequest,
    SelfTest,
    SystemFacts,
    SystemReport,
)
from master.api.results import CheckResult, finding
from master.api.system import CatalogAnswer
from master.api.upkeep import Recovery
from master.api.workers import Worker
from master.errors import Conflict, Unavailable
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.states import WorkerState
from worker.protocol.texts import text
from worker.version import __version__


class Probes(NamedTuple):
    """What looks at the machine; loaded when it is asked for."""

    examine: Callable[[], Awaitable[list[CheckResult]]]
    facts: Callable[[list[str], str, int, float], SystemFacts]
    """Of names of tasks, address, start and uptime; blocks."""
    selftest: Callable[[], Awaitable[SelfTest]]
    bundle: "Callable[[BundleSource], Awaitable[list[BundlePart]]]"


class BundleSource(NamedTuple):
    """What a bundle is made of, beside the profile folder."""

    report: SystemReport
    request: BundleRequest
    recovery: Recovery | None
    catalog: CatalogAnswer
    secrets: list[str] | None
    """Everything that the vault holds, to look for it; None: it could not be read."""


class Workers(Protocol):
    """What is asked of the workers."""

    def rows(self) -> list[Worker]: ...


class DiagnosticService:
    """Nothing of it is done before somebody asks."""

    def __init__(
        self,
        *,
        workers: Workers,
        probes: Probes,
        tasks: Tasks,
        address: Callable[[], str],
        catalog: Callable[[], CatalogAnswer],
        recovery: Callable[[], Recovery],
        secrets: Callable[[], Awaitable[list[str] | None]],
    ) -> None:
        """``secrets()``: all values that the vault holds, None when it cannot be read now."""
        self._workers = workers
        self._probes = probes
        self._tasks = tasks
        self._address = address
        self._catalog = catalog
        self._recovery = recovery
        self._secrets = secrets
        self._began = time.monotonic()
        self._started_at = now_ms()
        self._asking = asyncio.Lock()
        self._selftest = SelfTest(state="never")

    async def report(self) -> SystemReport:
        """Look at everything now; it starts a worker process for a moment. One at a time."""
        async with self._asking:
            checks = await self._probes.examine()
        checks += check_workers(self._workers.rows())
        return SystemReport(at=now_ms(), checks=checks, facts=await self.facts())

    async def facts(self) -> SystemFacts:
        """What this master runs on, and how much its folder takes; nothing is tried out."""
        uptime = round(time.monotonic() - self._began, 1)
        return await asyncio.to_thread(
            self._probes.facts, self._tasks.names(), self._address(), self._started_at, uptime
        )

    @property
    def selftest(self) -> SelfTest:
        """The last run, or the one under way."""
        return self._selftest

    def start_selftest(self) -> SelfTest:
        """Begin one. Raises :class:`Conflict` while one runs."""
        if self._selftest.state == "running":
            raise Conflict(text("selftest_running"))
        self._selftest = SelfTest(state="running", started_at=now_ms())
        self._tasks.spawn(self._run_selftest(), name="self-test")
        return self._selftest

    async def _run_selftest(self) -> None:
        began = self._selftest.started_at
        ended = SelfTest(state="failed")
        try:
            ended = await self._probes.selftest()
        finally:
            self._selftest = SelfTest(
                state=ended.state,
                started_at=began,
                ended_at=now_ms(),
                steps=ended.steps,
                problem=ended.problem,
            )

    async def bundle(self, request: BundleRequest) -> Bundle:
        """Gather what helps to find a fault, without secrets, item texts and names."""
        recovery: Recovery | None = None
        with suppress(Unavailable):  # it is still being looked for
            recovery = self._recovery()
        source = BundleSource(
            report=await self.report(),
            request=request,
            recovery=recovery,
            catalog=self._catalog(),
            secrets=await self._secrets(),
        )
        return Bundle(at=now_ms(), parts=await self._probes.bundle(source))


def check_workers(workers: list[Worker]) -> list[CheckResult]:
    """The workers that should run do, and are of this version."""
    wanted = [row for row in workers if row.enabled and (row.auto_start or row.online)]
    down = [row.name for row in wanted if not row.online]
    online = len(wanted) - len(down)
    results: list[CheckResult] = []
    if online == 0 and any(row.status is WorkerState.STARTING for row in wanted):
        results.append(finding("workers", "warn", "doctor_workers_starting"))
    elif online == 0:
        results.append(
            finding("workers", "bad", "doctor_workers_none", advice="doctor_workers_down_do", remedy="show_workers")
        )
    elif down:
        results.append(
            finding(
                "workers",
                "warn",
                "doctor_workers_down",
                advice="doctor_workers_down_do",
                remedy="show_workers",
                online=online,
                total=len(wanted),
                names=", ".join(down),
            )
        )
    else:
        results.append(finding("workers", "ok", "doctor_workers_ok", online=online, total=len(wanted)))
    other = [
        f"{row.name} ({row.worker_version})" for row in workers if row.online and row.worker_version != __version__
    ]
    if other:
        names = ", ".join(other)
        advice = "doctor_versions_differ_do"
        results.append(
            finding("versions", "warn", "doctor_versions_differ", advice=advice, remedy="show_workers", names=names)
        )
    elif online:
        results.append(finding("versions", "ok", "doctor_versions_ok"))
    return results
