"""Workers: their configurations, their processes, and what is seen of them."""

import asyncio
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from master.api.events import Deleted
from master.api.rows import Page
from master.api.schema import (
    Beat,
    LastExit,
    Worker,
    WorkerCommand,
    WorkerConfig,
    WorkerConfigCreate,
    WorkerConfigPatch,
    WorkerConfigSummary,
    WorkerEventKind,
)
from master.errors import Conflict, NotFound
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.services.standstills import Standstills
from master.services.worker_configs import WorkerConfigs, policy_of, summary_of
from master.services.worker_journals import WorkerJournal
from master.services.worker_logs import Stream, has_logs, read_logs
from master.services.worker_runtimes import WorkerRuntime
from master.store.workers import RuntimeRecord
from master.supervision.memory import Memory, judge_memory, recycles_in_vain
from master.supervision.restart import RestartPolicy
from master.supervision.supervisor import Exit, Launch, Supervisor
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import LogLevel, WorkerState
from worker.protocol.texts import Text, text
from worker.protocol.worker_messages import Heartbeat, RegisterWorker

logger = logging.getLogger(__name__)


class WorkerHooks(Protocol):
    """What the owner of the assignments is told. Called in the loop; must not block."""

    def worker_gone(self, worker_id: str, cause: Text) -> None:
        """The process of a worker ended, or the worker was deleted."""

    async def worker_leaving(self, worker_id: str) -> None:
        """A worker is about to be stopped in order: let others take its accounts, and return when they have."""

    def limits_changed(self, worker_id: str) -> None:
        """A worker may have more or fewer accounts from now on."""


