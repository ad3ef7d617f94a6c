"""The only thread hop: calls to the engine thread, events back as Qt signals.

The window lives on the GUI thread (qasync loop without sockets); the master and its client live on the engine thread
(plain asyncio loop). ``await bridge.call(client.…)`` goes there; one queued signal per event comes back.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from master.api.client import MasterClient
from master.api.events import Event
from master.api.schema import Notification

T = TypeVar("T")
log = logging.getLogger("watchkeeper.desktop")

SHOW_SECONDS = 15.0
"""Longest that showing a notification may take before it counts as not shown."""


class Engine:
    """A thread with an asyncio loop of its own: the master's and the client's."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The engine's loop."""
        assert self._loop is not None
        return self._loop

    @property
    def alive(self) -> bool:
        """The thread has not ended."""
        return self._thread.is_alive()

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run ``coroutine`` on the engine and await its result here; cancelling here cancels there."""
        if not self._thread.is_alive():
            coroutine.close()
            raise RuntimeError("the engine has stopped")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    async def close(self, timeout: float = 5.0) -> None:
        """End the thread. Polls, because a join would block the window's loop."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        deadline = asyncio.get_running_loop().time() + timeout
        while self._thread.is_alive() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 (a thread)
            await asyncio.sleep(0.01)
        if self._thread.is_alive():
            log.error("the engine thread did not end within %s s", timeout)

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=_engine_loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._ready.set()
        await self._stop.wait()


def _engine_loop() -> asyncio.AbstractEventLoop:
    proactor: Callable[[], asyncio.AbstractEventLoop] | None = getattr(asyncio, "ProactorEventLoop", None)
    return proactor() if proactor is not None else asyncio.SelectorEventLoop()


class Showing:
    """Notifications on their way to the person. The master is told *shown* only after :meth:`confirm`."""

    def __init__(self, notifications: list[Notification], digest: bool) -> None:
        self.notifications = notifications
        self.digest = digest
        self.shown: Future[None] = Future()

    def confirm(self) -> None:
        """They stand on the screen, or the person chose not to see any."""
        if not self.shown.done():
            self.shown.set_result(None)


class Bridge(QObject):
    """What views, models and dialogs see of the master."""

    event_arrived = Signal(object)
    """One :class:`~master.api.events.Event`."""
    notified = Signal(object)
    """One :class:`Showing`: notifications to show, to be confirmed once they were shown."""
    connection_changed = Signal(bool, str)
    """Whether the master answers, and why not."""

    def __init__(self, engine: Engine, client: MasterClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self.client = client
        self.connected = False
        self.connection_changed.connect(self._on_connection_changed)

    async def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine of the client. Raises ``master.api.client.ApiError``."""
        return await self._engine.call(coroutine)

    async def open(self) -> None:
        """Connect; from then on events arrive as signals."""
        await self.call(
            self.client.open(
                listener=self._emit_event, on_notification=self._emit_notifications, on_connection=self._emit_connection
            )
        )

    async def close(self) -> None:
        """Disconnect the client."""
        await self.call(self.client.close())

    # the three below run on the engine thread: a signal's emit is the hop

    def _emit_event(self, event: Event) -> None:
        self.event_arrived.emit(event)

    async def _emit_notifications(self, notifications: list[Notification], digest: bool) -> None:
        showing = Showing(notifications, digest)
        self.notified.emit(showing)
        await asyncio.wait_for(asyncio.wrap_future(showing.shown), SHOW_SECONDS)

    def _emit_connection(self, connected: bool, reason: str) -> None:
        self.connection_changed.emit(connected, reason)

    def _on_connection_changed(self, connected: bool, _reason: str) -> None:
        self.connected = connected
