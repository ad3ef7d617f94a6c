"""A small master for tests of workers: a real Socket.IO server that stores in memory and can be told to misbehave."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import socketio
from aiohttp import web

from worker.protocol.account_messages import Assignment, CheckEnded
from worker.protocol.bases import Done, Message
from worker.protocol.codec import MAX_FRAME_BYTES, answer, decode, encode, read_answer, refuse
from worker.protocol.credential_messages import CredentialGranted, CredentialRequest
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected, ReportResult
from worker.protocol.log_messages import LogsWritten
from worker.protocol.names import ANSWERS
from worker.protocol.states import ErrorCode
from worker.protocol.worker_messages import (
    Heartbeat,
    HeartbeatAcknowledged,
    Pulse,
    PulseAcknowledged,
    RegisterWorker,
    WorkerRegistered,
)


class FakeMaster:
    """``assignments`` is what registration answers; everything heard is kept, in order."""

    def __init__(self, token: str = "right") -> None:
        self.token = token
        self.port = 0
        self.generation = "g1"
        self.lease_ms = 1500
        self.pulse_seconds = 0.05
        self.heartbeat_seconds = 0.2
        self.next_heartbeat_seconds: float | None = None
        """Told with every answer to a heartbeat."""
        self.assignments: dict[str, Assignment] = {}
        self.documents: dict[str, dict[str, Any]] = {}
        self.registrations: list[RegisterWorker] = []
        self.heard: list[Message] = []
        self.delivered: list[tuple[str, int, int, str, bool]] = []
        """Every report that came: account, epoch, sequence number, key, baseline; also those that came twice."""
        self.keys: dict[str, list[str]] = defaultdict(list)
        """New keys of each account, in the order in which they were stored."""
        self.cursors: dict[str, str] = {}
        self.silent: set[type[Message]] = set()
        """Kinds that are handled, but never answered: their acknowledgement is lost."""
        self.deaf: set[type[Message]] = set()
        """Kinds that are neither handled nor answered."""
        self.refusals: dict[type[Message], Callable[[Any], tuple[ErrorCode, str] | None]] = {}
        self.stored_seq: dict[tuple[str, int], int] = {}
        self._sid: str | None = None
        self._server: Any = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Return the address."""
        return f"http://127.0.0.1:{self.port}"

    def ended(self, account: str) -> list[CheckEnded]:
        """Return what was told of the checks of an account."""
        return [message for message in self.heard if isinstance(message, CheckEnded) and message.account_id == account]

    def of(self, kind: type[Message]) -> list[Any]:
        """Return what was heard of one kind."""
        return [message for message in self.heard if isinstance(message, kind)]

    def log(self) -> str:
        """Return all shipped log lines."""
        return "\n".join(
            f"{record.level} {record.message} {record.traceback}"
            for batch in self.of(LogsWritten)
            for record in batch.records
        )

    async def start(self) -> None:
        """Listen, the second time on the same port."""
        server = socketio.AsyncServer(
            async_mode="aiohttp", logger=False, engineio_logger=False, max_http_buffer_size=MAX_FRAME_BYTES
        )
        server.on("connect", self._on_connect, namespace="/worker")
        server.on("disconnect", self._on_disconnect, namespace="/worker")
        server.on("message", self._on_message, namespace="/worker")
        app = web.Application()
        server.attach(app)
        self._server = server
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Go away, with all connections."""
        if self._runner is not None:
            await self._server.shutdown()
            await self._runner.cleanup()
            # The library leaves the pings of its connections behind, and we the messages that are never answered.
            left = [task for task in asyncio.all_tasks() if _is_of_a_server(task)]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            self._runner, self._sid = None, None

    async def drop(self) -> None:
        """Cut the connection of the worker."""
        if self._sid is not None:
            await self._server.disconnect(self._sid, namespace="/worker")

    async def send(self, message: Message, timeout: float = 5.0) -> Any:
        """Send a command and return its answer."""
        return read_answer(await self.send_raw(encode(message, "from-master"), timeout), ANSWERS[type(message)])

    async def send_raw(self, data: Any, timeout: float = 5.0) -> Any:
        """Send anything and return the acknowledgement as it came."""
        return await self._server.call("message", data, to=self._sid, namespace="/worker", timeout=timeout)

    async def _on_connect(self, sid: str, _environ: Any, auth: Any = None) -> None:
        if not isinstance(auth, dict) or auth.get("token") != self.token:
            raise socketio.exceptions.ConnectionRefusedError("the token is not valid", {"code": "ERR_AUTH_FAILED"})
        self._sid = sid

    async def _on_disconnect(self, sid: str, *_reason: Any) -> None:
        if self._sid == sid:
            self._sid = None

    async def _on_message(self, _sid: str, data: Any) -> dict[str, Any]:
        _, message = decode(data)
        if type(message) in self.deaf:
            await asyncio.Event().wait()
        refusal = self.refusals.get(type(message), lambda _: None)(message)
        if refusal is not None:
            return refuse(*refusal)
        self.heard.append(message)
        reply = self._reply(message)
        if type(message) in self.silent:
            await asyncio.Event().wait()
        return answer(reply)

    def _reply(self, message: Message) -> Message:
        if isinstance(message, RegisterWorker):
            self.registrations.append(message)
            return WorkerRegistered(
                generation=self.generation,
                heartbeat_seconds=self.heartbeat_seconds,
                pulse_seconds=self.pulse_seconds,
                lease_ms=self.lease_ms,
                assignments=list(self.assignments.values()),
            )
        if isinstance(message, Pulse):
            return PulseAcknowledged(lease_ms=self.lease_ms)
        if isinstance(message, Heartbeat):
            return HeartbeatAcknowledged(heartbeat_seconds=self.next_heartbeat_seconds)
        if isinstance(message, CredentialRequest):
            subject = message.account_id or message.ticket or message.job_id
            return CredentialGranted(document=self.documents[subject], version=1)
        return self._store(message) if isinstance(message, ItemsDetected) else Done()

    def _store(self, batch: ItemsDetected) -> ItemsAcknowledged:
        results = []
        for report in batch.reports:
            key = report.item.key
            self.delivered.append((batch.account_id, batch.epoch, report.seq, key, report.baseline))
            known = key in self.keys[batch.account_id]
            if not known:
                self.keys[batch.account_id].append(key)
            results.append(ReportResult(seq=report.seq, result="known" if known else "stored"))
            self.stored_seq[batch.account_id, batch.epoch] = report.seq
        if batch.cursor is not None:
            self.cursors[batch.account_id] = batch.cursor.value
        return ItemsAcknowledged(results=results, cursor="stored" if batch.cursor else "none")


def _is_of_a_server(task: asyncio.Task[Any]) -> bool:
    name = getattr(task.get_coro(), "__qualname__", "")
    return name.startswith(("AsyncSocket.", "AsyncServer.", "FakeMaster."))


@contextlib.asynccontextmanager
async def fake_master(**options: Any) -> AsyncIterator[FakeMaster]:
    """Run a fake master for the length of a test."""
    master = FakeMaster(**options)
    await master.start()
    try:
        yield master
    finally:
        await master.stop()


def assignment(account_id: str = "a1", epoch: int = 1, **fields: Any) -> Assignment:
    """Return an assignment of the scripted platform, checked every hour unless told otherwise."""
    given: dict[str, Any] = {"platform": "scripted", "name": account_id, "settings": {}, "interval_seconds": 3600}
    return Assignment(account_id=account_id, epoch=epoch, **(given | fields))
