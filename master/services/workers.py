"""Workers: their processes, and what is asked of them. What they tell is in ``worker_signs``."""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from master.api.rows import Page
from master.api.schema import (
    Beat,
    LastExit,
    Worker,
    WorkerCommand,
    WorkerConfig,
    WorkerConfigSummary,
)
from master.errors import Conflict, NotFound
from master.services.events import Publisher
from master.services.settings import SettingsService
from master.services.worker_configs import WorkerConfigs, policy_of, summary_of
from master.services.worker_edits import EditHooks, WorkerEdits
from master.services.worker_joins import JoinTokens, WorkerJoins
from master.services.worker_journals import WorkerJournal
from master.services.worker_logs import LogWish, SentLines, has_logs, read_logs
from master.services.worker_signs import WorkerSigns
from master.services.worker_tables import WorkerTable
from master.supervision.restart import RestartPolicy
from master.supervision.supervisor import Exit, Launch, Supervisor
from master.tasks import Tasks
from worker.protocol.codec import now_ms
from worker.protocol.log_messages import LogRecord
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)


class WorkerHooks(EditHooks, Protocol):
    """What the owner of the assignments is told. Called in the loop; must not block."""

    async def worker_leaving(self, worker_id: str) -> None:
        """A worker is about to be stopped in order: let others take its accounts, and return when they have."""


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
        tokens: JoinTokens,
        sent_lines: SentLines,
        demo: bool = False,
        jobs_folder: Path | None = None,
    ) -> None:
        """``folder`` has one folder a worker; ``url`` is where this master listens, asked at every start.

        ``tokens``: by which workers join that are started elsewhere; ``sent_lines``: what those sent of their logs.
        ``jobs_folder`` has one folder a job, for all workers.
        """
        self._configs = configs
        self._journal = journal
        self._folder = folder
        self._url = url
        self._tokens = tokens
        self._sent_lines = sent_lines
        self._demo = demo
        self._jobs_folder = jobs_folder
        self._leftovers: dict[str, tuple[int, int]] = {}
        """Process id and creation time of what a killed master may have left."""
        self._supervisor: Supervisor
        self._hooks: WorkerHooks
        self._table = table = WorkerTable(journal=journal, publisher=publisher, settings=settings)
        self.note: Final = table.note
        self.joins: Final = WorkerJoins(table=table, tasks=tasks)
        self.signs: Final = WorkerSigns(table, tasks)
        self.is_connected: Final = self.signs.is_connected
        self.set_frozen: Final = self.signs.set_frozen
        self.set_assigned: Final = self.signs.set_assigned
        edits = WorkerEdits(
            table=table, configs=configs, joins=self.joins, tokens=tokens, tasks=tasks, hooks=lambda: self._hooks
        )
        self.create: Final = edits.create
        self.patch: Final = edits.patch
        self.delete: Final = edits.delete
        self.ensure_defaults: Final = edits.ensure_defaults

    def attach(self, supervisor: Supervisor, hooks: WorkerHooks) -> None:
        """Close the circle at composition: both are made with callables of this service."""
        self._supervisor = self._table.supervisor = supervisor
        self._hooks = hooks

    async def load(self) -> None:
        """Read all configurations, and what the master before knew of their processes."""
        self._leftovers = await self._table.load(await self._configs.all())

    async def end_leftovers(self) -> tuple[int, int]:
        """End what still runs of the workers of a master that was killed; return how many were looked at and ended."""
        leftovers, self._leftovers = self._leftovers, {}
        ended = 0
        for worker_id, (pid, created_ms) in leftovers.items():
            if await self._supervisor.end_leftover(pid, created_ms):
                ended += 1
                self.note(worker_id, "system", text("worker_leftover_ended", pid=pid))
            self._table.remember(worker_id)
        return len(leftovers), ended

    # ------------------------------------------------------------ reading

    def rows(self) -> list[Worker]:
        """Return all workers as they are now."""
        return [self._table.row(runtime) for runtime in self._table.runtimes.values()]

    def get(self, worker_id: str) -> Worker:
        """Return one worker. Raises :class:`NotFound`."""
        return self._table.row(self._table.get(worker_id))

    def configs(self) -> list[WorkerConfig]:
        """Return all configurations, oldest first."""
        return list(self._table.configs())

    def config(self, worker_id: str) -> WorkerConfig:
        """Return one configuration. Raises :class:`NotFound`."""
        return self._table.get(worker_id).config

    def memory_limit(self, worker_id: str) -> int | None:
        """Return the ``max_memory_mb`` of a worker; None: it has none, or there is no such worker."""
        runtime = self._table.find(worker_id)
        return runtime.config.max_memory_mb if runtime is not None else None

    def deployment(self, worker_id: str) -> str | None:
        """Return how a worker is run; None: there is no such worker."""
        runtime = self._table.find(worker_id)
        return runtime.config.deployment_type if runtime is not None else None

    def is_foreign(self, worker_id: str) -> bool:
        """Tell whether somebody starts this worker elsewhere."""
        runtime = self._table.find(worker_id)
        return runtime is not None and runtime.foreign

    def exists(self, worker_id: str) -> bool:
        """Tell whether there is such a worker."""
        return self._table.find(worker_id) is not None

    def summary(self) -> WorkerConfigSummary:
        """Return the counts of all configurations."""
        return summary_of(self.configs())

    def beats(self) -> dict[str, list[Beat]]:
        """Return the heartbeat bars, oldest tick first."""
        return {worker_id: list(runtime.beats) for worker_id, runtime in self._table.runtimes.items()}

    async def logs(self, worker_id: str, wish: LogWish) -> list[LogRecord]:
        """Return what the worker's processes printed, oldest first; also of a deleted worker while its folder stands.

        Of one that is started elsewhere: what it sent of its log. Raises :class:`NotFound`.
        """
        if self.is_foreign(worker_id):
            return await self._sent_lines(worker_id, wish)

        def read() -> list[LogRecord] | None:
            if not self.exists(worker_id) and not has_logs(self._folder, worker_id):
                return None
            return read_logs(self.folder(worker_id), worker_id, wish)

        records = await asyncio.to_thread(read)
        if records is None:
            raise NotFound(text("worker_unknown", worker=worker_id))
        return records

    async def events(self, worker_id: str, limit: int = 100, cursor: str | None = None) -> Page:
        """Return what happened to a worker, newest first; also of a deleted one. Raises :class:`NotFound`."""
        page = await self._journal.events(worker_id, limit, cursor)
        if not page.rows and not self.exists(worker_id):
            raise NotFound(text("worker_unknown", worker=worker_id))
        return page

    def folder(self, worker_id: str) -> Path:
        """Return the folder of a worker (its id is checked when it is created)."""
        return self._folder / worker_id

    # ------------------------------------------------------------ processes

    async def start(self, worker_id: str) -> Worker:
        """Start a worker by hand.

        Raises :class:`NotFound`, or :class:`Conflict` when it is switched off, or started elsewhere.
        """
        self._demand_startable(worker_id)
        await self._supervisor.start(worker_id, by_hand=True)
        return self.get(worker_id)

    async def stop(self, worker_id: str, command: WorkerCommand) -> Worker:
        """Stop a worker; it has ended when this returns. Raises :class:`NotFound`.

        One that is started elsewhere is asked to end; one that does not is cut off.
        """
        self._table.get(worker_id).expected = False
        await self._supervisor.stop(worker_id, graceful=command.graceful, timeout=command.timeout_ms / 1000)
        return self.get(worker_id)

    async def restart(self, worker_id: str, command: WorkerCommand) -> Worker:
        """Stop a worker and start it again. Raises as :meth:`start`."""
        self._demand_startable(worker_id)
        await self._supervisor.restart(worker_id, graceful=command.graceful, timeout=command.timeout_ms / 1000)
        return self.get(worker_id)

    def auto_start_ids(self) -> list[str]:
        """Return the workers that start with the master."""
        wanted = (config for config in self.configs() if config.enabled and config.auto_start)
        return [config.worker_id for config in wanted if not self.is_foreign(config.worker_id)]

    def expected_ids(self) -> list[str]:
        """Return the workers that are soon here: those that start with the master, and those that join again."""
        back = [name for name, runtime in self._table.runtimes.items() if runtime.expected]
        return [*self.auto_start_ids(), *back]

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
        runtime = self._table.get(worker_id)
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
            log_level=self._table.settings.current.log_level,
        )

    def policy(self, worker_id: str) -> RestartPolicy:
        """Return what the configuration says of restarts; a deleted worker is not restarted."""
        runtime = self._table.find(worker_id)
        return policy_of(runtime.config) if runtime else RestartPolicy(auto_restart=False)

    def token_owner(self, token: str) -> str | None:
        """Return the worker whose present process has this token, or that it lets join; None: it is not valid."""
        raw = token.encode("utf-8", "surrogatepass")
        found = self._tokens.worker_of(token)
        if found is not None and not self.is_foreign(found):
            found = None
        for worker_id, runtime in self._table.runtimes.items():
            if runtime.token and hmac.compare_digest(runtime.token.encode(), raw):
                found = worker_id
        return found

    # ------------------------------------------------------------ what the supervisor tells

    def on_transition(self, worker_id: str, state: WorkerState, why: Text | None) -> None:
        """Show a new state."""
        runtime = self._table.find(worker_id)
        if runtime is None:
            return
        if why is not None or state in (WorkerState.STOPPED, WorkerState.RUNNING):
            runtime.status_text = why
        self._table.publish(worker_id)
        self._table.remember(worker_id)
        self._note_state(worker_id, state)

    async def hand_over(self, worker_id: str, _seconds: float) -> None:
        """Have others take what a worker watches, before it is stopped. Cancelled when the time for that is over."""
        await self._hooks.worker_leaving(worker_id)

    def on_exit(self, worker_id: str, exit_: Exit, words: Text, abnormal: bool) -> None:
        """Note how a process ended, and let its accounts go on elsewhere at once."""
        runtime = self._table.find(worker_id)
        if runtime is not None:
            runtime.ended(LastExit(code=exit_.code, signal=exit_.signal, text=words, at=now_ms()))
        self._hooks.worker_gone(worker_id, text("cause_crashed" if abnormal else "cause_stopped"))
        self.note(worker_id, "error" if abnormal else "lifecycle", words)
        self._table.remember(worker_id)

    # ------------------------------------------------------------ inside

    def _demand_startable(self, worker_id: str) -> None:
        if not self.config(worker_id).enabled:
            raise Conflict(text("worker_disabled", worker=worker_id))
        if self.is_foreign(worker_id):
            raise Conflict(text("worker_starts_elsewhere", worker=worker_id, url=self._url()))

    def _note_state(self, worker_id: str, state: WorkerState) -> None:
        process = self._supervisor.process(worker_id)
        if state is WorkerState.STARTING and process.pid is not None:
            self.note(worker_id, "lifecycle", text("worker_started", pid=process.pid))
        elif state is WorkerState.CRASHED and process.restart_at_ms is not None:
            seconds = max(0.0, round((process.restart_at_ms - now_ms()) / 1000, 1))
            self.note(worker_id, "lifecycle", text("worker_restart_planned", seconds=seconds, count=process.failures))
        elif state is WorkerState.ERROR and not self.is_foreign(worker_id):
            self.note(worker_id, "error", text("worker_given_up", count=process.failures))
