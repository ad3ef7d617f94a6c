"""One XMPP stream: encrypted, signed in, bound. It has no tasks and no timers of its own, and limits what it hears.

The library speaks the stream, TLS and SASL; its queue, its roster and its reconnecting are not used.
"""

import asyncio
import logging
import ssl
import uuid
from collections.abc import Callable
from typing import Any, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

from slixmpp import ClientXMPP
from slixmpp.xmlstream import tostring

from worker.sdk.errors import PlatformError

from .faults import Faults
from .servers import Server

HANDSHAKE_SECONDS: Final = 10.0
MAX_STANZA: Final = 2 * 1024 * 1024
"""Most bytes of one stanza; servers allow their clients 10 to 512 KiB."""
CLIENT: Final = "{jabber:client}"
STANZAS: Final = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
_STREAMS: Final = "{http://etherx.jabber.org/streams}"
_SASL: Final = "{urn:ietf:params:xml:ns:xmpp-sasl}"
_TLS: Final = "{urn:ietf:params:xml:ns:xmpp-tls}"
_BIND: Final = "{urn:ietf:params:xml:ns:xmpp-bind}"
_SESSION: Final = "{urn:ietf:params:xml:ns:xmpp-session}"
_MECHANISMS: Final = (
    "SCRAM-SHA-512-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1",
    "PLAIN",
)  # fmt: skip

# Its lines hold messages and passwords, and nothing that helps anybody.
logging.getLogger("slixmpp").setLevel(logging.CRITICAL + 1)


