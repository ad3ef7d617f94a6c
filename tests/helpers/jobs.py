"""The jobs' service over a database, with workers that the test plays: a common disk, and lines that may be cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from master.api.events import Event
from master.api.jobs import Job, JobCreate
from master.api.schema import Settings, Worker, WorkerConfig, WorkerConfigCreate
from master.errors import NotFound, Unavailable
from master.services.catalog import CatalogService
from master.services.events import Publisher
from master.services.jobs import JobService
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.store.tables import metadata
from master.tasks import Tasks
from tests.helpers.deadlines import until
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.job_messages import CancelJob, ForgetJob, JobEnded, JobReported, JobStarted, LimitJob, RunJob
from worker.protocol.manifest import Catalog, Field, Manifest
from worker.protocol.states import ErrorCode, JobReason, WorkerState
from worker.protocol.texts import text

COMMAND = Manifest(
    id="command",
    kind="runner",
    title={"en": "Command"},
    summary={"en": "A command"},
    icon="C",
    color="#333333",
    name_from="command",
    fields=[
        Field(name="command", type="text", title={"en": "Command"}, required=True),
        Field(name="args", type="list", title={"en": "Arguments"}),
        Field(name="shell", type="boolean", title={"en": "Shell"}, default=False),
        Field(name="headers", type="map", title={"en": "Headers"}),
        Field(name="code", type="multiline", title={"en": "Code"}),
    ],
)


class InlineExecutor(ThreadPoolExecutor):
    """Runs everything at once, in the calling thread: for virtual time, in which threads have no place."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Run it now."""
        future: Future[Any] = Future()
        try:
            future.set_result(work(*args, **more))
        except Exception as error:  # noqa: BLE001 (told to whoever waits, as the real one does)
            future.set_exception(error)
        return future


