"""One thread of our own for everything that touches the keyring.

Keyring calls can hang for ever (a prompt that nobody answers, a dead D-Bus service). On the default executor a hung
call would block the exit of the process, so they run on a daemon thread, one at a time, each with a deadline; a thread
that misses it is left behind and replaced.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from master.vault.errors import VaultError, translate

T = TypeVar("T")

HUNG_LIMIT: Final = 3
"""So many threads may hang at once; then calls fail at once until one of them comes back."""

CLOSE_SECONDS: Final = 1.0


class _Lane:
    """A daemon thread, the queue it serves, and the future that tells its end."""

    def __init__(self) -> None:
        self.jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self.ended: Future[None] = Future()
        self.thread = threading.Thread(target=self._serve, name="watchkeeper-keyring", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while (job := self.jobs.get()) is not None:
            work, outcome = job
            if outcome.set_running_or_notify_cancel():
                _run(work, outcome)
            del job, work, outcome  # may hold a secret, and this frame waits for long
        self.ended.set_result(None)


def _run(work: Callable[[], Any], outcome: Future[Any]) -> None:
    """Run one job; the named guard around the backends, which raise what they like."""
    try:
        result = work()
    except Exception as fault:  # noqa: BLE001 - third-party backends; the fault reaches the caller as a VaultError
        error = translate(fault)
        outcome.set_exception(error if error is fault else _caused(error, fault))
    else:
        outcome.set_result(result)


def _caused(error: VaultError, fault: Exception) -> VaultError:
    error.__cause__ = fault
    return error


class KeyringThread:
    """Runs callables one after the other on a daemon thread. Belongs to one event loop."""

    def __init__(self, deadline: float = 15.0) -> None:
        """``deadline``: seconds that one call may take, counted from its start."""
        self._deadline = deadline
        self._turn = asyncio.Lock()
        self._lane: _Lane | None = None
        self._hung: list[_Lane] = []
        self._stuck_write: Future[Any] | None = None
        self._closed = False

    async def call(self, work: Callable[[], T], *, writes: bool = False) -> T:
        """Run ``work`` on the thread and return its result.

        ``writes``: the call changes the keyring. While an earlier change still hangs no other one begins, because it
        could be overwritten by the late one.

        Raises :class:`VaultError`: ``ERR_KEYRING_TIMEOUT`` when the call takes too long, else what became of the fault.
        """
        async with self._turn:
            self._refuse(writes)
            if self._lane is None:
                self._lane = _Lane()
            outcome: Future[T] = Future()
            self._lane.jobs.put((work, outcome))
            try:
                # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the outcome.
                async with asyncio.timeout(self._deadline):
                    return await asyncio.wrap_future(outcome)
            except TimeoutError:
                self._leave_behind(outcome if writes else None)
                raise self._timeout() from None

    async def close(self) -> None:
        """End the thread; one that hangs is left to the end of the process. May be called twice."""
        self._closed = True
        lane, self._lane = self._lane, None
        if lane is None:
            return
        lane.jobs.put(None)
        done, _ = await asyncio.wait([asyncio.wrap_future(lane.ended)], timeout=CLOSE_SECONDS)
        if done:
            lane.thread.join(CLOSE_SECONDS)  # past its last statement: returns at once

    def _refuse(self, writes: bool) -> None:
        if self._closed:
            raise VaultError("vault_closed")
        self._hung = [lane for lane in self._hung if lane.thread.is_alive()]
        stuck = self._stuck_write is not None and not self._stuck_write.done()
        if len(self._hung) >= HUNG_LIMIT or (writes and stuck):
            raise self._timeout()

    def _leave_behind(self, write: Future[Any] | None) -> None:
        if write is not None and write.running():
            self._stuck_write = write
        if self._lane is not None:
            self._lane.jobs.put(None)  # should it ever come back, it ends
            self._hung.append(self._lane)
            self._lane = None

    def _timeout(self) -> VaultError:
        return VaultError("vault_timeout", seconds=round(self._deadline, 1))
