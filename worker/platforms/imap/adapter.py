"""IMAP mailboxes: polled by UID, and pushed through IDLE where the server offers it."""

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from worker.sdk.errors import AuthFailed, TemporaryFailure
from worker.sdk.platform import Context, ItemKind, Platform, Poll, Probe, Proposal, SignedIn, Talk, text
from worker.sdk.proxies import tunnel

from . import paces
from .idle import SELECTOR
from .servers import Address, Server

# IMAPClient is imported by what runs on a thread: importing takes longer than the loop may wait.
if TYPE_CHECKING:
    from worker.sdk.oauth import OAuth

    from . import folders
    from .connections import Connection, Word

T = TypeVar("T")

IDLE_SECONDS: Final = 20 * 60.0
"""IDLE is begun anew so often: servers may hang up after 29 minutes."""
CALL_SECONDS: Final = 45.0
"""A call ends by itself before; past it the connection is given up."""
RESOLVE_SECONDS: Final = 10.0


class Adapter(Platform):
    """One mailbox over one connection: it is polled, and between polls its first folder idles."""

    kinds = (ItemKind.MAIL,)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._connection: Connection | None = None
        self._known: dict[str, int] = {}
        where = (str(context.settings.get(name)) for name in ("host", "port", "username"))
        self._paces = paces.of_mailbox(context.account_id, *where)

    async def probe(self) -> Probe:
        server = Server.of(self.context.settings)
        connection = await self._opened(server)
        try:
            async with self.context.step("step_first_check"):
                await self._run(connection, connection.check_folders)
        finally:
            connection.abort()
        return Probe(identity=f"{server.username}@{server.host}", name=server.username)

    async def propose(self) -> list[Proposal]:
        from . import discoveries

        return await discoveries.propose(self.context)

    async def poll(self, cursor: str | None) -> Poll:
        from . import folders

        server = Server.of(self.context.settings)
        known = folders.read_cursor(cursor)
        page = await self._page_of_old(known) if self._connection is not None else None
        if page is None:
            self._connection = connection = await self._opened(server)
            page = await self._run(connection, lambda: connection.read_page(known, self._paces))
        self._known = {name: place.uidnext for name, place in page.progress.folders.items()}
        read = self._paces.flags.take_read()
        if known is None or known.first:
            # Nothing of a baseline is unread here.
            read = []
        return Poll(items=page.items, cursor=folders.write_cursor(page.progress), more=page.more, read=read)

    async def mark_read(self, keys: Sequence[str]) -> None:
        connection = self._connection
        if connection is None or connection.broken:
            self._hang_up()
            self._connection = connection = await self._opened(Server.of(self.context.settings))
        await self._run(connection, lambda: connection.mark_read(keys, self._paces))

    def can_listen(self) -> bool:
        return self._connection is not None and self._connection.offers_idle and SELECTOR.has_room

    def push_covers_all(self) -> bool:
        """IDLE watches the first folder alone.

        Of others a server may tell, but not of what comes past it, as files that somebody else puts there.
        """
        return len(self.context.settings.get("folders") or ()) < 2

    async def listen(self) -> bool:
        from .connections import Word

        connection, known = self._connection, self._known
        if connection is None or connection.broken:
            raise self._lost("no connection")
        if await self._run(connection, lambda: connection.idle(known, self._paces)):
            return True
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                word = await self._heard(connection)
        except TimeoutError:
            await self._run(connection, connection.renew)
            return False
        if word is Word.LOST:
            raise self._lost("closed by the server")
        return True

    async def close(self) -> None:
        self._hang_up()

    async def _page_of_old(self, known: "folders.Progress | None") -> "folders.Page | None":
        """Return the page read over the connection of the last poll, None when that has not outlived the pause."""
        connection = self._connection
        if connection is None or connection.broken:
            self._hang_up()
            return None
        try:
            return await self._run(connection, lambda: connection.read_page(known, self._paces))
        except TemporaryFailure:
            if self._connection is connection:
                raise
            return None

    async def login(self, method: str, talk: Talk) -> SignedIn:
        from . import issuers

        return await issuers.sign_in(self.context, method, talk)

    async def log_out(self) -> bool:
        oauth = await self._oauth()
        return oauth is not None and await oauth.revoke()

    async def _oauth(self) -> "OAuth | None":
        """Return who renews the tokens, None where a password signs in."""
        if not (await self.context.secret()).get("access_token"):
            return None
        from worker.sdk.oauth import OAuth

        from . import issuers

        return OAuth(self.context, issuers.of_credentials)

    async def _opened(self, server: Server) -> "Connection":
        """Return a new connection, signed in; with a renewed token where the server refuses the one that is held."""
        oauth = await self._oauth()
        if oauth is None:
            return await self._opened_with(server, (await self.context.secret()).get("password"), "")
        token = await oauth.access_token()
        try:
            return await self._opened_with(server, "", token)
        except AuthFailed:
            renewed = await oauth.renewed(token)
        return await self._opened_with(server, "", renewed)

    async def _opened_with(self, server: Server, password: str, token: str) -> "Connection":
        context = self.context
        async with context.step("step_resolve"):
            connection, addresses = await self._resolved(server)
        opened = None
        try:
            async with context.step("step_connect"):
                if context.proxy is not None:
                    opened = await tunnel(context, server.host, server.port)
                await self._run(connection, lambda: connection.connect(addresses, opened))
            if server.security != "none":
                async with context.step("step_tls"):
                    await self._run(connection, connection.encrypt)
            async with context.step("step_sign_in"):
                await self._run(connection, lambda: connection.sign_in(password, token))
        except BaseException:
            connection.abort()
            if opened is not None:
                opened.close()
            raise
        return connection

    async def _resolved(self, server: Server) -> "tuple[Connection, list[Address]]":
        def resolve() -> "tuple[Connection, list[Address]]":
            from . import connections

            if behind_proxy:
                # It is the proxy that resolves names; and the way to it is no place for a password in clear.
                server.check_encrypted()
                return connections.Connection(server), []
            return connections.Connection(server), connections.resolve(server)

        behind_proxy = self.context.proxy is not None

        try:
            return await self.context.run_blocking(resolve, RESOLVE_SECONDS)
        except TimeoutError as error:
            reason = text("dns_failed", host=server.host)
            raise TemporaryFailure(reason, {"host": reason}) from error

    async def _run(self, connection: "Connection", call: Callable[[], T]) -> T:
        """Run a call of the connection on a thread; a connection that it breaks is given up."""
        try:
            return await self.context.run_blocking(call, CALL_SECONDS)
        except TimeoutError as error:
            connection.abort()
            raise self._lost(f"no answer within {math.ceil(CALL_SECONDS)} s") from error
        finally:
            if connection.broken:
                connection.abort()
                if self._connection is connection:
                    self._connection = None

    async def _heard(self, connection: "Connection") -> "Word":
        """Wait until the idling server says something of interest."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Word] = loop.create_future()

        def tell(word: "Word") -> None:
            if not told.done():
                told.set_result(word)

        def readable() -> bool:
            word = connection.heard()
            if word is not None:
                # A loop that has closed needs to be told nothing.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(tell, word)
            return word is not None

        # What the server said together with its answer waits in our buffer, where no selector sees it.
        word, watched = connection.heard(), connection.watched()
        if word is not None:
            return word
        if watched is None:
            raise self._lost("no connection")
        SELECTOR.watch(watched, readable)
        try:
            return await told
        finally:
            SELECTOR.forget(watched)

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()

    def _lost(self, detail: str) -> TemporaryFailure:
        self._hang_up()
        return TemporaryFailure(text("connection_lost", host=str(self.context.settings["host"]), detail=detail))
