"""Daemon threads for calls that block: each call has a deadline, and none is ever waited for at the end.

``asyncio.to_thread`` is no choice for calls that can hang (IMAP, DNS): its threads are joined at exit.
"""

import asyncio
import contextvars
import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)

LIMIT: Final = 64
"""Most threads at once; a hung one keeps its place until its call returns."""

_Call = Callable[[], None]


class Threads:
    """A bounded pool of daemon threads. Use it from one event loop only."""

    def __init__(self, limit: int = LIMIT, name: str = "blocking") -> None:
        self._limit = limit
        self._name = name
        self._places = asyncio.Semaphore(limit)
        self._idle: list[queue.SimpleQueue[_Call | None]] = []
        self._all: list[queue.SimpleQueue[_Call | None]] = []
        self._abandoned = 0
        self._closed = False

    @property
    def abandoned(self) -> int:
        """Return how many calls run on past their deadline."""
        return self._abandoned

    async def run_blocking(self, call: Callable[[], T], timeout: float) -> T:
        """Run ``call`` on a thread and return its value.

        Raises ``TimeoutError`` after ``timeout`` seconds (waiting for a free thread counts), else what ``call`` raises.
        A call that is given up goes on alone; its thread is free again when it returns.
        """
        outcome: Future[T] | None = None
        try:
            async with asyncio.timeout(timeout):
                await self._places.acquire()
                outcome = self._begin(call)
                return await asyncio.wrap_future(outcome)
        except TimeoutError:
            if outcome is not None and not outcome.done():
                self._abandon(outcome)
            raise

    def close(self) -> None:
        """Let idle threads end. Those that hang are left alone: daemons die with the process."""
        self._closed = True
        for inbox in self._all:
            inbox.put(None)

    def _begin(self, call: Callable[[], T]) -> Future[T]:
        if self._closed:
            self._places.release()
            raise RuntimeError("the threads are closed")
        loop = asyncio.get_running_loop()
        outcome: Future[T] = Future()
        # Running from the start: a cancelled waiter cannot cancel what a thread has begun.
        outcome.set_running_or_notify_cancel()
        context = contextvars.copy_context()
        inbox = self._idle.pop() if self._idle else self._start()

        def give_back() -> None:
            _tell(loop, self._give_back, inbox)

        # Given back first: whoever gets the value finds this thread free.
        inbox.put(lambda: _settle(outcome, context, call, give_back))
        return outcome

    def _start(self) -> "queue.SimpleQueue[_Call | None]":
        inbox: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._all.append(inbox)
        thread = threading.Thread(
            target=_serve, args=(inbox,), name=f"worker-{self._name}-{len(self._all)}", daemon=True
        )
        thread.start()
        return inbox

    def _give_back(self, inbox: "queue.SimpleQueue[_Call | None]") -> None:
        self._idle.append(inbox)
        self._places.release()

    def _abandon(self, outcome: "Future[Any]") -> None:
        self._abandoned += 1
        logger.warning(
            "a blocking call passed its deadline and goes on alone (%d of %d threads hang)",
            self._abandoned,
            self._limit,
        )
        loop = asyncio.get_running_loop()
        outcome.add_done_callback(lambda _: _tell(loop, self._returned))

    def _returned(self) -> None:
        self._abandoned -= 1


class DaemonExecutor(ThreadPoolExecutor):
    """Default executor of the loop: libraries resolve names on it, and that can hang.

    The standard one joins its threads at exit; this one starts a daemon thread a call and waits for none.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Run ``fn`` on a daemon thread of its own."""
        outcome: Future[T] = Future()
        outcome.set_running_or_notify_cancel()
        context = contextvars.copy_context()
        threading.Thread(
            target=_settle,
            args=(outcome, context, lambda: fn(*args, **kwargs), lambda: None),
            name="worker-executor",
            daemon=True,
        ).start()
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for nothing."""


def _serve(inbox: "queue.SimpleQueue[_Call | None]") -> None:
    while (call := inbox.get()) is not None:
        call()


def _settle(
    outcome: "Future[T]", context: contextvars.Context, call: Callable[[], T], before: Callable[[], None]
) -> None:
    """Run ``call``, then ``before``, then let the value or the error out."""
    try:
        value = context.run(call)
    except BaseException as error:  # noqa: BLE001 (not swallowed: it is raised again in whoever waits)
        before()
        outcome.set_exception(error)
    else:
        before()
        outcome.set_result(value)


def _tell(loop: asyncio.AbstractEventLoop, callback: Callable[..., object], *args: Any) -> None:
    try:
        loop.call_soon_threadsafe(callback, *args)
    except RuntimeError:
        # The loop has closed: nobody is left to be told.
        return