class InstantDatabase:
    """The tables in memory; each write is a transaction of its own, and done after one turn of the loop."""

    def __init__(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        metadata.create_all(self.engine)
        self.failing = False

    async def write(self, work: Callable[..., Any]) -> Any:
        """Run ``work`` in a transaction."""
        await asyncio.sleep(0)
        if self.failing:
            raise RuntimeError("the disk is full")
        with self.engine.begin() as conn:
            result = work(conn)
        await asyncio.sleep(0)
        return result

    async def read(self, work: Callable[..., Any]) -> Any:
        """Run ``work``."""
        await asyncio.sleep(0)
        with self.engine.connect() as conn:
            return work(conn)

    def close(self) -> None:
        """Forget everything."""
        self.engine.dispose()


@dataclass
class Run:
    """What the disk knows of one run: undecided, never begun, running under its keeper, or ended."""

    job_id: str
    number: int
    began: bool | None = None
    ended: JobEnded | None = None
    at: int = field(default_factory=now_ms)

    @property
    def alive(self) -> bool:
        """Its process runs."""
        return self.began is True and self.ended is None


class FakeWorkers:
    """Configurations and states of workers, as the service of the workers shows them."""

    def __init__(self) -> None:
        self.table: dict[str, WorkerConfig] = {}
        self.states: dict[str, WorkerState] = {}
        self.restart_at: dict[str, int] = {}

    def add(self, worker_id: str, **more: Any) -> None:
        """Configure a worker."""
        body = WorkerConfigCreate(worker_id=worker_id, name=worker_id, **more)
        self.table[worker_id] = WorkerConfig(**msgspec.structs.asdict(body), version=1, created_at=0)
        self.states[worker_id] = WorkerState.STOPPED

    def exists(self, worker_id: str) -> bool:
        """There is such a worker."""
        return worker_id in self.table

    def config(self, worker_id: str) -> WorkerConfig:
        """Its configuration."""
        return self.table[worker_id]

    def configs(self) -> list[WorkerConfig]:
        """All of them."""
        return list(self.table.values())

    def get(self, worker_id: str) -> Worker:
        """As it is now."""
        return Worker(
            worker_id=worker_id,
            name=worker_id,
            deployment_type="local",
            status=self.states[worker_id],
            online=False,
            pid=None,
            uptime=0.0,
            cpu_usage=None,
            memory_usage_mb=None,
            assigned_accounts=0,
            max_accounts=10,
            active_tasks=0,
            started_at=None,
            last_heartbeat_at=None,
            round_trip_ms=None,
            error_count=0,
            restart_count=0,
            restart_at=self.restart_at.get(worker_id),
            last_exit=None,
            status_text=None,
            worker_version="1",
            epoch=1,
            enabled=True,
            auto_start=True,
            config_version=1,
        )


class FakeCredentials:
    """One credential, ``c1``."""

    def has(self, credential_id: str) -> bool:
        """There is such a credential."""
        return credential_id == "c1"

    async def read(self, credential_id: str) -> dict[str, Any]:
        """Its values."""
        if not self.has(credential_id):
            raise NotFound(text("credential_unknown", id=credential_id))
        return {"token": "s3cret"}


class SimWorker:
    """A worker process: what it looks after, and what it has still to tell."""

    def __init__(self, name: str, world: "JobWorld") -> None:
        self.name = name
        self.world = world
        self.alive = self.connected = False
        self.mute = False
        """It takes nothing and answers nothing, though its line stands."""
        self.runs: set[tuple[str, int]] = set()
        self.told: set[tuple[str, int]] = set()
        self.forgotten: list[ForgetJob] = []
        self.limits: list[LimitJob] = []
        self.commands: list[RunJob] = []

    def register(self) -> None:
        """Its line stands (again): take up what the answer says."""
        self.connected = True
        for command in self.world.service.registered(self.name, ["command"]):
            self.take(command)

    def take(self, command: RunJob) -> None:
        """Begin a run, or take it up; once only."""
        self.commands.append(command)
        key = (command.job_id, command.run)
        if key in self.runs:
            return
        self.runs.add(key)
        run = self.world.disk.setdefault(key, Run(*key))
        if run.began is None:
            run.began = not command.adopt
            if run.began:
                self.world.check_single(command.job_id)

    def handle(self, message: Message) -> Message:
        """Answer a command."""
        if isinstance(message, RunJob):
            self.take(message)
        elif isinstance(message, CancelJob):
            key = (message.job_id, message.run)
            if key not in self.runs:
                raise ProtocolError(ErrorCode.JOB_NOT_FOUND, "not here")
            self.world.end(key, JobReason.KILLED if message.force else JobReason.CANCELLED, signal=15)
        elif isinstance(message, ForgetJob):
            self.forgotten.append(message)
            self.runs.discard((message.job_id, message.run))
        elif isinstance(message, LimitJob):
            self.limits.append(message)
        return Done()

    def news(self) -> list[JobReported]:
        """Return what it has to tell."""
        return [report for key in sorted(self.runs) if (report := self.world.report(key)) is not None]

    async def tell(self, *, heard: bool = True) -> None:
        """Tell the master all of it; what was ``heard`` to its end is forgotten."""
        if not self.connected:
            return
        for report in self.news():
            self.world.reports.append((self.name, report))
            await self.world.service.reported(self.name, report)
            if heard and (report.ended is not None or report.never_began):
                self.runs.discard((report.job_id, report.run))


class JobWorld:
    """All of it, with every event that was published."""

    def __init__(self, profile: Path, database: Any, **settings: Any) -> None:
        self.profile = profile
        self.database = database
        self.given = Settings(**settings)
        self.workers = FakeWorkers()
        self.disk: dict[tuple[str, int], Run] = {}
        self.crew: dict[str, SimWorker] = {}
        self.reports: list[tuple[str, JobReported]] = []
        self.events: list[Event] = []
        self.lost: list[int] = []
        self.lose: Callable[[Message], str] = lambda _message: ""
        """What becomes of a message to a worker: ``""``, ``before`` (it never comes) or ``after`` (no answer)."""
        self.tasks: Tasks
        self.service: JobService
        self.settings: SettingsService
        self.publisher: Publisher

    async def start(self) -> None:
        """A master begins on what is written."""
        self.tasks = Tasks()
        self.publisher = Publisher()
        self.publisher.subscribe(self.events.append)
        self.settings = SettingsService(profile=self.profile, publisher=self.publisher, settings=self.given)
        catalog = CatalogService(describe=self._describe, publisher=self.publisher)
        await catalog.load()
        self.notifications = NotificationService(
            database=self.database, publisher=self.publisher, settings=self.settings
        )
        self.service = JobService(
            database=self.database,
            publisher=self.publisher,
            catalog=catalog,
            settings=self.settings,
            notifications=self.notifications,
            workers=self.workers,
            credentials=FakeCredentials(),
            send=self._send,
            tasks=self.tasks,
            folder=self.profile / "jobs",
            lost=self.lost.append,
        )
        await self.service.load()
        await self.service.recover()
        self.service.open()

    async def stop(self) -> None:
        """The master ends; workers lose their lines."""
        for worker in self.crew.values():
            worker.connected = False
        self.service.close()
        await self.tasks.close()

    async def _describe(self) -> Catalog:
        return Catalog(version="1", runners=[COMMAND])

    async def _send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        worker = self.crew[worker_id]
        fate = self.lose(message)
        await asyncio.sleep(0)
        if not worker.connected or fate == "before":
            raise Unavailable(text("worker_not_connected", worker=worker_id))
        if worker.mute:
            await asyncio.sleep(timeout_s)
            raise Unavailable(text("worker_silent", worker=worker_id, seconds=5))
        answer = worker.handle(message)
        if fate == "after":
            raise Unavailable(text("worker_silent", worker=worker_id, seconds=5))
        return answer

    # ------------------------------------------------------------ workers

    def hire(self, name: str, **config: Any) -> SimWorker:
        """Configure a worker, and let it run."""
        self.workers.add(name, **({"cpu_cores": 2} | config))
        self.crew[name] = SimWorker(name, self)
        self.bring(name)
        return self.crew[name]

    async def opened(self, *names: str) -> None:
        """Hire workers (``w1`` when none is named) and wait until they take jobs."""
        for name in names or ("w1",):
            self.hire(name)
        await until(lambda: len(self.service._dispatcher.seats()) == len(self.crew))

    def bring(self, name: str) -> None:
        """Start a worker's process."""
        worker = self.crew[name]
        worker.alive = True
        worker.runs = set()
        self.workers.states[name] = WorkerState.RUNNING
        worker.register()

    def kill(self, name: str, state: WorkerState = WorkerState.STOPPED) -> None:
        """End a worker's process; what it ran goes on."""
        worker = self.crew[name]
        worker.alive = worker.connected = False
        worker.runs = set()
        self.workers.states[name] = state
        self.service.disconnected(name)
        self.publisher.publish("worker.changed", self.workers.get(name))

    def cut(self, name: str) -> None:
        """Cut the line of a worker that lives."""
        self.crew[name].connected = False
        self.service.disconnected(name)

    # ------------------------------------------------------------ runs

    def check_single(self, job_id: str) -> None:
        """Never two runs of a job at once."""
        alive = [run for run in self.disk.values() if run.job_id == job_id and run.alive]
        assert len(alive) <= 1, f"{len(alive)} runs of {job_id} at once"

    def end(self, key: tuple[str, int], reason: JobReason = JobReason.OK, **more: Any) -> None:
        """A run ends, if it runs."""
        run = self.disk.get(key)
        if run is not None and run.alive:
            code = {"code": 0} if reason is JobReason.OK else {}
            run.ended = JobEnded(at=now_ms(), started_at=run.at, reason=reason, **(code | more))

    def report(self, key: tuple[str, int]) -> JobReported | None:
        """Return what there is to tell of a run."""
        run = self.disk[key]
        if run.began is False:
            return JobReported(job_id=run.job_id, run=run.number, never_began=True)
        started = JobStarted(pid=7, at=run.at)
        return JobReported(job_id=run.job_id, run=run.number, started=started, ended=run.ended)

    async def submit(self, **more: Any) -> Job:
        """Submit a job and let the master tell its worker."""
        spec = more.pop("spec", {"command": "true"})
        job = await self.service.submit(JobCreate(runner=more.pop("runner", "command"), spec=spec, **more))
        await self.settle()
        return await self.service.get(job.id)

    async def tell(self) -> None:
        """Let every worker tell what it knows."""
        for worker in self.crew.values():
            await worker.tell()
        await self.settle()

    async def finish(self, job_id: str, reason: JobReason = JobReason.OK, **more: Any) -> Job:
        """Let the last run of a job end, and be told."""
        job = await self.service.get(job_id)
        self.end((job_id, job.attempts), reason, **more)
        await self.tell()
        return await self.service.get(job_id)

    async def settle(self) -> None:
        """Let what was begun come to its end; what waits for a time still waits."""
        for _ in range(60):
            await asyncio.sleep(0)

    def held(self) -> list[Any]:
        """Return the slots that the database says are held."""
        engine = getattr(self.database, "engine", None)
        assert engine is not None, "an InstantDatabase is needed"
        with engine.connect() as conn:
            return self.service._store.held(conn)

    def of(self, name: str) -> list[Any]:
        """Return the data of the events of one type."""
        return [event.data for event in self.events if event.type == name]


@contextlib.asynccontextmanager
async def job_world(profile: Path, **settings: Any) -> AsyncIterator[JobWorld]:
    """Run a :class:`JobWorld` with tables in memory."""
    asyncio.get_running_loop().set_default_executor(InlineExecutor(1))
    world = JobWorld(profile, InstantDatabase(), **settings)
    await world.start()
    try:
        yield world
    finally:
        await world.stop()
        world.database.close()
