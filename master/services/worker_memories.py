"""The memory of workers: one that comes near its limit begins anew, one that is past it is ended."""

import time
from typing import Final

from master.services.worker_runtimes import WorkerRuntime
from master.services.worker_tables import WorkerTable
from master.supervision.memory import MEGABYTE, Memory, judge_memory, recycles_in_vain
from master.tasks import Tasks
from worker.protocol.texts import text


class WorkerMemories:
    """Looks at one worker at a time, once a second each."""

    def __init__(self, *, table: WorkerTable, tasks: Tasks) -> None:
        self._table = table
        self._tasks = tasks
        self._recycling: Final[set[str]] = set()

    def watch(self, worker_id: str, runtime: WorkerRuntime) -> None:
        """Recycle a worker that comes near its limit, and kill one that is past it."""
        limit, supervisor = runtime.config.max_memory_mb, self._table.supervisor
        if limit is None:
            return
        rss = supervisor.rss_bytes(worker_id)
        verdict = judge_memory(rss, runtime.heartbeat.rss_bytes if runtime.heartbeat else None, limit)
        if verdict is Memory.HARD and rss is not None:
            why = text("exit_memory", memory_mb=round(rss / MEGABYTE), limit_mb=limit)
            self._table.note(worker_id, "system", why)
            supervisor.fail(worker_id, why)
        elif verdict is Memory.SOFT and worker_id not in self._recycling:
            now, before = time.monotonic(), runtime.recycled_at
            runtime.recycled_at = now
            if recycles_in_vain(now, before):
                # Counted as a crash, so that the restart rule comes to an end with a limit that is too low.
                supervisor.fail(worker_id, text("exit_memory_again", limit_mb=limit))
                return
            self._table.note(worker_id, "system", text("worker_recycled", limit_mb=limit))
            self._recycling.add(worker_id)
            self._tasks.spawn(self._recycle(worker_id), name=f"recycle {worker_id}")

    async def _recycle(self, worker_id: str) -> None:
        try:
            await self._table.supervisor.recycle(worker_id)
        finally:
            self._recycling.discard(worker_id)
