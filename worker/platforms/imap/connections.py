"""One connection to an IMAP server: opened, encrypted, signed in, idling. Its methods block but where they say so.

Any thread may call :meth:`Connection.abort`; the others take turns, so that a call whose caller gave up is waited for.
"""

import contextlib
import imaplib
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from imapclient.exceptions import IMAPClientError

from worker.sdk.errors import AuthFailed, PlatformError
from worker.sdk.platform import text
from worker.sdk.tls import client_context

from . import faults, folders, looks, marks, notices, sign_ins
from .paces import Paces
from .servers import Address, Server
from .wires import Client

T = TypeVar("T")
Meaning = Callable[[BaseException, Server, float], PlatformError]

CONNECT_SECONDS: Final = 10.0
CALL_SECONDS: Final = 20.0
"""Time of one call, all its commands together."""

# Its lines hold mails and passwords, and nothing that helps anybody.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_IDLE_NEWS = re.compile(rb"\* \d+ (EXISTS|FETCH [^{]*\\Seen)", re.IGNORECASE)
_IDLE_QUIET = re.compile(rb"\* (\d+ (RECENT|EXPUNGE|FETCH)|OK|NO|FLAGS|CAPABILITY|STATUS)\b[^{]*$", re.IGNORECASE)
_KEEP_ALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPALIVE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


class Word(StrEnum):
    """What an idling server has let us know."""

    NEWS = "news"
    LOST = "lost"


def resolve(server: Server) -> list[Address]:
    """Return the server's addresses. Raises ``TemporaryFailure`` where there are none, and ``InvalidConfig``."""
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise faults.of_wire(socket.gaierror(str(error)), server, 0) from error
    except OSError as error:
        raise faults.of_wire(error, server, 0) from error
    addresses: list[Address] = list(dict.fromkeys((family, address) for family, _, _, _, address in found))
    server.check_addresses(addresses)
    return addresses


