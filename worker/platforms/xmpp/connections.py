"""One signed-in connection: it joins rooms, reads archives, and keeps what it hears that no archive keeps."""

import asyncio
import contextlib
import ssl
from collections import deque
from functools import partial
from typing import Final
from xml.etree import ElementTree as ET

from worker.sdk.errors import PlatformError, TemporaryFailure
from worker.sdk.platform import Context, Item
from worker.sdk.proxies import tunnel
from worker.sdk.sockets import Address

from . import archives, messages, names
from .archives import Mark
from .faults import Faults
from .messages import Archived, Place
from .rooms import Rooms
from .servers import Room, Server
from .streams import Stream, condition_of, words_of

REQUEST_SECONDS: Final = 20.0
PING_SECONDS: Final = 60.0
"""After so much silence the server is asked whether it is still there."""
MAX_HEARD: Final = 200
"""Most messages that are remembered because no archive keeps them; the same number is remembered of archived ones."""
_PRESENCE: Final = "<presence><show>xa</show><priority>-1</priority></presence>"
"""Away, and with a priority at which no server hands over what waits for the owner's own devices."""
_CARBONS: Final = "<enable xmlns='urn:xmpp:carbons:2'/>"
_INFO: Final = "<query xmlns='http://jabber.org/protocol/disco#info'/>"
_FEATURE: Final = "{http://jabber.org/protocol/disco#info}feature"


