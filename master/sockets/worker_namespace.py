"""``/worker``: what workers say is checked, handed to the services, and answered; what they are told goes out here."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from master.context import request_id
from master.errors import NotFound, ServiceError, Unavailable
from master.libraries import socketio
from master.services.services import Services
from master.sockets.worker_credentials import WorkerCredentials
from master.tasks import Tasks
from worker.protocol.account_messages import CheckEnded, CheckStarted
from worker.protocol.bases import Done, Message
from worker.protocol.codec import ProtocolError, answer, decode, encode, read_answer, refuse
from worker.protocol.departures import WorkerLeft
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected
from worker.protocol.job_messages import JobPrinted, JobReported
from worker.protocol.log_messages import LogsWritten
from worker.protocol.names import ANSWERS
from worker.protocol.states import NOT_LET_IN, ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import (
    Heartbeat,
    HeartbeatAcknowledged,
    Pulse,
    PulseAcknowledged,
    RegisterWorker,
    ShutDown,
    WorkerFailed,
    WorkerRegistered,
)
from worker.version import PROTOCOL

logger = logging.getLogger(__name__)

PULSE_SECONDS: Final = 0.5
OPEN_SECONDS: Final = 8.0
"""So long a worker that outlived the master before waits for this one to be ready; it waits 10 s itself."""
LATE: Final = frozenset({ErrorCode.STALE_EPOCH, ErrorCode.ACCOUNT_NOT_FOUND, ErrorCode.WORKER_OFFLINE})
"""What a worker is told whose account was moved, changed or deleted while its message was under way: no fault."""


@dataclass(slots=True, eq=False)
class Peer:
    """One connection of one worker."""

    sid: str
    worker_id: str
    token: str
    registered: bool = False
    cut: bool = False
    """It is being parted with: what it still says counts for nothing, least of all a pulse."""
    pending: set[asyncio.Future[Any]] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"Peer({self.worker_id}, {self.sid})"


@dataclass(slots=True, eq=False)
class Turns:
    """Batches of one account that are being stored, or wait for that."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class WorkerNamespace(socketio.AsyncNamespace):  # type: ignore[misc] # the library has no types
    """One connection a worker; a newer one of the same worker replaces the older."""

    def __init__(self) -> None:
        super().__init__("/worker")
        self._peers: dict[str, Peer] = {}
        self._present: dict[str, Peer] = {}
        self._turns: dict[str, Turns] = {}
        self._refused: dict[str, str] = {}
        """Why each of those that are not let in was refused last."""
        self._services: Services
        self._generation: str
        self._handlers: dict[type[Message], Callable[[Peer, Any], Awaitable[Message]]] = {
            Pulse: self._on_pulse,
            Heartbeat: self._on_heartbeat,
            ItemsDetected: self._on_items,
            CheckStarted: self._on_check_started,
            CheckEnded: self._on_check_ended,
            JobReported: self._on_job_reported,
            JobPrinted: self._on_job_printed,
            LogsWritten: self._on_logs,
            WorkerFailed: self._on_failed,
            WorkerLeft: self._on_left,
        }
        self._tasks = Tasks()

    def attach(self, services: Services, generation: str) -> None:
        """Close the circle at composition; before that nobody can connect. ``generation``: of the ledger."""
        self._services = services
        self._generation = generation
        services.tokens.watch_revocations(self._on_revoked)
        credentials = WorkerCredentials(services, self._demand_ownership)
        for kind, handler in credentials.handlers.items():
            self._handlers[kind] = partial(_by_worker, handler)

    async def close(self) -> None:
        """Disconnect nobody any more; the server is about to."""
        await self._tasks.close()

    # ------------------------------------------------------------ to workers

    async def send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        """Send a message and return its answer.

        Raises :class:`Unavailable` when the worker is away or does not answer within ``timeout_s`` seconds,
        :class:`ProtocolError` when it refuses.
        """
        peer = self._present.get(worker_id)
        if peer is None:
            raise Unavailable(text("worker_not_connected", worker=worker_id), code=ErrorCode.WORKER_OFFLINE)
        envelope = encode(message, request_id.get())
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def on_acknowledged(*data: Any) -> None:
            if not acknowledged.done():
                acknowledged.set_result(data[0] if data else None)

        peer.pending.add(acknowledged)
        try:
            async with asyncio.timeout(timeout_s):
                await self.emit("message", envelope, to=peer.sid, callback=on_acknowledged)
                data = await acknowledged
        except TimeoutError as error:
            silence = text("worker_silent", worker=worker_id, seconds=round(timeout_s))
            raise Unavailable(silence, code=ErrorCode.WORKER_OFFLINE) from error
        finally:
            peer.pending.discard(acknowledged)
        if data is _GONE:
            raise Unavailable(text("worker_not_connected", worker=worker_id), code=ErrorCode.WORKER_OFFLINE)
        return read_answer(data, ANSWERS[type(message)])

    async def shut_down(self, worker_id: str, deadline_s: float) -> None:
        """Ask a worker to hand over and end. Raises as :meth:`send`."""
        await self.send(worker_id, ShutDown(deadline_ms=round(deadline_s * 1000)), deadline_s)

    def _cut(self, worker_id: str) -> None:
        """End the connection of a worker, which is to be let in no more."""
        peer = self._present.get(worker_id)
        if peer is not None:
            peer.cut = True
            self._tasks.spawn(self.disconnect(peer.sid), name=f"disconnect {worker_id}")

    # ------------------------------------------------------------ connections

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> None:
        """Let in whoever has the token of a worker's present process, or one by which a worker joins."""
        token = auth.get("token") if isinstance(auth, dict) else None
        workers = self._services.workers
        worker_id = workers.token_owner(token) if isinstance(token, str) else None
        refusal = workers.joins.closed_to(worker_id or "")
        if refusal is not None or worker_id is None or not isinstance(token, str):
            code, why = refusal or (ErrorCode.AUTH_FAILED, text("worker_refused_token"))
            logger.log(self._loudness(worker_id, why.message), "a connection to /worker was refused: %s", why.message)
            raise socketio.exceptions.ConnectionRefusedError(why.message, {"code": code.value})
        self._peers[sid] = Peer(sid=sid, worker_id=worker_id, token=token)

    def _loudness(self, worker_id: str | None, why: str) -> int:
        """Return the level at which a refusal is logged: whoever asks again and again is worth one line."""
        known = worker_id is not None and self._refused.get(worker_id) == why
        if worker_id is not None:
            self._refused[worker_id] = why
        return logging.DEBUG if known else logging.WARNING

    def _on_revoked(self) -> None:
        """Part with those whose token is not valid any more; of those that were started here the master decides."""
        workers = self._services.workers
        for peer in tuple(self._peers.values()):
            started_here = workers.exists(peer.worker_id) and not workers.is_foreign(peer.worker_id)
            if started_here or workers.token_owner(peer.token) == peer.worker_id:
                continue
            if self._present.get(peer.worker_id) is peer:
                workers.joins.token_revoked(peer.worker_id)
            self._tasks.spawn(self.disconnect(peer.sid), name=f"disconnect {peer.worker_id}")

    async def on_disconnect(self, sid: str, reason: str = "") -> None:
        """Note that a connection ended; who waits for an answer on it learns so at once."""
        peer = self._peers.pop(sid, None)
        if peer is None:
            return
        for future in peer.pending:
            if not future.done():
                future.set_result(_GONE)
        if self._present.get(peer.worker_id) is peer:
            del self._present[peer.worker_id]
            logger.info("%s: connection ended (%s)", peer.worker_id, reason or "no reason")
            self._services.assignments.disconnected(peer.worker_id)
            self._services.jobs.disconnected(peer.worker_id)
            self._services.sign_ins.disconnected(peer.worker_id)
            self._services.workers.signs.disconnected(peer.worker_id)

    async def on_message(self, sid: str, data: Any = None, *_surplus: Any) -> dict[str, Any]:
        """Answer one message; whatever is wrong with it is said, never swallowed."""
        peer = self._peers.get(sid)
        if peer is None:
            return refuse(ErrorCode.AUTH_FAILED, "this connection is not signed in")
        try:
            envelope, message = decode(data)
            request_id.set(envelope.request_id)
            return answer(await self._handle(peer, message))
        except ProtocolError as error:
            level = logging.INFO if error.code in LATE else logging.WARNING
            if error.code in NOT_LET_IN:
                level = self._loudness(peer.worker_id, error.message)
            logger.log(level, "%s: refused: %s %s", peer.worker_id, error.code, error.message)
            return refuse(error.code, error.message)
        except ServiceError as error:
            code = ErrorCode.ACCOUNT_NOT_FOUND if isinstance(error, NotFound) else ErrorCode.INTERNAL
            logger.warning("%s: refused: %s %s", peer.worker_id, code, error.text.message)
            return refuse(code, error.text.message)
        except Exception:
            # The namespace's guard: a fault of ours is logged with its traceback and answered like any other refusal.
            logger.exception("%s: a message could not be handled", peer.worker_id)
            return refuse(ErrorCode.INTERNAL, "the master could not handle this; its log says why")

    async def _handle(self, peer: Peer, message: Message) -> Message:
        if peer.cut:
            raise ProtocolError(ErrorCode.WORKER_OFFLINE, "this connection is being ended")
        if isinstance(message, RegisterWorker):
            return await self._on_register(peer, message)
        if not peer.registered or self._present.get(peer.worker_id) is not peer:
            raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "register first")
        handler = self._handlers.get(type(message))
        if handler is None:
            raise ProtocolError(ErrorCode.INVALID_PAYLOAD, "this message goes from the master to workers only")
        return await handler(peer, message)

    # ------------------------------------------------------------ liveness

    async def _on_register(self, peer: Peer, message: RegisterWorker) -> WorkerRegistered:
        workers, assignments = self._services.workers, self._services.assignments
        if workers.is_foreign(peer.worker_id):
            await _wait_opened(workers.joins.opened)
        # The process whose token it was may have ended while this message was waiting.
        if message.worker_id != peer.worker_id or workers.token_owner(peer.token) != peer.worker_id:
            raise ProtocolError(ErrorCode.AUTH_FAILED, "the token belongs to another worker")
        if message.protocol != PROTOCOL:
            words = text("worker_refused_protocol", worker_protocol=message.protocol, master_protocol=PROTOCOL)
            raise ProtocolError(ErrorCode.UNSUPPORTED_VERSION, words.message)
        refusal = workers.joins.refusal(peer.worker_id, message)
        if refusal is not None:
            raise ProtocolError(refusal.code, refusal.text.message)
        workers.joins.joined(peer.worker_id, message, partial(self._cut, peer.worker_id))
        before = self._present.get(peer.worker_id)
        self._present[peer.worker_id] = peer
        self._refused.pop(peer.worker_id, None)
        peer.registered = True
        if before is not None and before is not peer:
            await self.disconnect(before.sid)
        workers.signs.registered(peer.worker_id, message)
        mine = await assignments.register(peer.worker_id, message)
        if self._present.get(peer.worker_id) is not peer:
            # Nothing may count on a connection that ended while it was registering.
            raise ProtocolError(ErrorCode.WORKER_OFFLINE, "this connection has ended")
        logger.info("%s registered (pid %d, version %s)", peer.worker_id, message.pid, message.version)
        return WorkerRegistered(
            generation=self._generation,
            heartbeat_seconds=self._services.settings.current.heartbeat_seconds,
            pulse_seconds=PULSE_SECONDS,
            lease_ms=self._services.machines.wakes.lease_ms(peer.worker_id, assignments.lease_ms(peer.worker_id)),
            assignments=mine,
            jobs=self._services.jobs.registered(peer.worker_id, message.runners),
        )

    async def _on_pulse(self, peer: Peer, message: Pulse) -> PulseAcknowledged:
        lease_ms = self._services.assignments.pulse(peer.worker_id)
        self._services.workers.signs.pulsed(peer.worker_id, lease_ms)
        return PulseAcknowledged(lease_ms=self._services.machines.wakes.lease_ms(peer.worker_id, lease_ms))

    async def _on_heartbeat(self, peer: Peer, message: Heartbeat) -> HeartbeatAcknowledged:
        self._services.workers.signs.heartbeat(peer.worker_id, message)
        self._services.accounts.planned(message.holding)
        answer = self._services.assignments.heartbeat(peer.worker_id, message)
        # The setting may have changed since it registered.
        return msgspec.structs.replace(answer, heartbeat_seconds=self._services.settings.current.heartbeat_seconds)

    # ------------------------------------------------------------ work

    async def _on_items(self, peer: Peer, message: ItemsDetected) -> ItemsAcknowledged:
        # Batches of one account are stored in the order in which they came; those of others do not wait for them.
        turns = self._turns.setdefault(message.account_id, Turns())
        turns.count += 1
        try:
            async with turns.lock:
                return await self._services.items.ingest(peer.worker_id, message)
        finally:
            turns.count -= 1
            if not turns.count:
                del self._turns[message.account_id]

    async def _on_check_started(self, peer: Peer, message: CheckStarted) -> Done:
        self._demand_ownership(peer.worker_id, message.account_id, message.epoch)
        self._services.accounts.check_started(peer.worker_id, message)
        return Done()

    async def _on_check_ended(self, peer: Peer, message: CheckEnded) -> Done:
        self._demand_ownership(peer.worker_id, message.account_id, message.epoch)
        await self._services.accounts.check_ended(peer.worker_id, message)
        return Done()

    async def _on_job_reported(self, peer: Peer, message: JobReported) -> Done:
        await self._services.jobs.reported(peer.worker_id, message)
        return Done()

    async def _on_job_printed(self, peer: Peer, message: JobPrinted) -> Done:
        self._services.jobs.printed(peer.worker_id, message)
        return Done()

    def _demand_ownership(self, worker_id: str, account_id: str, epoch: int) -> None:
        if account_id not in self._services.accounts.rows():
            raise ProtocolError(ErrorCode.ACCOUNT_NOT_FOUND, f"there is no account {account_id[:80]!r}")
        if not self._services.assignments.owns(worker_id, account_id, epoch):
            raise ProtocolError(ErrorCode.STALE_EPOCH, f"account {account_id[:80]!r} is not yours under epoch {epoch}")

    # ------------------------------------------------------------ logs

    async def _on_logs(self, peer: Peer, message: LogsWritten) -> Done:
        records = [msgspec.structs.replace(record, source=peer.worker_id) for record in message.records]
        self._services.logs.write(records)
        if message.dropped:
            logger.warning("%s could not keep %d lines of its log", peer.worker_id, message.dropped)
        return Done()

    async def _on_failed(self, peer: Peer, message: WorkerFailed) -> Done:
        logger.error("%s: %s %s", peer.worker_id, message.code, message.message)
        what = text("worker_fault", name=message.code[:50], detail=message.message[:200])
        self._services.workers.note(peer.worker_id, "error", what)
        return Done()

    async def _on_left(self, peer: Peer, _message: WorkerLeft) -> Done:
        self._services.workers.joins.left(peer.worker_id)
        return Done()


async def _wait_opened(opened: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(opened.wait(), OPEN_SECONDS)
    except TimeoutError as error:
        raise ProtocolError(ErrorCode.WORKER_OFFLINE, "the master is still starting") from error


async def _by_worker(handler: "Callable[[str, Any], Awaitable[Message]]", peer: Peer, message: Message) -> Message:
    return await handler(peer.worker_id, message)


_GONE: Final = object()
