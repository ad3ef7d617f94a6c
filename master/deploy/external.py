"""Workers that somebody starts elsewhere: nothing is started here, and what joins is known by its connection alone."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from master.deploy.base import Exit, Handle, Launch, StartFailedError, WorkerBackend


class Joined(NamedTuple):
    """Which process it is, as it told."""

    pid: int
    host: str
    instance: str
    """Another one for every process."""


class ExternalHandle(Handle):
    """A process that joined. Nobody here sees its end: it says goodbye, or it is parted with."""

    foreign = True
    ends_within = 30.0

    def __init__(self, joined: Joined, *, cut: Callable[[], None], remaining: Callable[[], float]) -> None:
        """``cut()`` ends its connection.

        ``remaining()``: seconds for which it may go on with what it has, though nobody hears of it.
        """
        self.joined = joined
        self.pid = joined.pid
        self.create_time = 0.0
        self._cut = cut
        self._remaining = remaining
        self._ended: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self) -> Exit:
        return await asyncio.shield(self._ended)

    @property
    def parting(self) -> bool:
        """It was parted with, or has ended: it does not come back as this one."""
        return self._timer is not None or self._ended.done()

    def left(self) -> None:
        """It said that it ends in order."""
        self._end(Exit(code=0))

    def terminate(self) -> None:
        self.kill_tree()

    def kill_tree(self) -> None:
        """Part with it: no signal reaches it. It counts as ended once it surely begins nothing more."""
        self._cut()
        if self._timer is None and not self._ended.done():
            self._timer = asyncio.get_running_loop().call_later(self._remaining(), self._end, Exit())

    def close_stdin(self) -> None:
        """There is no lifeline: it lives on without this master."""

    def _end(self, exit_: Exit) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._ended.done():
            self._ended.set_result(exit_)


class ExternalBackend(WorkerBackend):
    """Starts nothing."""

    async def start(self, launch: Launch) -> Handle:
        raise StartFailedError(f"{launch.worker_id} is started elsewhere, and joins by itself")
