"""IMAP over a socket that we opened, with limits: a deadline, a longest line, a largest answer.

The standard library's buffered file cannot tell whether bytes wait in it; a connection that idles needs to know.
"""

import imaplib
import socket
import ssl
import time
from typing import Any, Final

from imapclient import IMAPClient

MAX_LINE: Final = 8 * 1024 * 1024
"""A search may list a million UIDs in one line."""
MAX_LITERAL: Final = 1024 * 1024
MAX_ANSWERS: Final = 32 * 1024 * 1024
"""Most that a server may say between two :meth:`Wire.begin`."""
READ_BYTES: Final = 64 * 1024


class Wire(imaplib.IMAP4):
    """The line protocol. Its ``TimeoutError`` comes when the deadline has passed, however slowly a server drips."""

    _encoding: str

    def __init__(self, opened: socket.socket, host: str, port: int, deadline: float) -> None:
        self._opened = opened
        self._buffer = bytearray()
        self._deadline = deadline
        self._received = 0
        self.ended = False
        """The server has closed its side."""
        super().__init__(host, port)

    @property
    def received(self) -> int:
        """How many bytes have come since :meth:`begin`."""
        return self._received

    def begin(self, seconds: float) -> None:
        """Give what follows ``seconds`` from now, and the whole allowance of bytes."""
        self._deadline = time.monotonic() + seconds
        self._received = 0

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Take the socket that is open already."""
        self.host, self.port, self.sock = host, port, self._opened

    def read(self, size: int) -> bytes:
        """Read exactly ``size`` bytes."""
        if size > MAX_LITERAL:
            raise self.abort(f"unexpected response: {size} bytes")
        while len(self._buffer) < size:
            if not self._fill():
                break
        return self._take(size)

    def readline(self) -> bytes:
        """Read up to the end of a line; less when the server hangs up."""
        scanned = 0
        while (end := self._buffer.find(b"\n", scanned)) < 0:
            scanned = len(self._buffer)
            if scanned > MAX_LINE:
                raise self.abort("unexpected response: a line too long")
            if not self._fill():
                return self._take(scanned)
        return self._take(end + 1)

    def line_now(self) -> bytes | None:
        """Return a whole line without waiting, None when none has come. Raises ``OSError`` of the socket."""
        if b"\n" not in self._buffer:
            self._fill_now()
        end = self._buffer.find(b"\n")
        return self._take(end + 1).rstrip(b"\r\n") if end >= 0 else None

    def send(self, data: Any) -> None:
        """Send all of ``data``."""
        self.sock.settimeout(self._left())
        self.sock.sendall(data)

    def say_now(self, data: bytes) -> None:
        """Send what fits without waiting."""
        self.sock.settimeout(0)
        self.sock.send(data)

    def speak(self, encoding: str) -> None:
        """Encode what is said from now on so."""
        self._encoding = encoding

    def shutdown(self) -> None:
        """Close the socket."""
        self.sock.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Encrypt. What the server sent before that in the clear is not believed."""
        assert ssl_context is not None
        answer = self._simple_command("STARTTLS")
        if answer[0] != "OK":
            raise self.error(f"STARTTLS refused: {answer[1]!r}")
        if self._buffer:
            raise self.abort("unexpected response before encryption")
        self.sock.settimeout(self._left())
        # In two steps: whoever aborts must find the socket that shakes hands.
        secure = ssl_context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = secure
        secure.do_handshake()
        self._tls_established = True
        return answer

    def _log(self, line: str) -> None:
        """Keep nothing: the last commands hold the password."""

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    def _fill(self) -> bool:
        self.sock.settimeout(self._left())
        return self._got(self.sock.recv(READ_BYTES))

    def _fill_now(self) -> None:
        self.sock.settimeout(0)
        try:
            while self._got(self.sock.recv(READ_BYTES)):
                if len(self._buffer) > MAX_LINE:
                    raise self.abort("unexpected response: a line too long")
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return

    def _got(self, data: bytes) -> bool:
        self._buffer += data
        self._received += len(data)
        self.ended = not data
        if self._received > MAX_ANSWERS:
            raise self.abort(f"unexpected response: more than {MAX_ANSWERS} bytes")
        return bool(data)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


class Client(IMAPClient):  # type: ignore[misc]  # the library ships no types
    """IMAPClient over a :class:`Wire`."""

    def __init__(self, opened: socket.socket, host: str, port: int, deadline: float) -> None:
        self._opened = opened
        self._first_deadline = deadline
        super().__init__(host, port, ssl=False)
        # Else every line is formatted for the log before it is thrown away.
        self._imap.debug = 0
        # Times with their zone, not in this machine's.
        self.normalise_times = False

    @property
    def wire(self) -> Wire:
        """The line protocol beneath."""
        wire: Wire = self._imap
        return wire

    def _create_IMAP4(self) -> Wire:  # noqa: N802 (the library's name)
        return Wire(self._opened, self.host, self.port, self._first_deadline)
