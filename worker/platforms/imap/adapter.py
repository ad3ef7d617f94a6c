"""IMAP mailboxes: polled by UID, and pushed through IDLE where the server offers it."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe, text

if TYPE_CHECKING:
    from imapclient import IMAPClient

    from worker.platforms.imap.connections import Server

T = TypeVar("T")
CALL_SECONDS = 60.0
RENEW_SECONDS = 20 * 60.0
"""IDLE is begun anew so often: servers may hang up after 29 minutes."""
MAX_IDLING = 5
"""Folders with a push connection of their own; the rest are polled."""


class Adapter(Platform):
    """One mailbox: a connection to poll with, and one that idles for each folder."""

    kinds = (ItemKind.MAIL,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._client: IMAPClient | None = None
        self._idling: dict[str, IMAPClient] = {}
        self._idle_since = 0.0
        self._offers_idle = True

    @property
    def folders(self) -> list[str]:
        """The folders to watch, each once."""
        return list(dict.fromkeys(self.context.settings.get("folders") or ["INBOX"]))

    async def probe(self) -> Probe:
        from worker.platforms.imap import connections, folders

        server = self._server()
        password = (await self.context.secret()).get("password")
        async with self.context.step("step_resolve"):
            await self._call(lambda: connections.resolve(server))
        async with self.context.step("step_connect"):
            await self._call(lambda: connections.reach(server))
        async with self.context.step("step_tls" if server.security != "none" else "step_connect"):
            client = await self._call(lambda: connections.connect(server))
        try:
            async with self.context.step("step_sign_in"):
                await self._call(lambda: connections.sign_in(client, server, password))
            async with self.context.step("step_first_check"):
                for folder in self.folders:
                    await self._guarded(partial(folders.select, client, folder), server)
        finally:
            await self._call(lambda: connections.hang_up(client))
        return Probe(identity=f"{server.username}@{server.host}", name=server.username)

    async def poll(self, cursor: str | None) -> Poll:
        from worker.platforms.imap import folders

        server = self._server()
        client = await self._signed_in(server)
        known = folders.read_cursor(cursor)
        try:
            items, progress, more = await self._guarded(lambda: folders.check(client, self.folders, known), server)
        except BaseException:
            await self._drop_client()
            raise
        self._offers_idle = client.has_capability("IDLE")
        return Poll(items=items, cursor=folders.write_cursor(progress), more=more)

    def can_listen(self) -> bool:
        return self._offers_idle

    async def listen(self) -> bool:
        server = self._server()
        try:
            if await self._begin_idling(server):
                return True
            return await self._wait_idling(server)
        except asyncio.CancelledError:
            self._forget()
            raise
        except BaseException:
            await self._end_idling()
            raise

    async def close(self) -> None:
        await self._end_idling()
        await self._drop_client()

    def _server(self) -> "Server":
        from worker.platforms.imap.connections import Server

        return Server.of(self.context.settings)

    async def _call(self, call: Callable[[], T]) -> T:
        return await self.context.run_blocking(call, CALL_SECONDS)

    async def _guarded(self, call: Callable[[], T], server: "Server") -> T:
        """Run ``call`` on a thread; what IMAP and sockets raise becomes a plug-in error."""
        from worker.platforms.imap.connections import failures

        def run() -> T:
            with failures(server):
                return call()

        try:
            return await self._call(run)
        except TimeoutError as error:
            reason = text("connect_timeout", host=server.host, port=server.port, seconds=round(CALL_SECONDS))
            raise TemporaryFailure(reason) from error

    async def _signed_in(self, server: "Server") -> "IMAPClient":
        from worker.platforms.imap import connections

        if self._client is not None:
            try:
                await self._guarded(self._client.noop, server)
                return self._client
            except TemporaryFailure:
                await self._drop_client()
        password = (await self.context.secret()).get("password")
        self._client = await self._guarded(lambda: connections.open_signed_in(server, password), server)
        return self._client

    async def _drop_client(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            from worker.platforms.imap.connections import hang_up

            await self._call(lambda: hang_up(client))

    async def _begin_idling(self, server: "Server") -> bool:
        """Let every folder idle that does not yet. True when one has begun.

        What arrived between the last poll and the begin of IDLE is announced by nobody: one more poll finds it.
        """
        from worker.platforms.imap import connections, folders

        fresh = False
        for folder in self.folders[:MAX_IDLING]:
            if folder in self._idling:
                continue
            password = (await self.context.secret()).get("password")

            def begin(folder: str = folder, password: str = password) -> "IMAPClient":
                client = connections.open_signed_in(server, password)
                try:
                    folders.select(client, folder)
                    client.idle()
                except BaseException:
                    connections.hang_up(client)
                    raise
                return client

            self._idling[folder] = await self._guarded(begin, server)
            self._idle_since = time.monotonic()
            fresh = True
        return fresh

    async def _wait_idling(self, server: "Server") -> bool:
        """Wait until an idling connection has something to say; False after a renewal that proved it alive."""
        from worker.platforms.imap.idle import socket_watch

        loop = asyncio.get_running_loop()
        ready = asyncio.Event()

        def tell() -> None:
            loop.call_soon_threadsafe(ready.set)

        for client in self._idling.values():
            connection = client.socket()
            if getattr(connection, "pending", lambda: 0)():
                ready.set()
            socket_watch().watch(connection, tell)
        left = max(0.0, self._idle_since + RENEW_SECONDS - time.monotonic())
        try:
            await asyncio.wait_for(ready.wait(), left)
        except TimeoutError:
            self._forget()
            said = await self._guarded(self._renew, server)
            self._idle_since = time.monotonic()
            return said
        self._forget()
        await self._guarded(self._drain, server)
        return True

    def _drain(self) -> None:
        """Read what the idling connections said. Silence on a readable socket: ask whether it still lives."""
        if not [answer for client in self._idling.values() for answer in client.idle_check(timeout=0)]:
            self._renew()

    def _renew(self) -> bool:
        """Begin IDLE anew; whether anything was said meanwhile."""
        said = False
        for client in self._idling.values():
            _done, answers = client.idle_done()
            client.idle()
            said = said or bool(answers)
        return said

    def _forget(self) -> None:
        from worker.platforms.imap.idle import socket_watch

        for client in self._idling.values():
            socket_watch().forget(client.socket())

    async def _end_idling(self) -> None:
        if not self._idling:
            return
        from worker.platforms.imap.connections import hang_up

        self._forget()
        ending, self._idling = list(self._idling.values()), {}
        for client in ending:
            await self._call(partial(hang_up, client))