class WorkerService:
    """All workers. Runtime facts live in memory; configurations are written before they count."""

    def __init__(
        self,
        *,
        configs: WorkerConfigs,
        journal: WorkerJournal,
        publisher: Publisher,
        settings: SettingsService,
        tasks: Tasks,
        folder: Path,
        url: Callable[[], str],
        demo: bool = False,
        jobs_folder: Path | None = None,
    ) -> None:
        """``folder`` has one folder a worker; ``url`` is where this master listens, asked at every start.

        ``jobs_folder`` has one folder a job, for all workers.
        """
        self._configs = configs
        self._journal = journal
        self._publisher = publisher
        self._settings = settings
        self._tasks = tasks
        self._folder = folder
        self._url = url
        self._demo = demo
        self._jobs_folder = jobs_folder
        self._runtimes: dict[str, WorkerRuntime] = {}
        self._leftovers: dict[str, tuple[int, int]] = {}
        """Process id and creation time of what a killed master may have left."""
        self._recycling: set[str] = set()
        self._standstills = Standstills()
        self._writing = asyncio.Lock()
        """Held while a configuration is judged and written."""
        self._supervisor: Supervisor
        self._hooks: WorkerHooks

    def attach(self, supervisor: Supervisor, hooks: WorkerHooks) -> None:
        """Close the circle at composition: both are made with callables of this service."""
        self._supervisor = supervisor
        self._hooks = hooks

    async def load(self) -> None:
        """Read all configurations, and what the master before knew of their processes."""
        for config in await self._configs.all():
            self._runtimes[config.worker_id] = WorkerRuntime(config=config)
        for worker_id, record in (await self._journal.load()).items():
            runtime = self._runtimes.get(worker_id)
            if runtime is None:
                continue
            process = self._supervisor.process(worker_id)
            process.epoch, process.restarts, process.failures = record.epoch, record.restarts, record.failures
            if record.last_exit is not None:
                runtime.last_exit = msgspec.json.decode(record.last_exit, type=LastExit)
            if record.pid is not None and record.process_created_ms is not None:
                self._leftovers[worker_id] = (record.pid, record.process_created_ms)

    async def end_leftovers(self) -> tuple[int, int]:
        """End what still runs of the workers of a master that was killed; return how many were looked at and ended."""
        leftovers, self._leftovers = self._leftovers, {}
        ended = 0
        for worker_id, (pid, created_ms) in leftovers.items():
            if await self._supervisor.end_leftover(pid, created_ms):
                ended += 1
                self.note(worker_id, "system", text("worker_leftover_ended", pid=pid))
            self._remember(worker_id)
        return len(leftovers), ended

    # ------------------------------------------------------------ reading

    def rows(self) -> list[Worker]:
        """Return all workers as they are now."""
        return [self._row(runtime) for runtime in self._runtimes.values()]

    def get(self, worker_id: str) -> Worker:
        """Return one worker. Raises :class:`NotFound`."""
        return self._row(self._runtime(worker_id))

    def configs(self) -> list[WorkerConfig]:
        """Return all configurations, oldest first."""
        return [runtime.config for runtime in self._runtimes.values()]

    def config(self, worker_id: str) -> WorkerConfig:
        """Return one configuration. Raises :class:`NotFound`."""
        return self._runtime(worker_id).config

    def memory_limit(self, worker_id: str) -> int | None:
        """Return the ``max_memory_mb`` of a worker; None: it has none, or there is no such worker."""
        runtime = self._runtimes.get(worker_id)
        return runtime.config.max_memory_mb if runtime is not None else None

    def deployment(self, worker_id: str) -> str | None:
        """Return how a worker is run; None: there is no such worker."""
        runtime = self._runtimes.get(worker_id)
        return runtime.config.deployment_type if runtime is not None else None

    def exists(self, worker_id: str) -> bool:
        """Tell whether there is such a worker."""
        return worker_id in self._runtimes

    def summary(self) -> WorkerConfigSummary:
        """Return the counts of all configurations."""
        return summary_of(self.configs())

    def beats(self) -> dict[str, list[Beat]]:
        """Return the heartbeat bars, oldest tick first."""
        return {worker_id: list(runtime.beats) for worker_id, runtime in self._runtimes.items()}

    async def logs(
        self,
        worker_id: str,
        tail: int = 200,
        stream: Stream | None = None,
        level: LogLevel | None = None,
        since: int | None = None,
        q: str | None = None,
    ) -> list[LogRecord]:
        """Return what the worker's processes printed, oldest first; also of a deleted worker while its folder stands.

        Raises :class:`NotFound`.
        """

        def read() -> list[LogRecord] | None:
            if worker_id not in self._runtimes and not has_logs(self._folder, worker_id):
                return None
            return read_logs(self.folder(worker_id), worker_id, tail=tail, stream=stream, level=level, since=since, q=q)

        records = await asyncio.to_thread(read)
        if records is None:
            raise NotFound(text("worker_unknown", worker=worker_id))
        return records

    async def events(self, worker_id: str, limit: int = 100, cursor: str | None = None) -> Page:
        """Return what happened to a worker, newest first; also of a deleted one. Raises :class:`NotFound`."""
        page = await self._journal.events(worker_id, limit, cursor)
        if not page.rows and worker_id not in self._runtimes:
            raise NotFound(text("worker_unknown", worker=worker_id))
        return page

    def note(self, worker_id: str, kind: WorkerEventKind, what: Text) -> None:
        """Keep what happened to a worker: told as ``worker.logged`` and in its events."""
        self._journal.note(worker_id, kind, what)

    def folder(self, worker_id: str) -> Path:
        """Return the folder of a worker (its id is checked when it is created)."""
        return self._folder / worker_id

    # ------------------------------------------------------------ configurations

    async def create(self, body: WorkerConfigCreate) -> WorkerConfig:
        """Add a worker. Raises :class:`Invalid`, or :class:`Conflict` when the id is taken."""
        async with self._writing:
            config = await self._configs.create(body, taken=body.worker_id in self._runtimes)
            self._runtimes[config.worker_id] = WorkerRuntime(config=config)
        self._publish(config.worker_id)
        return config

    async def patch(self, worker_id: str, body: WorkerConfigPatch) -> WorkerConfig:
        """Change a worker; ``max_accounts`` counts at once, the rest from its next start on.

        Raises :class:`NotFound`, :class:`Invalid`, or :class:`Conflict` when the version is stale.
        """
        async with self._writing:
            before = self._runtime(worker_id).config
            config = await self._configs.patch(before, body)
            self._runtime(worker_id).config = config
        self.note(worker_id, "system", text("worker_changed", version=config.version))
        self._publish(worker_id)
        if config.max_accounts != before.max_accounts:
            self._hooks.limits_changed(worker_id)
        if not config.enabled and before.enabled:
            self._tasks.spawn(self._supervisor.stop(worker_id), name=f"stop {worker_id}")
        return config

    async def delete(self, worker_id: str) -> None:
        """Stop a worker and forget it; its accounts go to others. Raises :class:`NotFound`."""
        self._runtime(worker_id)
        await self._supervisor.forget(worker_id, lambda: self._configs.delete(worker_id))
        self._runtimes.pop(worker_id, None)
        self.note(worker_id, "lifecycle", text("worker_deleted"))
        self._publisher.publish("worker.deleted", Deleted(id=worker_id))
        self._hooks.worker_gone(worker_id, text("cause_deleted"))

    async def ensure_defaults(self) -> None:
        """Give an empty profile its two workers."""
        if not self._runtimes:
            for number in (1, 2):
                name = f"local-{number}"
                await self.create(WorkerConfigCreate(worker_id=name, name=name, max_accounts=500))

    # ------------------------------------------------------------ processes

    async def start(self, worker_id: str) -> Worker:
        """Start a worker by hand. Raises :class:`NotFound`, or :class:`Conflict` when it is switched off."""
        if not self.config(worker_id).enabled:
            raise Conflict(text("worker_disabled", worker=worker_id))
        await self._supervisor.start(worker_id, by_hand=True)
        return self.get(worker_id)

    async def stop(self, worker_id: str, command: WorkerCommand) -> Worker:
        """Stop a worker; it has ended when this returns. Raises :class:`NotFound`."""
        self._runtime(worker_id)
        await self._supervisor.stop(worker_id, graceful=command.graceful, timeout=command.timeout_ms / 1000)
        return self.get(worker_id)

    async def restart(self, worker_id: str, command: WorkerCommand) -> Worker:
        """Stop a worker and start it again. Raises as :meth:`start`."""
        if not self.config(worker_id).enabled:
            raise Conflict(text("worker_disabled", worker=worker_id))
        await self._supervisor.restart(worker_id, graceful=command.graceful, timeout=command.timeout_ms / 1000)
        return self.get(worker_id)

    def auto_start_ids(self) -> list[str]:
        """Return the workers that start with the master."""
        return [config.worker_id for config in self.configs() if config.enabled and config.auto_start]

    async def start_all(self) -> None:
        """Start all that start with the master; one that fails keeps nobody else from it."""
        names = self.auto_start_ids()
        starts = (self._supervisor.start(name, by_hand=True) for name in names)
        for name, result in zip(names, await asyncio.gather(*starts, return_exceptions=True), strict=True):
            if isinstance(result, BaseException):
                logger.error("%s could not be started", name, exc_info=result)

    async def stop_all(self, timeout: float = 2.0) -> None:
        """Stop all at the same time; after ``timeout`` seconds they are killed. None is started any more."""
        await self._supervisor.close(timeout)
        await self._journal.flush()

    def launch(self, worker_id: str) -> Launch:
        """Return how the next process of a worker is made; the token of the one before ends here."""
        runtime = self._runtime(worker_id)
        token = secrets.token_urlsafe(32)
        runtime.began(token)
        config = runtime.config
        return Launch(
            worker_id=worker_id,
            url=self._url(),
            token=token,
            data_dir=self.folder(worker_id),
            jobs_dir=self._jobs_folder,
            env=config.env,
            command_args=config.command_args,
            working_directory=config.working_directory,
            demo=self._demo,
            log_level=self._settings.current.log_level,
        )

    def policy(self, worker_id: str) -> RestartPolicy:
        """Return what the configuration says of restarts; a deleted worker is not restarted."""
        runtime = self._runtimes.get(worker_id)
        return policy_of(runtime.config) if runtime else RestartPolicy(auto_restart=False)

    def token_owner(self, token: str) -> str | None:
        """Return the worker whose present process has this token, None when nobody has."""
        found: str | None = None
        for worker_id, runtime in self._runtimes.items():
            if runtime.token and hmac.compare_digest(runtime.token.encode(), token.encode()):
                found = worker_id
        return found

    # ------------------------------------------------------------ what the supervisor tells

    def on_transition(self, worker_id: str, state: WorkerState, why: Text | None) -> None:
        """Show a new state."""
        runtime = self._runtimes.get(worker_id)
        if runtime is None:
            return
        if why is not None or state in (WorkerState.STOPPED, WorkerState.RUNNING):
            runtime.status_text = why
        self._publish(worker_id)
        self._remember(worker_id)
        self._note_state(worker_id, state)

    async def hand_over(self, worker_id: str, _seconds: float) -> None:
        """Have others take what a worker watches, before it is stopped. Cancelled when the time for that is over."""
        await self._hooks.worker_leaving(worker_id)

    def on_exit(self, worker_id: str, exit_: Exit, words: Text, abnormal: bool) -> None:
        """Note how a process ended, and let its accounts go on elsewhere at once."""
        runtime = self._runtimes.get(worker_id)
        if runtime is not None:
            runtime.ended(LastExit(code=exit_.code, signal=exit_.signal, text=words, at=now_ms()))
        self._hooks.worker_gone(worker_id, text("cause_crashed" if abnormal else "cause_stopped"))
        self.note(worker_id, "error" if abnormal else "lifecycle", words)
        self._remember(worker_id)

    # ------------------------------------------------------------ what the worker tells

    def registered(self, worker_id: str, message: RegisterWorker) -> None:
        """Note that a worker's socket stands. Raises :class:`NotFound`."""
        self._runtime(worker_id).registered(message)
        self._supervisor.registered(worker_id)
        self.note(worker_id, "lifecycle", text("worker_registered", pid=message.pid))
        self._publish(worker_id)

    def disconnected(self, worker_id: str) -> None:
        """Note that its socket is gone; the process may live on and come back."""
        runtime = self._runtimes.get(worker_id)
        if runtime is not None and runtime.connected:
            runtime.connected = False
            self._publish(worker_id)

    def is_connected(self, worker_id: str) -> bool:
        """Tell whether the socket of a worker's present process stands."""
        runtime = self._runtimes.get(worker_id)
        return runtime is not None and runtime.connected

    def pulsed(self, worker_id: str, lease_ms: int) -> None:
        """Note a pulse and the lease that it renewed."""
        runtime = self._runtimes.get(worker_id)
        if runtime is not None:
            runtime.lease_ms = lease_ms
            runtime.signed()

    def set_frozen(self, worker_id: str, frozen: bool) -> None:
        """Its lease ended though its process stands, or it is there again."""
        runtime = self._runtimes.get(worker_id)
        if runtime is not None and runtime.frozen != frozen:
            runtime.frozen = frozen
            kind: WorkerEventKind = "error" if frozen else "lifecycle"
            self.note(worker_id, kind, text("worker_frozen" if frozen else "worker_thawed"))
            self._publish(worker_id)

    def heartbeat(self, worker_id: str, message: Heartbeat) -> None:
        """Note a heartbeat and show it."""
        runtime = self._runtimes.get(worker_id)
        if runtime is not None:
            self._publisher.publish("heartbeat", runtime.beat(message), numbered=False)

    def set_assigned(self, counts: Mapping[str, int]) -> None:
        """Note how many accounts each worker has now; only those that changed are announced."""
        for worker_id, runtime in self._runtimes.items():
            count = counts.get(worker_id, 0)
            if runtime.assigned != count:
                runtime.assigned = count
                self._publish(worker_id)

    def tick(self) -> None:
        """Once a second: find workers that gave no sign of life, show it, and end those that hang."""
        patience = self._settings.current.offline_after_seconds
        interval = self._settings.current.heartbeat_seconds
        now = time.monotonic()
        lag, judging = self._standstills.tick(now)
        for worker_id, runtime in self._runtimes.items():
            runtime.stood_still(lag)
            if self._supervisor.state(worker_id) is not WorkerState.RUNNING:
                continue
            self._watch_memory(worker_id, runtime)
            if not judging or now - runtime.alive_at <= patience or now - runtime.missed_at < interval:
                continue
            runtime.missed()
            self._publish(worker_id)
            why = text("exit_hung", seconds=round(patience))
            self._supervisor.fail(worker_id, why, alive_at=runtime.alive_at)

    def _watch_memory(self, worker_id: str, runtime: WorkerRuntime) -> None:
        """Recycle a worker that comes near its limit, and kill one that is past it."""
        limit = runtime.config.max_memory_mb
        if limit is None:
            return
        rss = self._supervisor.rss_bytes(worker_id)
        verdict = judge_memory(rss, runtime.heartbeat.rss_bytes if runtime.heartbeat else None, limit)
        if verdict is Memory.HARD and rss is not None:
            why = text("exit_memory", memory_mb=round(rss / 1048576), limit_mb=limit)
            self.note(worker_id, "system", why)
            self._supervisor.fail(worker_id, why)
        elif verdict is Memory.SOFT and worker_id not in self._recycling:
            now, before = time.monotonic(), runtime.recycled_at
            runtime.recycled_at = now
            if recycles_in_vain(now, before):
                # Counted as a crash, so that the restart rule comes to an end with a limit that is too low.
                self._supervisor.fail(worker_id, text("exit_memory_again", limit_mb=limit))
                return
            self.note(worker_id, "system", text("worker_recycled", limit_mb=limit))
            self._recycling.add(worker_id)
            self._tasks.spawn(self._recycle(worker_id), name=f"recycle {worker_id}")

    async def _recycle(self, worker_id: str) -> None:
        try:
            await self._supervisor.recycle(worker_id)
        finally:
            self._recycling.discard(worker_id)

    # ------------------------------------------------------------ inside

    def _note_state(self, worker_id: str, state: WorkerState) -> None:
        process = self._supervisor.process(worker_id)
        if state is WorkerState.STARTING and process.pid is not None:
            self.note(worker_id, "lifecycle", text("worker_started", pid=process.pid))
        elif state is WorkerState.CRASHED and process.restart_at_ms is not None:
            seconds = max(0.0, round((process.restart_at_ms - now_ms()) / 1000, 1))
            self.note(worker_id, "lifecycle", text("worker_restart_planned", seconds=seconds, count=process.failures))
        elif state is WorkerState.ERROR:
            self.note(worker_id, "error", text("worker_given_up", count=process.failures))

    def _remember(self, worker_id: str) -> None:
        """Write what the next master must know of this worker's process."""
        runtime = self._runtimes.get(worker_id)
        if runtime is None:
            return
        process = self._supervisor.process(worker_id)
        handle = process.handle
        self._journal.remember(
            RuntimeRecord(
                worker_id=worker_id,
                status=process.state,
                epoch=process.epoch,
                restarts=process.restarts,
                failures=process.failures,
                pid=handle.pid if handle else None,
                process_created_ms=round(handle.create_time * 1000) if handle else None,
                started_at=runtime.started_at,
                last_exit=msgspec.json.encode(runtime.last_exit).decode() if runtime.last_exit else None,
                updated_at=now_ms(),
            )
        )

    def _runtime(self, worker_id: str) -> WorkerRuntime:
        runtime = self._runtimes.get(worker_id)
        if runtime is None:
            raise NotFound(text("worker_unknown", worker=worker_id))
        return runtime

    def _row(self, runtime: WorkerRuntime) -> Worker:
        process = self._supervisor.process(runtime.config.worker_id)
        return runtime.row(process, self._settings.current.offline_after_seconds)

    def _publish(self, worker_id: str) -> None:
        runtime = self._runtimes.get(worker_id)
        if runtime is not None:
            self._publisher.publish("worker.changed", self._row(runtime))