class Connection:
    """One connection; a broken one stays broken."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.broken = False
        self.offers_idle = False
        self.tells_of_others = False
        """Whoever idles hears of all folders, not of the open one alone."""
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._client: Client | None = None
        self._idle_tag: bytes | None = None
        self._others: notices.Others | None = None
        self._aborted = False

    def connect(self, addresses: list[Address], opened: socket.socket | None = None) -> None:
        """Reach the first address that answers; ``opened`` leads to the server already, through a proxy."""
        with self._turn(CONNECT_SECONDS, faults.of_connecting) as deadline:
            if opened is not None:
                _keep_alive(opened)
            self._socket = opened or self._reach(addresses, deadline)
            if self._aborted:
                raise ConnectionAbortedError("closed")
            if self.server.security != "tls":
                self._greet(deadline)

    def encrypt(self) -> None:
        """Encrypt, at once or by STARTTLS; not to be called for ``none``."""
        context = client_context(self.server.ca_file)
        with self._turn(CONNECT_SECONDS, faults.of_connecting) as deadline:
            if self._client is not None:
                if not self._client.has_capability("STARTTLS"):
                    raise faults.no_starttls(self.server)
                self._client.starttls(context)
                return
            assert self._socket is not None
            self._socket.settimeout(CONNECT_SECONDS)
            # In two steps: whoever aborts must find the socket that shakes hands.
            secure = context.wrap_socket(self._socket, server_hostname=self.server.host, do_handshake_on_connect=False)
            self._socket = secure
            secure.do_handshake()
            self._greet(deadline)

    def sign_in(self, password: str, token: str = "") -> None:
        """Sign in, with ``token`` where there is one. Raises ``AuthFailed`` only where the server refused it."""
        if not password and not token:
            raise AuthFailed(text("state_credentials_missing"), {"password": text("field_required")})
        with self._turn(CALL_SECONDS, faults.of_wire):
            client = self._open()
            sign_ins.sign_in(client, self.server, password, token)
            self.offers_idle = client.has_capability("IDLE")
            self.tells_of_others = client.has_capability(notices.CAPABILITY)

    def check_folders(self) -> None:
        """Open every folder once, changing nothing."""
        self._with_client(lambda client: [folders.examine(client, self.server, name) for name in self.server.folders])

    def read_page(self, known: folders.Progress | None, paces: Paces) -> folders.Page:
        """Return what is new since ``known``, a page of it, as big as ``paces`` say."""
        return self._with_client(lambda client: folders.read_page(client, self.server, known, paces, CALL_SECONDS))

    def mark_read(self, keys: Sequence[str], paces: Paces) -> None:
        """Mark the mails with these keys as read."""
        self._with_client(lambda client: marks.mark(client, self.server, keys, paces))

    def idle(self, known: Mapping[str, int], paces: Paces) -> bool:
        """Let the first folder idle, and all where the server tells of others.

        Return True when there is mail already since the UIDNEXT in ``known``, or some was read elsewhere meanwhile.
        """
        first, *others = self.server.folders

        def begin(client: Client) -> bool:
            selected = folders.examine(client, self.server, first)
            if selected.uidnext > known.get(first, 0):
                return True
            if looks.missed(client, paces.flags, first, selected.uidvalidity):
                return True
            if others and self.tells_of_others:
                self._others = told = notices.ask(client, others)
                self.tells_of_others = told is not None
                if told is None or any(told.uidnext(name) > known.get(name, 0) for name in others):
                    return True
            wire = client.wire
            tag: bytes = wire._command("IDLE")
            news = False
            while (line := wire._get_response()) is not None:
                news = news or self._has_news(line)
                if wire.tagged_commands.get(tag) is not None:
                    self.offers_idle = False
                    raise faults.no_idle(self.server, line.decode("utf-8", "replace"))
            self._idle_tag = tag
            return news

        return self._with_client(begin)

    def renew(self) -> None:
        """End idling with an exchange that proves the connection."""
        self._with_client(lambda client: client.noop())

    def heard(self) -> Word | None:
        """Return what the idling server has said, None for nothing of interest. Never waits, never raises."""
        if not self._lock.acquire(blocking=False):
            # Somebody works with the connection: the idling is over.
            return None
        try:
            if self._idle_tag is None or self._aborted:
                return None
            wire = self._open().wire
            while (line := wire.line_now()) is not None:
                if self._has_news(line):
                    return Word.NEWS
                if not _IDLE_QUIET.match(line):
                    # BYE, the end of IDLE, or nothing that belongs here.
                    return self._lost()
            return self._lost() if wire.ended else None
        except (OSError, imaplib.IMAP4.error):
            return self._lost()
        finally:
            self._lock.release()

    def _has_news(self, line: bytes) -> bool:
        told_of_others = self._others is not None and self._others.has_news(line)
        return told_of_others or _IDLE_NEWS.match(line) is not None

    def watched(self) -> socket.socket | None:
        """Return the socket to watch, None once there is none."""
        return None if self._aborted else self._current()

    def abort(self) -> None:
        """End the connection at once, from any thread; whoever waits on it is woken. Never waits, never raises."""
        self._aborted = self.broken = True
        free = self._lock.acquire(blocking=False)
        try:
            if free:
                self._take_leave()
                self._close()
            elif (opened := self._current()) is not None:
                # Whose turn it is wakes up, and closes it.
                with contextlib.suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)
        finally:
            if free:
                self._lock.release()

    # ------------------------------------------------------------ within a turn

    @contextlib.contextmanager
    def _turn(self, seconds: float, meaning: Meaning) -> Iterator[float]:
        """Hold the connection; what breaks it becomes what it means. Gives the deadline on the monotonic clock."""
        deadline = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise meaning(TimeoutError(), self.server, seconds)
        try:
            if self._aborted:
                raise ConnectionAbortedError("closed")
            if self._client is not None:
                self._client.wire.begin(seconds)
            yield deadline
        except PlatformError:
            raise
        except (OSError, imaplib.IMAP4.error, IMAPClientError, ValueError) as error:
            self.broken = True
            raise meaning(error, self.server, seconds) from error
        finally:
            if self._aborted:
                self._close()
            self._lock.release()

    def _with_client(self, call: Callable[[Client], T]) -> T:
        with self._turn(CALL_SECONDS, faults.of_wire):
            client = self._open()
            if self._idle_tag is not None:
                tag, self._idle_tag = self._idle_tag, None
                client.wire.send(b"DONE\r\n")
                while client.wire.tagged_commands.get(tag) is None:
                    client.wire._get_response()
                client.wire.tagged_commands.pop(tag)
            return call(client)

    def _reach(self, addresses: list[Address], deadline: float) -> socket.socket:
        failure: OSError = OSError("no address")
        for number, (family, address) in enumerate(addresses):
            share = (deadline - time.monotonic()) / (len(addresses) - number)
            opened = socket.socket(family, socket.SOCK_STREAM)
            try:
                opened.settimeout(max(0.1, share))
                opened.connect(address)
                _keep_alive(opened)
                return opened
            except OSError as error:
                opened.close()
                failure = error
        raise failure

    def _greet(self, deadline: float) -> None:
        assert self._socket is not None
        self._client = Client(self._socket, self.server.host, self.server.port, deadline)

    def _open(self) -> Client:
        if self._client is None:
            raise ConnectionAbortedError("not connected")
        return self._client

    def _current(self) -> socket.socket | None:
        return self._client.wire.sock if self._client is not None else self._socket

    def _lost(self) -> Word:
        self.broken = True
        return Word.LOST

    def _take_leave(self) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._client.wire.say_now((b"DONE\r\n" if self._idle_tag else b"") + b"bye LOGOUT\r\n")

    def _close(self) -> None:
        opened = self._current()
        if opened is not None:
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()


def _keep_alive(opened: socket.socket) -> None:
    """Let the system notice within two minutes that the peer is gone."""
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in _KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            with contextlib.suppress(OSError):
                opened.setsockopt(socket.IPPROTO_TCP, option, value)
