"""The sockets of a master on loopback, with a real store of notifications and a publisher that the test moves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import socketio
from aiohttp import web

from master.api.events import Unread
from master.api.messages import encode
from master.api.rows import Body, Row
from master.api.system import Settings
from master.rest.routes import make_app
from master.services.events import Publisher
from master.services.notifications import NotificationService
from master.services.settings import SettingsService
from master.services.tokens import TokenService
from master.sockets.server import SocketServer, make_server
from master.sockets.worker_namespace import WorkerNamespace
from master.store.engine import Database
from tests.helpers.alerts import tell_alert
from worker.protocol.texts import text


class SocketWorld:
    """Everything that the namespaces need, and a way to make things happen."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.database = Database(profile / "test.db")
        self.read: list[tuple[int, bool]] = []
        self.url = ""
        self.port = 0
        self.publisher: Publisher
        self.services: Any
        self.server: SocketServer
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen, with a new stream of events; on the same port as before."""
        self.publisher = Publisher()
        settings = SettingsService(profile=self.profile, publisher=self.publisher, settings=Settings())
        if self.port == 0:
            self.tokens = TokenService(database=self.database)
        self.notifications = NotificationService(database=self.database, publisher=self.publisher, settings=settings)
        await self.notifications.load()
        self.services = SimpleNamespace(
            publisher=self.publisher,
            tokens=self.tokens,
            notifications=self.notifications,
            metrics=SimpleNamespace(acknowledged=lambda notification_id: None),
            items=SimpleNamespace(mark=self._mark, unread=lambda: Unread(total=3, accounts={"a": 3})),
        )
        self.server = make_server(self.services, WorkerNamespace())
        app = make_app(self.services, request_shutdown=lambda: None, sio=self.server)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Stop listening; everybody is disconnected."""
        if self._runner is not None:
            await self.server.shutdown()
            await self._runner.cleanup()
            self._runner = None

    async def drop(self) -> None:
        """End all connections, as a broken network does."""
        for socket in list(self.server.eio.sockets.values()):
            await socket.close(wait=False)

    async def alert(self, name: str) -> int:
        """Tell the person something; return the notification's number."""
        await tell_alert(self.notifications, self.database, text("notify_unreachable", account=name))
        rows = (await self.notifications.page(1)).rows
        return int(rows[0].id)

    async def _mark(self, item_id: int, read: bool) -> None:
        self.read.append((item_id, read))


class Peer:
    """A program of somebody else: the library alone, without our client."""

    def __init__(self, world: SocketWorld) -> None:
        self.world = world
        self.messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.socket = socketio.AsyncClient(reconnection=False, handle_sigint=False)

    async def connect(self, namespace: str, token: Any = "", **more: Any) -> None:
        """Connect; raises ``ConnectionError`` of the library."""
        self.socket.on("message", self.messages.put_nowait, namespace=namespace)
        auth = None if token is None else {"token": token or self.world.tokens.admin_token}
        await self.socket.connect(self.world.url, auth=auth, namespaces=[namespace], transports=["websocket"], **more)

    async def send(self, namespace: str, name: str, body: Row | Body) -> Any:
        """Send a message and return its acknowledgement."""
        return await self.raw(namespace, encode(name, body))

    async def raw(self, namespace: str, data: Any) -> Any:
        """Send anything as a message and return its acknowledgement."""
        return await self.socket.call("message", data, namespace=namespace, timeout=60)

    async def next(self) -> dict[str, Any]:
        """Return the next message that came."""
        return await asyncio.wait_for(self.messages.get(), 60)


@contextlib.asynccontextmanager
async def socket_world(profile: Path) -> AsyncIterator[SocketWorld]:
    """Run a :class:`SocketWorld` for the length of a test."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    world = SocketWorld(profile)
    await world.database.open()
    try:
        await world.start()
        yield world
    finally:
        await world.stop()
        await world.database.close()
        await asyncio.get_running_loop().shutdown_default_executor()


@contextlib.asynccontextmanager
async def peer_of(world: SocketWorld) -> AsyncIterator[Peer]:
    """A :class:`Peer` that is disconnected at the end."""
    peer = Peer(world)
    try:
        yield peer
    finally:
        await peer.socket.disconnect()
