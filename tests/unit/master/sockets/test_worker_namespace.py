"""What workers say, over a namespace whose transport is the test."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
import socketio

from master.context import request_id
from master.errors import NotFound
from master.services.renewal_rights import RenewalRights
from master.services.tickets import Tickets
from master.services.worker_joins import Refusal
from master.sockets.worker_namespace import WorkerNamespace
from tests.helpers.deadlines import until
from worker.protocol.account_messages import CheckAccount, CheckEnded
from worker.protocol.bases import Done, Message
from worker.protocol.codec import MAX_MESSAGE_BYTES, answer, encode, read_answer
from worker.protocol.credential_messages import CredentialGranted, CredentialKept, CredentialRequest
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected, ReportResult
from worker.protocol.job_messages import JobPrinted, JobReported
from worker.protocol.log_messages import LogRecord, LogsWritten
from worker.protocol.states import CheckOutcome, LogLevel
from worker.protocol.texts import text
from worker.protocol.worker_messages import (
    Heartbeat,
    HeartbeatAcknowledged,
    Pulse,
    PulseAcknowledged,
    RegisterWorker,
    WorkerFailed,
    WorkerRegistered,
)

BEAT = Heartbeat(at=0, cpu_percent=0, rss_bytes=0, accounts=0, active_checks=0, errors=0, checks=0, items=0, backlog=0)


class Namespace(WorkerNamespace):
    """The namespace with its transport taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.emitted: list[tuple[str, Any]] = []
        self.reply: Callable[[Any], Any] = lambda envelope: answer(Done())
        self.dropped: list[str] = []

    async def emit(self, event: str, data: Any = None, to: str = "", callback: Any = None, **more: Any) -> None:
        self.emitted.append((to, data))
        reply = self.reply(data)
        if reply is not None and callback is not None:
            asyncio.get_running_loop().call_soon(callback, reply)

    async def disconnect(self, sid: str, **more: Any) -> None:
        self.dropped.append(sid)
        await self.on_disconnect(sid, "server disconnect")


