"""One worker under supervision: its process, its state, its restarts."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from master.deploy.base import Exit, Handle, StartFailedError
from master.supervision.exit_codes import INCURABLE, describe_exit
from master.supervision.links import Links
from master.supervision.restart import after_crash, may_restart
from master.supervision.transitions import ALIVE, WorkerEvent, next_state
from worker.protocol.states import WorkerState
from worker.protocol.texts import Text, text

logger = logging.getLogger(__name__)

TERMINATE_SECONDS: Final = 2.0
"""Patience after SIGTERM."""
HANDING_OVER: Final = 0.5
"""The share of the patience in which accounts move away before the worker is asked to end."""


class WorkerProcess:
    """Commands are serialised by a lock; what the process itself does (register, exit) is never kept waiting."""

    def __init__(self, links: Links, worker_id: str) -> None:
        self._links = links
        self.worker_id: Final = worker_id
        self.state = WorkerState.STOPPED
        self.handle: Handle | None = None
        self.started_at_monotonic = 0.0
        self.epoch = 0
        """Processes that were made so far."""
        self.failures = 0
        """Consecutive abnormal exits."""
        self.restarts = 0
        """Automatic restarts since the last start by hand."""
        self.restart_at_ms: int | None = None
        self._running_since: float | None = None
        self._alive_at: float | None = None
        """The last sign of life of one that was killed because it gave none."""
        self._words: Text | None = None
        """How its last process ended, if abnormally."""
        self.erasing = False
        """It is being deleted."""
        self._barred = False
        """Nothing is started any more: it is deleted, or the master has closed."""
        self._blame: Text | None = None
        self._lock = asyncio.Lock()
        self._ended = asyncio.Event()
        self._ended.set()
        self._restart_timer: asyncio.TimerHandle | None = None
        self._start_timer: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Process id, None when none runs."""
        return self.handle.pid if self.handle else None

    @property
    def uptime(self) -> float:
        """Seconds since the process was made, 0 when none runs."""
        return time.monotonic() - self.started_at_monotonic if self.handle else 0.0

    # ------------------------------------------------------------ commands

    async def start(self, *, by_hand: bool) -> None:
        """Start it unless it runs."""
        async with self._lock:
            await self._start(by_hand=by_hand)

    async def stop(self, *, graceful: bool, timeout: float, hand_over: bool = True) -> None:
        """Stop it unless it is stopped; it has ended when this returns."""
        async with self._lock:
            await self._stop(graceful=graceful, timeout=timeout, hand_over=hand_over)

    async def restart(self, *, graceful: bool, timeout: float) -> None:
        """Stop and start it, with no other command in between."""
        async with self._lock:
            await self._stop(graceful=graceful, timeout=timeout)
            await self._start(by_hand=True)

    async def recycle(self, *, timeout: float) -> None:
        """Stop it in order and start it again, if it runs when its turn comes."""
        async with self._lock:
            if self.state is WorkerState.RUNNING:
                await self._stop(graceful=True, timeout=timeout)
                await self._start(by_hand=False)

    def registered(self) -> None:
        """Note that the process registered."""
        if self.handle is None:
            return
        self._cancel_start_timer()
        if self.state is WorkerState.STARTING:
            self._running_since = time.monotonic()
        self._on(WorkerEvent.REGISTERED)

    def joined(self, handle: Handle) -> None:
        """Take in a process that was not started here. One that was there before and is silent makes room for it."""
        before, self.handle = self.handle, None
        if before is not None:
            before.kill_tree()
            self._links.on_exit(self.worker_id, Exit(), text("worker_replaced"), False)
        self.failures = self.restarts = 0
        self._words = self._blame = self._alive_at = None
        self._stand(handle)
        self._running_since = self.started_at_monotonic
        state = self.state
        self._on(WorkerEvent.JOINED)
        if self.state is state:
            self._tell(None)

    def missed(self, why: Text) -> None:
        """Note that a process that was not started here has not joined again though it should have."""
        if self.handle is None:
            self._links.on_exit(self.worker_id, Exit(), why, True)
            self._on(WorkerEvent.MISSED, why)

    async def send_away(self, why: Text, *, timeout: float, hand_over: bool) -> None:
        """Part with a process that was not started here, which lives on: others take its accounts, in at most half of
        ``timeout`` seconds if it may hand them over.
        """
        async with self._lock:
            handle = self.handle
            self._on(WorkerEvent.STOP)
            if handle is None:
                # Nobody is waited for any more.
                self._on(WorkerEvent.ENDED)
                return
            if hand_over:
                half = timeout * HANDING_OVER
                await self._ask(self._links.hand_over(self.worker_id, half), half)
            self._blame = why
            await self._kill(handle)

    async def forget(self, erase: Callable[[], Awaitable[None]], *, timeout: float) -> None:
        """Stop it, ``erase`` it, and start it never again, whoever waits for that. What ``erase`` raises keeps it."""
        async with self._lock:
            await self._stop(graceful=True, timeout=timeout)
            self.erasing = True
            try:
                await erase()
            finally:
                self.erasing = False
            self._barred = True

    def fail(self, why: Text, *, alive_at: float | None = None) -> None:
        """Kill the process and blame ``why``. ``alive_at``: its last sign of life, monotonic seconds; None: now."""
        if self.handle is not None:
            self._blame = why
            self._alive_at = alive_at
            self.handle.kill_tree()

    def kill(self) -> None:
        """Kill what is left of the process, at the very end; one that is being made meanwhile is killed as well."""
        self._barred = True
        self._cancel_restart()
        self._cancel_start_timer()
        if self.handle is not None and not self.handle.foreign:
            self.handle.kill_tree()
            self.handle.close_stdin()

    # ------------------------------------------------------------ the way up

    async def _start(self, *, by_hand: bool) -> None:
        # Asked under the lock: whoever waited for it may have outlived the master or the worker itself.
        if self._is_over() or self._links.closing():
            return
        self._cancel_restart()
        if by_hand:
            self.failures = 0
            self.restarts = 0
        if self.state in ALIVE:
            return
        self._blame = None
        self._running_since = None
        self._alive_at = None
        self._on(WorkerEvent.START)
        handle = await self._make()
        if handle is None:
            return
        self._stand(handle)
        self._start_timer = asyncio.get_running_loop().call_later(self._links.start_seconds, self._too_late)
        self._links.tasks.spawn(handle.tend(), name=f"tend {self.worker_id}")
        logger.info("%s started, pid %d", self.worker_id, handle.pid)
        self._tell(None)
        if self._is_over():
            handle.kill_tree()

    def _stand(self, handle: Handle) -> None:
        """A process stands, and its end will be seen."""
        self.epoch += 1
        self.handle = handle
        self.started_at_monotonic = time.monotonic()
        self._ended.clear()
        self._links.tasks.spawn(self._watch(handle), name=f"watch {self.worker_id}")

    def _is_over(self) -> bool:
        return self._barred

    async def _make(self) -> Handle | None:
        """Make a process; whatever prevents it is a failed start, so that the restart rule goes on from there."""
        try:
            return await self._links.backend.start(self._links.launch(self.worker_id))
        except StartFailedError as error:
            logger.error("%s could not be started: %s", self.worker_id, error)
            self._crashed(Exit(), error.reason)
        except Exception as error:
            # The supervisor's guard: no thread, no descriptor, no memory; it must not be "starting" for ever.
            logger.exception("%s could not be started", self.worker_id)
            self._crashed(Exit(), StartFailedError(str(error) or type(error).__name__).reason)
        except BaseException:
            self._crashed(Exit(), StartFailedError("cancelled").reason)
            raise
        return None

    def _too_late(self) -> None:
        self._start_timer = None
        self.fail(text("exit_start_timeout", seconds=round(self._links.start_seconds)))

    # ------------------------------------------------------------ the way down

    async def _stop(self, *, graceful: bool, timeout: float, hand_over: bool = True) -> None:
        self._cancel_restart()
        handle = self.handle
        self._on(WorkerEvent.STOP)
        if handle is None:
            # No process stands whose end could tell it.
            self._on(WorkerEvent.ENDED)
            return
        if handle.foreign:
            await self._part(handle, graceful=graceful, timeout=timeout, hand_over=hand_over)
            return
        if graceful:
            await self._leave(timeout, hand_over=hand_over)
            if not self._ended.is_set():
                self._blame = text("worker_killed_no_answer", seconds=round(timeout))
                handle.terminate()
                await self._wait_ended(min(timeout, TERMINATE_SECONDS))
        await self._kill(handle)

    async def _part(self, handle: Handle, *, graceful: bool, timeout: float, hand_over: bool) -> None:
        """Ask one that was not started here to end; whatever it does, it is given nothing any more."""
        await self._leave(timeout if graceful else TERMINATE_SECONDS, hand_over=hand_over and graceful)
        if not self._ended.is_set():
            self._blame = text("worker_cut_off")
        await self._kill(handle)

    async def _kill(self, handle: Handle) -> None:
        if not self._ended.is_set():
            handle.kill_tree()
            if not await self._wait_ended(handle.ends_within):
                logger.error("%s, pid %d, does not end though it was killed", self.worker_id, handle.pid)

    async def _leave(self, timeout: float, *, hand_over: bool) -> None:
        """Let others take its accounts while it still watches the rest, then let it end by itself."""
        links, ends_at = self._links, time.monotonic() + timeout
        if hand_over:
            half = timeout * HANDING_OVER
            await self._ask(links.hand_over(self.worker_id, half), half)
        left = max(0.0, ends_at - time.monotonic())
        if not self._ended.is_set() and await self._ask(links.shut_down(self.worker_id, left), left):
            await self._wait_ended(ends_at - time.monotonic())

    async def _ask(self, request: Awaitable[None], timeout: float) -> bool:
        """Tell whether what is asked of the worker was done in time."""
        try:
            await asyncio.wait_for(request, timeout)
        except Exception as error:  # noqa: BLE001 (supervisor's guard: it cannot be asked, then it is told)
            logger.info("%s could not be asked to stop (%s)", self.worker_id, error or type(error).__name__)
            return False
        return True

    async def _wait_ended(self, timeout: float) -> bool:
        try:
            await asyncio.wait_for(self._ended.wait(), max(timeout, 0))
        except TimeoutError:
            return False
        return True

    async def _watch(self, handle: Handle) -> None:
        try:
            exit_ = await handle.wait()
        except Exception:
            # The supervisor's guard: nobody could see its end any more, so it is made to end.
            logger.exception("%s, pid %d, cannot be watched and is killed", self.worker_id, handle.pid)
            handle.kill_tree()
            exit_ = Exit()
        self._exited(handle, exit_)

    def _exited(self, handle: Handle, exit_: Exit) -> None:
        if handle is not self.handle:
            return
        self._cancel_start_timer()
        handle.close_stdin()
        self.handle = None
        ordered = self.state is WorkerState.STOPPING
        words = self._blame or describe_exit(exit_.code, exit_.signal, ours=ordered)
        try:
            if ordered or (exit_.code == 0 and self._blame is None):
                logger.info("%s: %s", self.worker_id, words)
                self._links.on_exit(self.worker_id, exit_, words, False)
                self._on(WorkerEvent.ENDED)
            else:
                self._crashed(exit_, words)
        finally:
            self._ended.set()

    def _crashed(self, exit_: Exit, words: Text) -> None:
        links = self._links
        self._words = words
        decision = after_crash(
            links.policy(self.worker_id),
            failures=self.failures,
            ran_seconds=self._ran_seconds(),
            jitter=random.random(),  # noqa: S311 (spreads restarts; nothing secret)
            curable=exit_.code not in INCURABLE,
        )
        self.failures = decision.failures
        logger.warning("%s %s", self.worker_id, words)
        links.on_exit(self.worker_id, exit_, words, True)
        if decision.delay_seconds is None:
            self._on(WorkerEvent.GAVE_UP, words)
            return
        self.restart_at_ms = int(time.time() * 1000 + decision.delay_seconds * 1000)
        loop = asyncio.get_running_loop()
        self._restart_timer = loop.call_later(decision.delay_seconds, self._restart_due)
        self._on(WorkerEvent.FAILED, words)

    def _ran_seconds(self) -> float:
        """Time in which it hung is none in which it ran: else the rule never ended for one that hangs every time."""
        if self._running_since is None:
            return 0.0
        until = self._alive_at if self._alive_at is not None else time.monotonic()
        return max(0.0, until - self._running_since)

    def _restart_due(self) -> None:
        self._restart_timer = None
        self._links.tasks.spawn(self._restart_alone(), name=f"restart {self.worker_id}")

    async def _restart_alone(self) -> None:
        async with self._lock:
            # A command may have come first.
            if self.state is not WorkerState.CRASHED or self.restart_at_ms is None:
                return
            if self._links.closing():
                return
            if not may_restart(self._links.policy(self.worker_id), self.failures):
                # The configuration was changed while it waited.
                self._cancel_restart()
                self._on(WorkerEvent.GAVE_UP, self._words)
                return
            self.restarts += 1
            await self._start(by_hand=False)

    # ------------------------------------------------------------ states

    def _on(self, event: WorkerEvent, why: Text | None = None) -> None:
        state = next_state(self.state, event)
        if state is not self.state:
            self.state = state
            self._tell(why)

    def _tell(self, why: Text | None) -> None:
        self._links.on_transition(self.worker_id, self.state, why)

    def _cancel_restart(self) -> None:
        self.restart_at_ms = None
        if self._restart_timer is not None:
            self._restart_timer.cancel()
            self._restart_timer = None

    def _cancel_start_timer(self) -> None:
        if self._start_timer is not None:
            self._start_timer.cancel()
            self._start_timer = None
