"""Which way a worker is run."""

from collections.abc import Callable, Mapping

from master.deploy.base import Handle, Launch, StartFailedError, WorkerBackend


class Deployments(WorkerBackend):
    """Hands every worker to the backend of its deployment type."""

    def __init__(self, backends: Mapping[str, WorkerBackend], kind_of: Callable[[str], str | None]) -> None:
        """``kind_of``: the deployment type of a worker, None when there is no such worker."""
        self._backends = backends
        self._kind_of = kind_of

    async def start(self, launch: Launch) -> Handle:
        kind = self._kind_of(launch.worker_id)
        backend = self._backends.get(kind) if kind is not None else None
        if backend is None:
            raise StartFailedError(f"nothing here runs workers of the type {kind}")
        return await backend.start(launch)

    async def end_leftover(self, pid: int, created_ms: int) -> bool:
        for backend in self._backends.values():
            if await backend.end_leftover(pid, created_ms):
                return True
        return False
