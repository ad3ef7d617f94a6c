"""Places to wait for: for requests, so many at a host; for parses, so many in all. Each loop has its own.

Who waits for a place counts no time: neither a server nor a document is slow because others came before.
"""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, text

T = TypeVar("T")

REQUESTS: Final = 64
REQUESTS_A_HOST: Final = 8
PARSES: Final = 2
"""Most documents parsed at once: each takes the interpreter from all others."""


class Places:
    """The places of one loop. A host is known as long as somebody is at it or waits for it."""

    def __init__(self) -> None:
        self.parses = asyncio.Semaphore(PARSES)
        self.hosts: dict[str, tuple[asyncio.Semaphore, set[object]]] = {}
        self._requests = asyncio.Semaphore(REQUESTS)

    @contextlib.asynccontextmanager
    async def request(self, host: str, context: Context) -> AsyncIterator[None]:
        """Wait until a request to ``host`` may begin; leaving lets the next one begin."""
        places, guests = self.hosts.setdefault(host, (asyncio.Semaphore(REQUESTS_A_HOST), set()))
        guest = object()
        guests.add(guest)
        try:
            async with places, self._requests:
                context.about_to_ask()
                yield
        finally:
            guests.discard(guest)
            if not guests:
                del self.hosts[host]


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, Places] = WeakKeyDictionary()


def here() -> Places:
    """Return the places of the running loop."""
    return _places.setdefault(asyncio.get_running_loop(), Places())


class Parse(Generic[T]):
    """A call for a thread that keeps its place until it has really ended, even when nobody waits for it any more."""

    def __init__(self, call: Callable[[], T], places: asyncio.Semaphore) -> None:
        self._call = call
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._given_up = False
        self.begun = False

    def __call__(self) -> T:
        """Make the call, on any thread. Raises ``RuntimeError`` when it was given up before."""
        with self._lock:
            if self._given_up:
                raise RuntimeError("given up")
            self.begun = True
        try:
            return self._call()
        finally:
            # A loop that has closed has no places any more.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._places.release)

    def give_up(self) -> None:
        """Let no thread begin it any more; nothing when one has begun, or ended it. On the loop's thread."""
        with self._lock:
            if self.begun or self._given_up:
                return
            self._given_up = True
        self._places.release()


async def parse_on_thread(context: Context, host: str, call: Callable[[], T], seconds: float) -> T:
    """Run what takes the processor on a thread, a few at a time in the whole worker, and return its value.

    Raises ``TimeoutError`` when it takes longer than ``seconds``, ``TemporaryFailure`` when no thread was free for what
    ``host`` answered (no fault of the answer), else what ``call`` raises.
    """
    places = here().parses
    await places.acquire()
    work = Parse(call, places)
    try:
        return await context.run_blocking(work, seconds)
    except TimeoutError as error:
        if work.begun:
            raise
        reason = text("connection_lost", host=host, detail="no thread was free to read it")
        raise TemporaryFailure(reason) from error
    finally:
        work.give_up()