class World:
    """Fake services, and what they were told."""

    def __init__(self) -> None:
        self.tokens = {"t1": "w1", "t2": "w2"}
        self.calls: list[tuple[str, Any]] = []
        self.owned = {("w1", "a", 7)}
        self.foreign: set[str] = set()
        self.refusal: Refusal | None = None
        self.closed: Refusal | None = None
        self.revoked: list[Callable[[], None]] = []
        self.cuts: list[Callable[[], None]] = []
        self.ingest: Callable[[str, ItemsDetected], Awaitable[ItemsAcknowledged]] = self._ingest
        self.namespace, self.tickets = Namespace(), Tickets()
        note = self.note
        services = SimpleNamespace(
            tokens=SimpleNamespace(watch_revocations=self.revoked.append),
            workers=self._workers(),
            assignments=SimpleNamespace(
                register=self._register,
                disconnected=note("away"),
                pulse=lambda worker_id: 1500,
                lease_ms=lambda worker_id: 1500,
                heartbeat=lambda worker_id, message: HeartbeatAcknowledged(),
                owns=lambda *claim: claim in self.owned,
            ),
            accounts=SimpleNamespace(
                rows=lambda: {"a": None, "b": None},
                planned=note("planned"),
                check_started=note("check_started"),
                check_ended=self._check_ended,
                secret=self._secret,
                granted=note("granted"),
                rights=RenewalRights(),
            ),
            sign_ins=SimpleNamespace(
                tickets=self.tickets, audit=SimpleNamespace(note=note("audit")), disconnected=note("sign-ins away")
            ),
            proxy_tickets=SimpleNamespace(secret=lambda _ticket, _worker: None),
            items=SimpleNamespace(ingest=lambda worker_id, message: self.ingest(worker_id, message)),
            jobs=SimpleNamespace(
                registered=lambda worker_id, runners: [],
                disconnected=note("jobs away"),
                reported=self._reported,
                printed=note("printed"),
                secret=self._job_secret,
            ),
            machines=SimpleNamespace(wakes=SimpleNamespace(lease_ms=lambda worker_id, usual: usual)),
            logs=SimpleNamespace(write=note("logs")),
            settings=SimpleNamespace(current=SimpleNamespace(heartbeat_seconds=10.0)),
        )
        self.namespace.attach(services, "generation-1")  # type: ignore[arg-type]

    def _workers(self) -> SimpleNamespace:
        self.opened = asyncio.Event()
        self.opened.set()
        joins = SimpleNamespace(
            closed_to=lambda worker_id: self.closed,
            refusal=lambda worker_id, message: self.refusal,
            joined=lambda worker_id, message, cut: self.cuts.append(cut),
            left=self.note("left"),
            opened=self.opened,
            token_revoked=self.note("revoked"),
        )
        return SimpleNamespace(
            token_owner=self.tokens.get,
            joins=joins,
            is_foreign=lambda worker_id: worker_id in self.foreign,
            exists=lambda worker_id: True,
            signs=SimpleNamespace(
                registered=self.note("registered"),
                disconnected=self.note("disconnected"),
                pulsed=self.note("pulsed"),
                heartbeat=self.note("heartbeat"),
            ),
            note=self.note("event"),
        )

    def note(self, name: str) -> Callable[..., None]:
        return lambda *args, **_more: self.calls.append((name, args))

    async def _reported(self, worker_id: str, message: JobReported) -> None:
        self.calls.append(("reported", (worker_id, message)))

    async def _job_secret(self, job_id: str, run: int, worker_id: str) -> dict[str, Any]:
        if (job_id, run, worker_id) != ("000000000001", 1, "w1"):
            raise NotFound(text("job_unknown", id=job_id))
        return {"token": "s"}

    async def _register(self, worker_id: str, message: RegisterWorker) -> list[Any]:
        return []

    async def _ingest(self, worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        return ItemsAcknowledged(results=[ReportResult(seq=r.seq, result="stored") for r in message.reports])

    async def _check_ended(self, worker_id: str, message: CheckEnded) -> None:
        self.calls.append(("check_ended", (worker_id, message)))

    async def _secret(self, account_id: str) -> tuple[dict[str, Any], int]:
        self.calls.append(("secret", account_id))
        return {"password": "s3cret"}, 4

    async def connect(self, sid: str = "s1", token: str = "t1") -> None:
        await self.namespace.on_connect(sid, {}, {"token": token})

    async def register(self, sid: str = "s1", token: str = "t1", worker_id: str = "w1", protocol: int = 1) -> Any:
        await self.connect(sid, token)
        message = RegisterWorker(
            worker_id=worker_id, host="h", pid=1, version="1", protocol=protocol, platforms=["feed"]
        )
        return await self.say(message, sid)

    async def say(self, message: Message, sid: str = "s1", request: str = "") -> Any:
        return await self.namespace.on_message(sid, encode(message, request))


@pytest.fixture
def world() -> World:
    return World()


def code(refused: Any) -> str:
    assert refused["success"] is False
    assert refused["error"]["message"]
    return str(refused["error"]["code"])


@pytest.mark.expects_log(r"token is not valid")
@pytest.mark.parametrize("auth", [None, {}, {"token": "wrong"}, {"token": 5}, "t1", ["t1"]])
async def test_without_the_token_of_a_process_nobody_gets_in(world: World, auth: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionRefusedError) as caught:
        await world.namespace.on_connect("s1", {}, auth)
    assert caught.value.error_args["data"]["code"] == "ERR_AUTH_FAILED"


@pytest.mark.expects_log(r"refused")
async def test_registering_answers_with_what_holds(world: World) -> None:
    told = read_answer(await world.register(), WorkerRegistered)
    assert (told.generation, told.lease_ms, told.heartbeat_seconds) == ("generation-1", 1500, 10.0)
    assert [name for name, _ in world.calls] == ["registered"]


@pytest.mark.expects_log(r"refused")
async def test_a_token_registers_its_own_worker_only_and_only_while_its_process_lives(world: World) -> None:
    assert code(await world.register(worker_id="w2")) == "ERR_AUTH_FAILED"
    await world.connect("s2")
    del world.tokens["t1"]
    message = RegisterWorker(worker_id="w1", host="h", pid=1, version="1", protocol=1, platforms=[])
    assert code(await world.say(message, "s2")) == "ERR_AUTH_FAILED"
    assert world.calls == []


@pytest.mark.expects_log(r"refused")
async def test_another_protocol_is_refused_with_both_numbers(world: World) -> None:
    refused = await world.register(protocol=99)
    assert code(refused) == "ERR_UNSUPPORTED_VERSION"
    assert "99" in refused["error"]["message"]


@pytest.mark.expects_log(r"refused")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (None, "ERR_INVALID_PAYLOAD"),
        ("text", "ERR_INVALID_PAYLOAD"),
        ([], "ERR_INVALID_PAYLOAD"),
        ({"type": "worker:pulse"}, "ERR_INVALID_PAYLOAD"),
        ({"type": "worker:nothing", "version": "v1", "payload": {}, "timestamp": 1}, "ERR_INVALID_PAYLOAD"),
        ({"type": "worker:pulse", "version": "v9", "payload": {}, "timestamp": 1}, "ERR_UNSUPPORTED_VERSION"),
        (
            {"type": "worker:pulse", "version": "v1", "payload": {"sequence": "1"}, "timestamp": 1},
            "ERR_INVALID_PAYLOAD",
        ),
        (
            {
                "type": "worker:error",
                "version": "v1",
                "payload": {"code": "x", "message": "x" * MAX_MESSAGE_BYTES},
                "timestamp": 1,
            },
            "ERR_TOO_LARGE",
        ),
    ],
)
async def test_malformed_messages_are_refused_with_their_code(world: World, data: Any, expected: str) -> None:
    await world.register()
    assert code(await world.namespace.on_message("s1", data)) == expected


