"""Pages of the window on a real master: both share the test's loop, no thread is between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication

from desktop.dialogs.context import Context
from desktop.models.hub import Models
from desktop.settings import SettingsHolder
from desktop.tasks import Tasks
from desktop.theme import Theme
from desktop.words import Wording
from master.api.client import MasterClient
from tests.helpers import deadlines


class StraightBridge(QObject):
    """What the window calls the master through, without a thread."""

    event_arrived = Signal(object)
    connection_changed = Signal(bool, str)
    connected = False

    def __init__(self, client: MasterClient) -> None:
        super().__init__()
        self.client = client

    async def call(self, coroutine: Any) -> Any:
        """Await it here."""
        return await coroutine


class LoopTasks(Tasks):
    """Tasks of one loop. Between fixture and test it stands still, but no timer of Qt: what they want begins later."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def run(self, coroutine: Coroutine[Any, Any, Any], name: str = "") -> asyncio.Task[Any]:
        """As that of the window."""
        stands_still = asyncio._get_running_loop() is None
        if stands_still:
            asyncio._set_running_loop(self._loop)
        try:
            task = super().run(coroutine, name)
            if self._closed:
                task.cancel()
            return task
        finally:
            if stands_still:
                asyncio._set_running_loop(None)

    async def close(self) -> None:
        """As that of the window; what begins later ends at once."""
        self._closed = True
        await super().close()


async def until(condition: Callable[[], Any], what: str = "") -> Any:
    """Poll ``condition`` while the window lives."""
    return await deadlines.until(lambda: (QCoreApplication.processEvents(), condition())[1], what=what)


@contextlib.asynccontextmanager
async def live_context(
    client: MasterClient, qapp: QApplication, settings: SettingsHolder | None = None
) -> AsyncIterator[Context]:
    """What pages and dialogs work on, loaded; ``settings``: else those of nobody."""
    bridge, wording, tasks = StraightBridge(client), Wording("en"), LoopTasks()
    models = Models(bridge, wording, tasks.run)
    context = Context(
        bridge=bridge,
        models=models,
        wording=wording,
        theme=Theme(qapp, "light"),
        settings=settings or SettingsHolder(),
        run=tasks.run,
    )
    await client.open(listener=bridge.event_arrived.emit, on_connection=bridge.connection_changed.emit)
    await models.load()
    try:
        yield context
    finally:
        models.close()
        models.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # while its tasks can still be made
        await tasks.close()
