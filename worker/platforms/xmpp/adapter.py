"""XMPP accounts: one connection that is kept, and the archives for whatever came while there was none."""

from typing import TYPE_CHECKING, Final

from worker.sdk.errors import TemporaryFailure
from worker.sdk.platform import ItemKind, Platform, Poll, Probe, text
from worker.sdk.tls import client_context

from .faults import Faults
from .servers import Server

# slixmpp is imported on a thread: importing takes as long as the loop may wait.
if TYPE_CHECKING:
    from .archives import Cursor
    from .connections import Connection

LOAD_SECONDS: Final = 20.0


class Adapter(Platform):
    """One account over one connection: it is polled, and listens between polls."""

    kinds = (ItemKind.DIRECT_MESSAGE, ItemKind.MENTION)
    _connection: "Connection | None" = None

    async def probe(self) -> Probe:
        server = Server.of(self.context.settings)
        connection = await self._opened(server)
        try:
            async with self.context.step("step_first_check"):
                await connection.check()
        finally:
            await connection.close()
        return Probe(identity=server.jid, name=server.jid)

    async def poll(self, cursor: str | None) -> Poll:
        server = Server.of(self.context.settings)
        connection = self._connection
        if connection is not None and not connection.broken:
            try:
                return await self._page(connection, cursor)
            except TemporaryFailure:
                # A connection that has not outlived the pause says nothing of the server.
                if not connection.broken:
                    raise
        await self.close()
        self._connection = connection = await self._opened(server)
        await connection.appear()
        return await self._page(connection, cursor)

    def can_listen(self) -> bool:
        return self._connection is not None and not self._connection.broken

    def push_covers_all(self) -> bool:
        """Some servers send copies to no device of such a low priority: the archives are read at the interval, too."""
        return False

    async def listen(self) -> bool:
        if self._connection is None:
            host = str(self.context.settings.get("jid"))
            raise TemporaryFailure(text("connection_lost", host=host, detail="no connection"))
        return await self._connection.wait()

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _opened(self, server: Server) -> "Connection":
        """Return a new connection, signed in."""
        faults = Faults(self.context, server)
        password = (await self.context.secret()).get("password")
        if not password:
            raise faults.no_password()

        def load() -> "type[Connection]":
            from .connections import Connection

            client_context(server.ca_file)
            return Connection

        kind = await self.context.run_blocking(load, LOAD_SECONDS)
        connection = kind(server, password, faults, client_context(server.ca_file))
        await connection.open(self.context)
        return connection

    async def _page(self, connection: "Connection", cursor: str | None) -> Poll:
        from .archives import read_cursor, write_cursor

        known: Cursor | None = read_cursor(cursor)
        items, marks, more = await connection.read_page(known.archives if known is not None else None)
        return Poll(items=items, cursor=write_cursor(marks), more=more)
