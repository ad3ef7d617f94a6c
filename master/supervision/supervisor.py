"""Keeps worker processes running: one object a worker, one command of it at a time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from master.deploy.base import Exit, Launch, WorkerBackend
from master.deploy.external import ExternalHandle, Joined
from master.supervision.links import HandOver, Links, OnExit, OnTransition, ShutDownRequest, keep, nothing
from master.supervision.processes import WorkerProcess
from master.supervision.restart import RestartPolicy
from master.tasks import Tasks
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text

__all__ = ["Exit", "Joined", "Launch", "Supervisor"]


class Supervisor:
    """All workers of this master. Every callable that it reports to runs in the loop and must not block."""

    def __init__(
        self,
        *,
        backend: WorkerBackend,
        launch: Callable[[str], Launch],
        policy: Callable[[str], RestartPolicy],
        on_transition: OnTransition,
        on_exit: OnExit,
        shut_down: ShutDownRequest,
        tasks: Tasks,
        hand_over: HandOver = keep,
        start_seconds: float = 30.0,
    ) -> None:
        """``launch`` and ``policy`` are asked at every start, so that a changed configuration counts at once."""
        self._links = Links(
            backend=backend,
            launch=launch,
            policy=policy,
            on_transition=on_transition,
            on_exit=on_exit,
            shut_down=shut_down,
            hand_over=hand_over,
            tasks=tasks,
            start_seconds=start_seconds,
            closing=lambda: self._closing,
        )
        self._processes: dict[str, WorkerProcess] = {}
        self._closing = False

    def process(self, worker_id: str) -> WorkerProcess:
        """Return the keeper of a worker, which begins as stopped."""
        if worker_id not in self._processes:
            self._processes[worker_id] = WorkerProcess(self._links, worker_id)
        return self._processes[worker_id]

    def state(self, worker_id: str) -> WorkerState:
        """Return the state of a worker; one that was never started is stopped."""
        process = self._processes.get(worker_id)
        return process.state if process else WorkerState.STOPPED

    def registered(self, worker_id: str) -> None:
        """Note that a worker's process told the master who it is (its token proves that it is this process)."""
        self.process(worker_id).registered()

    async def start(self, worker_id: str, *, by_hand: bool) -> None:
        """Start a worker. One that runs already is left alone. By hand, its crashes are forgotten."""
        if not self._closing:
            await self.process(worker_id).start(by_hand=by_hand)

    async def stop(self, worker_id: str, *, graceful: bool = True, timeout: float = 30.0) -> None:
        """Stop a worker: others take its accounts, it is asked, then terminated, then killed with its whole tree.

        ``timeout`` in seconds is the patience until it is terminated, half of it at most for its accounts; not
        ``graceful`` kills at once. It has ended when this returns. A stopped one is left alone; a planned restart is
        dropped.
        """
        if worker_id in self._processes:
            await self._processes[worker_id].stop(graceful=graceful, timeout=timeout)

    async def restart(self, worker_id: str, *, graceful: bool = True, timeout: float = 30.0) -> None:
        """Stop a worker and start it again, by hand."""
        await self.process(worker_id).restart(graceful=graceful, timeout=timeout)

    def joined(
        self, worker_id: str, joined: Joined, *, cut: Callable[[], None], remaining: Callable[[], float]
    ) -> None:
        """Take in a process that was not started here and told who it is; one that was there before is over.

        ``cut()`` ends its connection; ``remaining()``: seconds for which it may go on with what it has unheard.
        """
        self.process(worker_id).joined(ExternalHandle(joined, cut=cut, remaining=remaining))

    def present(self, worker_id: str) -> Joined | None:
        """Return which process it is that joined as this worker; None: none did, or it was started here."""
        handle = self.process(worker_id).handle
        return handle.joined if isinstance(handle, ExternalHandle) else None

    def parting(self, worker_id: str) -> bool:
        """Tell whether a process that was not started here is being parted with: nobody joins in its place before."""
        process = self.process(worker_id)
        if process.erasing or process.state is WorkerState.STOPPING:
            return True
        handle = process.handle
        return isinstance(handle, ExternalHandle) and handle.parting

    def left(self, worker_id: str) -> None:
        """Note that a process that was not started here ends in order. Of others the system tells."""
        handle = self.process(worker_id).handle
        if isinstance(handle, ExternalHandle):
            handle.left()

    def missed(self, worker_id: str, why: Text) -> None:
        """Note that a process that was not started here is given up: it has not joined again."""
        self.process(worker_id).missed(why)

    async def send_away(self, worker_id: str, why: Text, *, hand_over: bool = True, timeout: float = 30.0) -> None:
        """Part with a process that was not started here; it has nothing any more when this returns, and lives on."""
        if worker_id in self._processes:
            await self._processes[worker_id].send_away(why, timeout=timeout, hand_over=hand_over)

    def fail(self, worker_id: str, why: Text, *, alive_at: float | None = None) -> None:
        """Kill a worker that hangs; it counts as a crash, told as ``why``.

        ``alive_at``: monotonic seconds of its last sign of life; what came after it is no time in which it ran.
        """
        if worker_id in self._processes:
            self._processes[worker_id].fail(why, alive_at=alive_at)

    async def recycle(self, worker_id: str, timeout: float = 30.0) -> None:
        """Stop a running worker in order and start it again; no crash, and its crashes are not forgotten either."""
        if worker_id in self._processes and not self._closing:
            await self._processes[worker_id].recycle(timeout=timeout)

    def rss_bytes(self, worker_id: str) -> int | None:
        """Return the memory of a worker's process, None where nobody can tell. Quick."""
        process = self._processes.get(worker_id)
        return process.handle.rss_bytes() if process is not None and process.handle is not None else None

    async def end_leftover(self, pid: int, created_ms: int) -> bool:
        """End what a master before left running; False when that process is no more."""
        return await self._links.backend.end_leftover(pid, created_ms)

    async def forget(self, worker_id: str, erase: Callable[[], Awaitable[None]] = nothing) -> None:
        """Stop a worker, ``erase`` it, and keep nothing of it; commands that wait for that start nothing.

        What ``erase`` raises is passed on, and the worker is kept.
        """
        await self.process(worker_id).forget(erase, timeout=5.0)
        self._processes.pop(worker_id, None)

    async def close(self, timeout: float = 2.0) -> None:
        """Stop all workers at the same time, handing nothing over; nothing starts any more.

        After ``timeout`` seconds they are killed. Those that were not started here are left alone: they join the next
        master.
        """
        self._closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout + 1.0):
                started = (one for one in self._processes.values() if one.handle is None or not one.handle.foreign)
                await asyncio.gather(
                    *(process.stop(graceful=True, timeout=timeout, hand_over=False) for process in started)
                )
        for process in self._processes.values():
            process.kill()
