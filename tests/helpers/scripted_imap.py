"""An IMAP server that answers by a script, for what a real one does only on bad days."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from tests.helpers.ports import LOOPBACK

EMPTY_FOLDER = "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 1] ok\r\n"


class ScriptedImap:
    """``answers`` maps a command to the end of its answer (``NO …``); an empty one hangs up. All else is ``OK``."""

    def __init__(self, answers: dict[str, str] | None = None, capabilities: str = "") -> None:
        self._answers = answers or {}
        self._capabilities = capabilities
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[str] = []
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._main, name="scripted-imap", daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)

    def _main(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), name="scripted-imap", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"* OK hello\r\n")
            for line in connection.makefile("r", newline="\r\n"):
                tag, command, *_ = line.split()
                self.commands.append(command.upper())
                answer = self._reply(line)
                if not answer:
                    return
                *before, last = answer.split("\r\n")
                connection.sendall("\r\n".join([*before, f"{tag} {last}\r\n"]).encode())

    def _reply(self, line: str) -> str:
        return self._answer(line.split()[1].upper())

    def _answer(self, command: str) -> str:
        answer = self._answers.get(command, "OK done")
        if command == "CAPABILITY":
            return f"* CAPABILITY IMAP4rev1 {self._capabilities}\r\n{answer}"
        return f"{EMPTY_FOLDER}{answer}" if command == "EXAMINE" and answer.startswith("OK") else answer