@pytest.mark.expects_log(r"refused")
async def test_messages_out_of_turn_are_refused(world: World) -> None:
    assert code(await world.say(Pulse(sequence=1), "nobody")) == "ERR_AUTH_FAILED"
    await world.connect()
    assert code(await world.say(Pulse(sequence=1))) == "ERR_INVALID_PAYLOAD"
    await world.register("s3")
    assert code(await world.say(CheckAccount(account_id="a", epoch=7), "s3")) == "ERR_INVALID_PAYLOAD"


async def test_pulses_and_heartbeats(world: World) -> None:
    await world.register()
    assert read_answer(await world.say(Pulse(sequence=1)), PulseAcknowledged).lease_ms == 1500
    assert read_answer(await world.say(BEAT), HeartbeatAcknowledged) == HeartbeatAcknowledged(heartbeat_seconds=10.0)
    assert [name for name, _ in world.calls] == ["registered", "pulsed", "heartbeat", "planned"]


async def test_the_request_id_of_a_message_is_known_to_what_handles_it(world: World) -> None:
    seen: list[str] = []

    async def ingest(worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        seen.append(request_id.get())
        return ItemsAcknowledged(results=[])

    world.ingest = ingest
    await world.register()
    await world.say(ItemsDetected(account_id="a", epoch=7, reports=[]), request="r-1")
    assert seen == ["r-1"]


async def test_batches_of_one_account_wait_for_each_other_and_not_for_those_of_others(world: World) -> None:
    gate = asyncio.Event()
    order: list[str] = []

    async def ingest(worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        if message.how == "first":
            await gate.wait()
        order.append(message.how)
        return ItemsAcknowledged(results=[])

    world.ingest = ingest
    await world.register()

    def batch(account_id: str, how: str) -> Any:
        return world.say(ItemsDetected(account_id=account_id, epoch=7, how=how, reports=[]))

    async with asyncio.TaskGroup() as group:
        group.create_task(batch("a", "first"))
        await asyncio.sleep(0)
        group.create_task(batch("a", "second"))
        await batch("b", "other")
        gate.set()
    assert order == ["other", "first", "second"]


async def test_a_batch_that_comes_while_others_wait_is_behind_them_too(world: World) -> None:
    await world.register()
    busy: list[str] = []
    order: list[str] = []
    gates = {name: asyncio.Event() for name in ("first", "second", "third")}

    async def ingest(worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        assert not busy, f"{message.how} beside {busy}"
        busy.append(message.how)
        await gates[message.how].wait()
        busy.clear()
        order.append(message.how)
        return ItemsAcknowledged(results=[])

    world.ingest = ingest

    def send(name: str) -> asyncio.Future[Any]:
        batch = ItemsDetected(account_id="a", epoch=7, how=name, reports=[])
        return asyncio.ensure_future(world.say(batch))

    sent = [send("first"), send("second")]
    await until(lambda: busy == ["first"])
    gates["first"].set()
    await until(lambda: busy == ["second"])
    sent.append(send("third"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gates["third"].set()
    gates["second"].set()
    await asyncio.gather(*sent)
    assert order == ["first", "second", "third"]
    assert world.namespace._turns == {}


@pytest.mark.expects_log(r"refused")
async def test_claims_of_who_does_not_hold_the_account_are_refused(world: World) -> None:
    await world.register()
    ended = CheckEnded(account_id="a", epoch=7, outcome=CheckOutcome.OK, at=1, duration_ms=1)
    assert read_answer(await world.say(ended), Done) == Done()
    late = CheckEnded(account_id="a", epoch=6, outcome=CheckOutcome.OK, at=1, duration_ms=1)
    assert code(await world.say(late)) == "ERR_STALE_EPOCH"
    unknown = CheckEnded(account_id="x", epoch=6, outcome=CheckOutcome.OK, at=1, duration_ms=1)
    assert code(await world.say(unknown)) == "ERR_ACCOUNT_NOT_FOUND"
    assert [name for name, _ in world.calls] == ["registered", "check_ended"]


@pytest.mark.expects_log(r"refused")
async def test_secrets_go_to_the_holder_of_the_lease_or_of_the_ticket_alone(world: World) -> None:
    await world.register()
    granted = read_answer(await world.say(CredentialRequest(account_id="a", epoch=7)), CredentialGranted)
    assert (granted.document, granted.version) == ({"password": "s3cret"}, 4)
    assert code(await world.say(CredentialRequest(account_id="a", epoch=6))) == "ERR_STALE_EPOCH"
    assert code(await world.say(CredentialRequest(account_id="b", epoch=7))) == "ERR_STALE_EPOCH"
    assert [name for name, _ in world.calls].count("secret") == 1
    good = world.tickets.issue("w1", {"password": "p"})
    tested = read_answer(await world.say(CredentialRequest(ticket=good)), CredentialGranted)
    assert (tested.document, tested.may_renew) == ({"password": "p"}, False)
    assert code(await world.say(CredentialRequest(ticket="bad"))) == "ERR_AUTH_FAILED"
    await world.register("s2", "t2", "w2")
    assert code(await world.say(CredentialRequest(ticket=good), "s2")) == "ERR_AUTH_FAILED"
    world.tickets.tear(good)
    assert code(await world.say(CredentialRequest(ticket=good))) == "ERR_AUTH_FAILED"


async def test_the_right_to_renew_is_given_to_one_at_a_time(world: World) -> None:
    await world.register()
    await world.register("s2", "t2", "w2")
    stored = world.tickets.issue("w2", {"password": "old"}, account_id="a", version=3)
    mine = CredentialRequest(account_id="a", epoch=7, renew=True)
    assert read_answer(await world.say(mine), CredentialGranted).may_renew
    theirs = CredentialRequest(ticket=stored, renew=True)
    granted = read_answer(await world.say(theirs, "s2"), CredentialGranted)
    assert (granted.may_renew, granted.version, granted.document) == (False, 4, {"password": "s3cret"})
    read_answer(await world.say(CredentialKept(account_id="a", version=4)), Done)
    assert read_answer(await world.say(theirs, "s2"), CredentialGranted).may_renew
    assert not read_answer(await world.say(mine), CredentialGranted).may_renew


@pytest.mark.expects_log(r"refused")
async def test_secrets_of_jobs_go_to_the_worker_that_has_the_run(world: World) -> None:
    await world.register()
    mine = CredentialRequest(job_id="000000000001", run=1)
    assert read_answer(await world.say(mine), CredentialGranted).document == {"token": "s"}
    assert code(await world.say(CredentialRequest(job_id="000000000001", run=2))) == "ERR_JOB_NOT_FOUND"
    await world.register("s2", "t2", "w2")
    assert code(await world.say(mine, "s2")) == "ERR_JOB_NOT_FOUND"


async def test_what_jobs_do_reaches_their_service(world: World) -> None:
    await world.register()
    reported = JobReported(job_id="000000000001", run=1, never_began=True)
    printed = JobPrinted(job_id="000000000001", run=1, stream="stdout", offset=0, text="x", next_offset=1)
    for message in (reported, printed):
        read_answer(await world.say(message), Done)
    assert world.calls[-2:] == [("reported", ("w1", reported)), ("printed", ("w1", printed))]


@pytest.mark.expects_log(r"refused")
async def test_an_account_taken_away_while_the_vault_is_read_gets_no_secret(world: World) -> None:
    async def secret(account_id: str) -> tuple[dict[str, Any], int]:
        world.owned.clear()
        return {"password": "s3cret"}, 4

    await world.register()
    world.namespace._services.accounts.secret = secret  # type: ignore[method-assign]
    refused = await world.say(CredentialRequest(account_id="a", epoch=7))
    assert code(refused) == "ERR_STALE_EPOCH"
    assert "s3cret" not in str(refused)


async def test_log_lines_get_the_id_of_their_worker_whatever_they_say(world: World) -> None:
    await world.register()
    record = LogRecord(at=1, level=LogLevel.INFO, source="master", logger="x", message="m", request_id="r")
    await world.say(LogsWritten(records=[record]))
    ((written,),) = [args for name, args in world.calls if name == "logs"]
    assert [(r.source, r.request_id) for r in written] == [("w1", "r")]


@pytest.mark.expects_log(r"could not be handled", r"worker failed|w1: ERR_X broken")
async def test_a_fault_of_ours_is_answered_and_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def ingest(worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        raise ZeroDivisionError("a fault")

    world.ingest = ingest
    await world.register()
    assert code(await world.say(ItemsDetected(account_id="a", epoch=7, reports=[]))) == "ERR_INTERNAL"
    assert "ZeroDivisionError" in caplog.text
    assert read_answer(await world.say(WorkerFailed(code="ERR_X", message="broken")), Done) == Done()
    ((worker_id, kind, what),) = [args for name, args in world.calls if name == "event"]
    assert (worker_id, kind, what.params) == ("w1", "error", {"name": "ERR_X", "detail": "broken"})


@pytest.mark.expects_log(r"refused")
async def test_a_refusal_of_a_service_keeps_its_words(world: World) -> None:
    async def ingest(worker_id: str, message: ItemsDetected) -> ItemsAcknowledged:
        raise NotFound(text("worker_unknown", worker="x"))

    world.ingest = ingest
    await world.register()
    refused = await world.say(ItemsDetected(account_id="a", epoch=7, reports=[]))
    assert code(refused) == "ERR_ACCOUNT_NOT_FOUND"
    assert "x" in refused["error"]["message"]
