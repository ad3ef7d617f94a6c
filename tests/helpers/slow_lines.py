"""A line to a server that gives so many bytes a second, and counts them."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Final, Self

from tests.helpers.ports import LOOPBACK

PIECES_A_SECOND: Final = 50


class SlowLine:
    """Forwards connections on a free port to ``port``; what the server says comes at ``rate`` bytes a second."""

    def __init__(self, port: int, rate: int) -> None:
        self._target = port
        self.rate = rate
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._main, name="slow-line", daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        for opened in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
        for opened in (self._listener, *self._open):
            opened.close()

    def _main(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection((LOOPBACK, self._target))
            # Little waits on the way: what the client does not take is not sent.
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self._open += [near, far]
            for source, sink, slow in ((near, far, False), (far, near, True)):
                thread = threading.Thread(target=self._pump, args=(source, sink, slow), name="slow-line", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket, slow: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(max(1, self.rate // PIECES_A_SECOND) if slow else 4096):
                sink.sendall(data)
                if slow and self._ended.wait(len(data) / self.rate):
                    return
        for opened in (source, sink):
            with contextlib.suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