class Stream(ClientXMPP):
    """``heard`` is called with each message and presence once signed in; ``broken`` when it fails, for good."""

    def __init__(
        self,
        server: Server,
        password: str,
        faults: Faults,
        context: ssl.SSLContext,
        heard: Callable[[ET.Element], None],
        broken: Callable[[], None],
    ) -> None:
        plain = server.security == "none"
        mechanisms = {
            "use_mechs": set(_MECHANISMS),
            "unencrypted_plain": plain,
            "unencrypted_scram": plain,
        }
        loop = asyncio.get_running_loop()
        super().__init__(
            server.jid, password, ssl_context=context, plugin_config={"feature_mechanisms": mechanisms}, loop=loop
        )
        self.enable_starttls = server.security == "starttls"
        self.bound_to = ""
        self.failure: PlatformError | None = None
        self.closed = asyncio.Event()
        self._server = server
        self._faults = faults
        self._heard = heard
        self._broken = broken
        self._unfinished = 0
        self._ready = False
        self._offered: asyncio.Future[ET.Element | None] = loop.create_future()
        """The features offered after signing in."""
        self._secured: asyncio.Future[ET.Element | None] = loop.create_future()
        self._answers: dict[str, asyncio.Future[ET.Element | None]] = {}
        self._waiting: set[asyncio.Future[ET.Element | None]] = set()
        self.add_event_handler("no_auth", self._on_no_mechanism)
        self.init_plugins()  # type: ignore[no-untyped-call]

    # what the adapter calls

    async def secured(self) -> None:
        """Wait until STARTTLS is through."""
        await self._wait(self._secured, HANDSHAKE_SECONDS)

    async def signed_in(self, seconds: float) -> None:
        """Wait until the password is accepted, and bind a resource that the server chooses."""
        features = await self._wait(self._offered, seconds)
        bound = await self.request("set", "", f"<bind xmlns='{_BIND[1:-1]}'/>", seconds)
        if bound.get("type") != "result":
            raise self._fail(self._faults.of_stream(condition_of(bound), words_of(bound)))
        self.bound_to = bound.findtext(f"{_BIND}bind/{_BIND}jid") or self._server.jid
        session = features.find(f"{_SESSION}session")
        if session is not None and session.find(f"{_SESSION}optional") is None:
            await self.request("set", "", f"<session xmlns='{_SESSION[1:-1]}'/>", seconds)
        self._ready = True

    async def request(self, kind: str, to: str, payload: str, seconds: float) -> ET.Element:
        """Ask, and return the answer, a refusal too. Raises what broke the stream; silence breaks it."""
        name = uuid.uuid4().hex
        answer: asyncio.Future[ET.Element | None] = self.loop.create_future()
        self._answers[name] = answer
        address = f" to={quoteattr(to)}" if to else ""
        self.say(f"<iq type='{kind}' id='{name}'{address}>{payload}</iq>")
        try:
            return await self._wait(answer, seconds)
        finally:
            del self._answers[name]

    async def wait_for(self, future: "asyncio.Future[ET.Element | None]", seconds: float) -> ET.Element:
        """Wait for what a handler will set. Raises ``TimeoutError``, and what broke the stream."""
        self._waiting.add(future)
        try:
            if self.failure is not None:
                raise self.failure
            async with asyncio.timeout(seconds):
                found = await future
        finally:
            self._waiting.discard(future)
        if self.failure is not None:
            raise self.failure
        return ET.Element("none") if found is None else found

    def say(self, words: str) -> None:
        """Send XML. What is said on a broken stream is lost."""
        if self.failure is None and self.transport is not None:
            self.send_raw(words)

    async def end(self) -> None:
        """Take leave and close. Never waits long."""
        if self._ready:
            self.say("<presence type='unavailable'/>" + self.stream_footer)
        self.fail(self._faults.lost("closed"))
        if self.transport is not None:
            try:
                async with asyncio.timeout(1):
                    await self.closed.wait()
            except TimeoutError:
                return

    def fail(self, error: PlatformError) -> None:
        """Break the stream; the first error is the one that is told."""
        self._fail(error)

    # what the library calls

    def connection_made(self, transport: Any, send_event: bool = True) -> None:
        """Begin the stream, anew after encryption."""
        self.transport = transport
        if self.failure is not None:
            transport.abort()
            return
        self.socket = transport.get_extra_info("ssl_object") or transport.get_extra_info("socket")
        self._unfinished = 0
        self.init_parser()
        self.send_raw(self.stream_header)

    def data_received(self, data: bytes | str) -> None:
        """Read, unless it is too much."""
        self._unfinished += len(data)
        if self._unfinished > MAX_STANZA:
            self.fail(self._faults.garbage())
        elif self.failure is None:
            super().data_received(data)

    def connection_lost(self, exception: BaseException | None) -> None:
        """Tell whoever waits."""
        self.fail(self._faults.of_wire(exception) if exception else self._faults.lost("closed by the server"))
        super().connection_lost(exception)
        self.closed.set()

    async def start_tls(self) -> bool:
        """Encrypt; what goes wrong is kept."""
        assert self.transport is not None
        try:
            transport = await self.loop.start_tls(
                self.transport,
                self,
                self.ssl_context,
                server_hostname=self._server.domain,
                ssl_handshake_timeout=HANDSHAKE_SECONDS,
            )
        except OSError as error:
            self.fail(self._faults.of_wire(error))
            # A connection that is lost half-way is nobody's: the library is not told of its end.
            self.closed.set()
            return False
        if transport is None or self.failure is not None:
            if transport is not None:
                transport.abort()
            self.closed.set()
            return False
        self.connection_made(transport)
        if not self._secured.done():
            self._secured.set_result(None)
        return True

    def send(self, data: Any, use_filters: bool = True) -> None:
        """Send at once, through no queue."""
        self.say(data if isinstance(data, str) else _written(data.xml, self))

    def disconnect(self, *_: Any, **__: Any) -> "asyncio.Future[None]":
        """Give up: the library calls it where it does not understand the server."""
        self.fail(self._faults.garbage())
        done = self.loop.create_future()
        done.set_result(None)
        return done

    def _spawn_event(self, xml: ET.Element) -> None:
        """Take one stanza: most are ours, the rest is the library's."""
        self._unfinished = 0
        if self.failure is not None:
            return
        tag = xml.tag
        if tag == f"{_STREAMS}error":
            self.fail(self._faults.of_stream(condition_of(xml), words_of(xml)))
        elif tag == f"{_SASL}failure":
            # The library would try the same password in another way: servers lock accounts for that.
            self.fail(self._faults.of_sign_in(condition_of(xml), words_of(xml)))
        elif tag == f"{_TLS}failure":
            self.fail(self._faults.no_starttls())
        elif tag == f"{_STREAMS}features":
            self._on_features(xml)
        elif tag in (f"{CLIENT}message", f"{CLIENT}presence"):
            if self._ready:
                self._heard(xml)
        elif tag == f"{CLIENT}iq":
            self._on_iq(xml)
        else:
            super()._spawn_event(xml)

    # inside

    def _on_features(self, xml: ET.Element) -> None:
        if self.authenticated:
            if not self._offered.done():
                self._offered.set_result(xml)
        elif self.enable_starttls and "starttls" not in self.features and xml.find(f"{_TLS}starttls") is None:
            self.fail(self._faults.no_starttls())
        else:
            super()._spawn_event(xml)

    def _on_iq(self, xml: ET.Element) -> None:
        kind, name = xml.get("type"), xml.get("id", "")
        if kind in ("result", "error"):
            answer = self._answers.get(name)
            if answer is not None and not answer.done():
                answer.set_result(xml)
            return
        if xml.find("{urn:xmpp:ping}ping") is not None:
            kind, payload = "result", ""
        else:
            kind, payload = "error", f"<error type='cancel'><service-unavailable xmlns='{STANZAS[1:-1]}'/></error>"
        address = f" to={quoteattr(xml.get('from', ''))}" if xml.get("from") else ""
        self.say(f"<iq type='{kind}' id={quoteattr(name)}{address}>{payload}</iq>")

    def _on_no_mechanism(self, _: Any) -> None:
        self.fail(self._faults.no_mechanism(self._server.security != "none"))

    async def _wait(self, future: "asyncio.Future[ET.Element | None]", seconds: float) -> ET.Element:
        try:
            return await self.wait_for(future, seconds)
        except TimeoutError as error:
            raise self._fail(self._faults.lost(f"no answer within {round(seconds)} s")) from error

    def _fail(self, error: PlatformError) -> PlatformError:
        if self.failure is None:
            self.failure = error
            self._broken()
            if self.transport is not None:
                self.transport.abort()
            for future in list(self._waiting):
                if not future.done():
                    future.set_result(None)
        return self.failure


def condition_of(xml: ET.Element) -> str:
    """Return the condition that an error, a failure or a stanza of type ``error`` names."""
    error = xml.find(f"{CLIENT}error")
    children = [child.tag.partition("}")[2] for child in (xml if error is None else error)]
    return next((name for name in children if name != "text"), "undefined-condition")


def words_of(xml: ET.Element) -> str:
    """Return the server's own words in an error, "" without any."""
    found = next((child for child in xml.iter() if child.tag.endswith("}text")), None)
    return " ".join((found.text or "").split()) if found is not None else ""


def _written(xml: ET.Element, stream: Stream) -> str:
    return tostring(xml, xmlns=stream.default_ns, stream=stream, top_level=True)