class Connection:
    """Of one account. A broken one stays broken."""

    def __init__(self, server: Server, password: str, faults: Faults, context: ssl.SSLContext) -> None:
        self._server = server
        self._faults = faults
        self._own = Place(server.jid)
        self._rooms = Rooms(server.jid, server.rooms)
        self._archives: dict[str, bool] = {}
        """Whether an account or room has one, as far as it was asked."""
        self._query = ""
        self._results: list[Archived] = []
        self._heard: deque[tuple[str, Item]] = deque(maxlen=MAX_HEARD)
        self._archived: deque[str] = deque(maxlen=MAX_HEARD)
        self._news = asyncio.Event()
        self._stream = Stream(server, password, faults, context, self._on_stanza, self._news.set)

    @property
    def broken(self) -> bool:
        """It is of no use any more."""
        return self._stream.failure is not None

    @property
    def address(self) -> str:
        """The full address that the server has given this connection."""
        return self._stream.bound_to

    # opening

    async def open(self, context: Context) -> None:
        """Connect, encrypt and sign in, step by step."""
        try:
            if context.proxy is not None:
                async with context.step("step_connect"):
                    await self._connect_through(context)
            else:
                async with context.step("step_resolve"):
                    found = await self._resolved(context)
                async with context.step("step_connect"):
                    await self._connect(found)
            if self._server.security != "none":
                async with context.step("step_tls"):
                    await self._encrypt()
            async with context.step("step_sign_in"):
                await self._stream.signed_in(REQUEST_SECONDS)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Take leave."""
        await self._stream.end()

    async def check(self) -> None:
        """Ask whether there is anything to be told, and whether the rooms are there, joining none."""
        await self._ask_for_copies()
        for room in self._server.rooms:
            await self._has_archive(room.jid)

    async def appear(self) -> None:
        """Begin to hear what comes."""
        await self._ask_for_copies()
        self._stream.say(_PRESENCE)

    # reading

    async def read_page(self, known: dict[str, Mark] | None) -> "tuple[list[Item], dict[str, Mark], bool]":
        """Return what is new since ``known`` (None: what is there), the marks after it, and whether there is more."""
        self._news.clear()
        await self._join_rooms()
        items: list[Item] = []
        marks = dict(known or {})
        more = False
        for archive in ("", *(room.jid for room in self._server.rooms)):
            place = self._own if not archive else self._rooms.place(archive)
            with contextlib.suppress(TemporaryFailure) if archive else contextlib.nullcontext():
                if place is None or not await self._has_archive(archive):
                    continue
                page = await self._page(archive, marks.get(archive))
                new = known is None or archive in known
                marks[archive] = page.mark
                more = more or page.more
                for result in page.results:
                    self._archived.append(messages.fingerprint(result.message))
                    item = messages.item_of(result.message, place, messages.key_of(archive, result.id), result.stamp)
                    if item is not None and new:
                        items.append(item)
            self._check()
        if not more:
            items += [item for fingerprint, item in self._heard if fingerprint not in self._archived]
        return items, marks, more

    async def wait(self) -> bool:
        """Wait for news; return False when there were none, and the server was found to be still there."""
        try:
            async with asyncio.timeout(PING_SECONDS):
                await self._news.wait()
        except TimeoutError:
            await self._request("get", self._server.domain, "<ping xmlns='urn:xmpp:ping'/>")
            return False
        self._check()
        return True

    # inside

    async def _resolved(self, context: Context) -> list[tuple[names.Place, list[Address]]]:
        found = []
        failed: OSError | UnicodeError | TimeoutError | None = None
        for place in await names.places(self._server):
            self._faults.host, self._faults.port = place
            try:
                addresses = await context.run_blocking(partial(names.addresses, place), names.CONNECT_SECONDS)
            except (OSError, UnicodeError) as error:
                failed = error
                continue
            self._server.check_addresses([str(address[0]) for _, address in addresses])
            found.append((place, addresses))
        if not found:
            reason = OSError("no address") if failed is None else failed
            raise self._stop(self._faults.of_connecting(reason, names.CONNECT_SECONDS)) from failed
        return found

    async def _connect(self, found: list[tuple[names.Place, list[Address]]]) -> None:
        last = OSError("no address")
        for place, addresses in found:
            self._faults.host, self._faults.port = place
            try:
                self._socket = await names.reach(addresses)
            except OSError as error:
                last = error
                continue
            if self._server.security != "tls":
                await self._stream.loop.create_connection(lambda: self._stream, sock=self._socket)
            return
        raise self._stop(self._faults.of_connecting(last, names.CONNECT_SECONDS)) from last

    async def _connect_through(self, context: Context) -> None:
        """Connect through the proxy, which resolves names; records of the domain are not asked for."""
        host, port = names.fixed_place(self._server)
        self._faults.host, self._faults.port = host, port
        try:
            # The way to the proxy is no place for a password in clear.
            self._server.check_addresses([""])
            self._socket = await tunnel(context, host, port)
        except PlatformError as error:
            raise self._stop(error) from error
        if self._server.security != "tls":
            await self._stream.loop.create_connection(lambda: self._stream, sock=self._socket)

    async def _encrypt(self) -> None:
        if self._server.security == "starttls":
            await self._stream.secured()
            return
        try:
            await self._stream.loop.create_connection(
                lambda: self._stream,
                sock=self._socket,
                ssl=self._stream.ssl_context,
                server_hostname=self._server.domain,
                ssl_handshake_timeout=names.CONNECT_SECONDS,
            )
        except OSError as error:
            raise self._stop(self._faults.of_wire(error)) from error
        finally:
            if self._stream.transport is None:
                self._socket.close()

    def _stop(self, error: PlatformError) -> PlatformError:
        self._stream.fail(error)
        return error

    async def _ask_for_copies(self) -> None:
        copies = await self._request("set", "", _CARBONS)
        if not await self._has_archive("") and copies.get("type") != "result":
            raise self._faults.no_copies()

    async def _has_archive(self, archive: str) -> bool:
        if archive not in self._archives:
            answer = await self._request("get", archive or self._server.jid, _INFO)
            if answer.get("type") != "result":
                if archive:
                    raise self._faults.of_room(archive, condition_of(answer), words_of(answer))
                return False
            features = {feature.get("var") for feature in answer.iter(_FEATURE)}
            self._archives[archive] = archives.NAMESPACE in features
        return self._archives[archive]

    async def _join_rooms(self) -> None:
        for room in self._rooms.missing():
            # A server that is down for the moment takes its rooms away, not what others send us.
            with contextlib.suppress(TemporaryFailure):
                await self._join(room)
            self._check()

    async def _join(self, room: Room) -> None:
        # A room that is not there would be made by joining it.
        await self._has_archive(room.jid)
        try:
            refusal = await self._rooms.join(self._stream, room)
        except TimeoutError as error:
            raise self._faults.of_room(room.jid, "remote-server-timeout", "") from error
        if refusal is not None:
            raise self._faults.of_room(room.jid, condition_of(refusal), words_of(refusal))

    async def _page(self, archive: str, mark: Mark | None) -> archives.Page:
        try:
            if mark is None:
                return await archives.newest(archive, self._ask)
            return await archives.after(archive, mark, self._ask)
        except archives.Refused as refused:
            if archive:
                raise self._faults.of_room(archive, refused.condition, "") from refused
            raise self._faults.of_archive(refused.condition) from refused

    async def _ask(self, archive: str, payload: str) -> tuple[ET.Element, list[Archived]]:
        self._query, self._results = f"q{id(payload)}", []
        query = f"<query xmlns='{archives.NAMESPACE}' queryid='{self._query}'>{payload}</query>"
        try:
            answer = await self._request("set", archive, query)
            return answer, [result for result in self._results if result.archive == archive]
        finally:
            self._query, self._results = "", []

    async def _request(self, kind: str, to: str, payload: str) -> ET.Element:
        return await self._stream.request(kind, to, payload, REQUEST_SECONDS)

    def _check(self) -> None:
        if self._stream.failure is not None:
            raise self._stream.failure

    def _on_stanza(self, xml: ET.Element) -> None:
        if xml.tag.endswith("}presence"):
            self._rooms.heard(xml)
            return
        result = messages.archived(xml, self._server.jid)
        if result is not None:
            if self._query and result.query == self._query:
                self._results.append(result)
                if len(self._results) > 2 * archives.PAGE:
                    self._stream.fail(self._faults.garbage())
            return
        message = messages.unwrapped(xml, self._server.jid)
        if message is not None:
            self._on_message(message)

    def _on_message(self, message: ET.Element) -> None:
        room = messages.bare(message.get("from")) if message.get("type") == "groupchat" else ""
        place = self._rooms.place(room) if room else self._own
        if place is None:
            return
        fingerprint = messages.fingerprint(message)
        item = messages.item_of(message, place, f"live|{room}|{fingerprint}"[:512])
        if item is None:
            return
        keeper = room or self._server.jid
        if not (self._archives.get(room) and messages.stanza_id(message, keeper)):
            self._heard.append((fingerprint, item))
        self._news.set()
