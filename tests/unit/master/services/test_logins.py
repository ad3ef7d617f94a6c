"""Sign-ins: one state after the other, each with its time, and no end that is forgotten."""

from types import SimpleNamespace

import msgspec
import pytest

from master.api.logins import AccountLogin, Challenge, LoginCreate
from master.api.rules import QuietPlan
from master.errors import Conflict, Invalid, NotFound, TooBusy, Unavailable
from master.services import logins
from master.services.audits import AuditService
from master.services.logins import LoginService
from master.services.tickets import Tickets
from tests.helpers.data import FEED, IMAP, world_of
from tests.helpers.deadlines import until
from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError, now_ms
from worker.protocol.logins import AnswerLogin, CancelLogin, LoginChallenged, LoginReported, StartLogin
from worker.protocol.manifest import Catalog, Login
from worker.protocol.states import ErrorCode, LoginStatus
from worker.protocol.texts import text

WAYS = [
    Login(id="qr", kind="qr", title={"en": "QR"}, fields=["host", "username"]),
    Login(id="code", kind="code", title={"en": "Code"}, fields=["host", "password"]),
]
OFFERS = msgspec.structs.replace(IMAP, logins=WAYS)
SETTINGS = {"host": "h.example.org", "username": "ann"}


class Parts:
    """The service, a worker that only listens, and a clock."""

    def __init__(self, world):
        self.world = world
        self.now = 1000.0
        self.sent = []
        self.refusal = None
        self.workers = [worker("w1", 3), worker("w2", 0)]
        self.tickets = Tickets(self.clock)
        self.audit = AuditService(database=world.database, settings=world.settings, tasks=world.tasks)
        self.service = LoginService(
            database=world.database,
            accounts=world.accounts,
            workers=SimpleNamespace(rows=lambda: self.workers),
            catalog=world.catalog,
            settings=world.settings,
            publisher=world.publisher,
            audit=self.audit,
            tickets=self.tickets,
            tasks=world.tasks,
            send=self.send,
            clock=self.clock,
        )

    def clock(self):
        return self.now

    async def send(self, worker_id, message, _seconds):
        self.sent.append((worker_id, message))
        if self.refusal is not None:
            raise self.refusal
        return Done()

    def messages(self, kind):
        return [message for _, message in self.sent if isinstance(message, kind)]

    async def begin(self, **more):
        session = await self.service.create(LoginCreate(**({"platform": "imap", "settings": SETTINGS} | more)))
        return session, self.messages(StartLogin)[-1].ticket

    async def show(self, ticket, worker_id="w2", **challenge):
        await self.service.challenged(worker_id, LoginChallenged(ticket=ticket, challenge=Challenge(**challenge)))

    async def say(self, ticket, state, **more):
        await self.service.reported("w2", LoginReported(ticket=ticket, state=state, **more))

    async def over(self, session):
        await until(lambda: self.service.get(session.id).ended_at is not None)
        return self.service.get(session.id)


def worker(name, busy):
    return SimpleNamespace(worker_id=name, online=True, active_tasks=busy, assigned_accounts=busy)


@pytest.fixture
async def parts(profile, monkeypatch):
    monkeypatch.setattr(logins, "SWEEP_SECONDS", 0.01)
    async with world_of(profile) as world:

        async def describe():
            return Catalog(version="1", platforms=[FEED, OFFERS])

        world.catalog._describe = describe
        await world.catalog.load()
        made = Parts(world)
        yield made
        await made.service.close()
        await made.audit.close()


async def test_from_the_first_challenge_to_the_account(parts):
    session, ticket = await parts.begin(name="Mine", tags=["x"], notify_level="urgent", quiet_hours=QuietPlan())
    assert (session.state, session.worker_id, session.method) == ("pending", "w2", "qr")
    started = parts.messages(StartLogin)[0]
    assert started.settings["username"] == "ann"
    assert ticket not in repr(started)
    await parts.show(ticket, kind="qr", text="canary")
    await parts.show(ticket, kind="qr", text="canary 2")
    shown = parts.service.get(session.id)
    assert (shown.state, shown.refreshes, shown.challenge.text) == ("pending", 1, "canary 2")
    await parts.say(ticket, "scanning")
    assert parts.service.get(session.id).state == "scanning"
    await parts.show(ticket, kind="code", prompt=text("login_enter_code"))
    assert parts.service.get(session.id).state == "code_asked"
    await parts.service.answer(session.id, " 123 ")
    assert parts.messages(AnswerLogin)[0].value == "123"
    assert parts.service.get(session.id).challenge is None
    await parts.show(ticket, kind="code", prompt=text("login_enter_code"), secret=True)
    await parts.service.answer(session.id, " second password ")
    assert parts.messages(AnswerLogin)[1].value == " second password "
    await parts.say(ticket, "verifying")
    assert parts.service.get(session.id).verifying
    await parts.say(ticket, "success", document={"token": "t"}, identity="ann@h", name="Ann", expires_at=9_000)
    done = parts.service.get(session.id)
    assert (done.state, done.challenge) == ("success", None)
    account = parts.world.accounts.get(done.account_id)
    assert (account.name, account.platform_account_id, account.tags) == ("Mine", "ann@h", ["x"])
    assert (account.login_status, account.credentials_expire_at) == (LoginStatus.LOGGED_IN, 9_000)
    origins = {name: account.effective[name].origin for name in ("interval_seconds", "priority", "notify_level")}
    assert origins == {"interval_seconds": "default", "priority": "default", "notify_level": "account"}
    assert (account.notify_level, account.quiet_hours) == ("urgent", QuietPlan())
    with pytest.raises(ProtocolError):
        await parts.say(ticket, "scanning")
    assert parts.tickets.of(ticket, "w2") is None
    assert "canary" not in str(parts.world.of("login.changed")[-1])
    rows = await parts.world.database.read(lambda conn: conn.exec_driver_sql("SELECT * FROM login_sessions").all())
    assert "canary" not in str(rows)


async def test_each_state_has_its_time(parts):
    session, ticket = await parts.begin()
    parts.now += 61
    ended = await parts.over(session)
    assert (ended.state, ended.error.code) == ("timeout", "login_timeout")
    await until(lambda: parts.messages(CancelLogin))

    session, ticket = await parts.begin()
    await parts.show(ticket, kind="code")
    parts.now += 181
    assert (await parts.over(session)).state == "timeout"

    session, ticket = await parts.begin()
    await parts.show(ticket, kind="device_code", code="A", url="https://x.example", expires_at=now_ms() + 30_000)
    parts.now += 40
    ended = await parts.over(session)
    assert (ended.state, ended.error.code) == ("expired", "login_gave_up")

    session, ticket = await parts.begin()
    for _ in range(6):
        await parts.show(ticket, kind="qr", text="x")
        parts.now += 55
    ended = await parts.over(session)
    assert (ended.state, ended.error.code) == ("expired", "login_expired")
    with pytest.raises(ProtocolError):
        await parts.show(ticket, kind="qr", text="x")


@pytest.mark.expects_log(r"end of a late sign-in' failed")
async def test_a_database_that_takes_no_end_leaves_no_sign_in_open(parts, monkeypatch):
    session, _ = await parts.begin()

    async def refuse(_record):
        raise OSError("the disk is full")

    monkeypatch.setattr(parts.service.history, "write", refuse)
    other, _ = await parts.begin()
    parts.now += 61
    assert (await parts.over(session)).state == "timeout"
    assert (await parts.over(other)).state == "timeout"
    monkeypatch.undo()
    third, _ = await parts.begin()
    parts.now += 61
    assert (await parts.over(third)).state == "timeout"


async def test_a_sign_in_again_shows_that_it_is_under_way_and_leaves_nothing_behind(parts):
    account = await parts.world.mail()
    session = await parts.service.again(account.id, AccountLogin(method="code", credentials={"password": "typed"}))
    ticket = parts.messages(StartLogin)[-1].ticket
    assert parts.world.accounts.get(account.id).login_session_id == session.id
    assert parts.tickets.document(parts.tickets.of(ticket, "w2")) == {"password": "typed"}
    assert parts.tickets.of(ticket, "w1") is None
    with pytest.raises(Conflict) as twice:
        await parts.service.again(account.id, AccountLogin())
    assert twice.value.text.code == "login_running"
    await parts.say(ticket, "failed", error=text("oauth_denied"), fields={"password": text("oauth_denied")})
    ended = parts.service.get(session.id)
    assert (ended.state, set(ended.fields)) == ("failed", {"credentials.password"})
    assert parts.world.accounts.get(account.id) == account


async def test_a_deleted_account_ends_its_sign_in(parts):
    account = await parts.world.mail()
    session = await parts.service.again(account.id, AccountLogin())
    await parts.world.accounts.delete(account.id, keep_history=True)
    assert (await parts.over(session)).error.code == "login_account_gone"


async def test_a_worker_that_goes_takes_its_sign_ins_along(parts):
    session, _ = await parts.begin()
    parts.service.disconnected("w1")
    assert parts.service.get(session.id).ended_at is None
    parts.service.disconnected("w2")
    assert (await parts.over(session)).error.code == "login_worker_gone"


async def test_what_cannot_begin_is_said(parts):
    with pytest.raises(Invalid) as wrong:
        await parts.service.create(LoginCreate(platform="nothing"))
    assert "platform" in wrong.value.fields
    with pytest.raises(Conflict) as none:
        await parts.service.create(LoginCreate(platform="feed"))
    assert none.value.text.code == "login_not_offered"
    with pytest.raises(Invalid) as method:
        await parts.service.create(LoginCreate(platform="imap", method="x"))
    assert method.value.fields["method"].params == {"choices": "qr, code"}
    body = LoginCreate(platform="imap", settings={"host": "", "nothing": 1}, credentials={"password": "not asked"})
    with pytest.raises(Invalid) as fields:
        await parts.service.create(body)
    assert set(fields.value.fields) == {
        "settings.host",
        "settings.username",
        "settings.nothing",
        "credentials.password",
    }
    with pytest.raises(Invalid) as elsewhere:
        await parts.service.create(LoginCreate(platform="imap", settings=SETTINGS, group_id="g"))
    assert set(elsewhere.value.fields) == {"group_id"}
    with pytest.raises(NotFound):
        await parts.service.again("nobody", AccountLogin())
    with pytest.raises(NotFound):
        parts.service.get("nothing")
    parts.refusal = ProtocolError(ErrorCode.INVALID_PAYLOAD, "no such way")
    with pytest.raises(Unavailable):
        await parts.begin()
    parts.workers = []
    with pytest.raises(Unavailable) as nobody:
        await parts.begin()
    assert nobody.value.code == "ERR_NO_WORKER"
    assert [row.state for row in parts.service.rows()] == ["failed"]


async def test_five_at_once(parts):
    begun = [await parts.begin() for _ in range(5)]
    with pytest.raises(TooBusy) as many:
        await parts.begin()
    assert 0 < many.value.retry_after <= 300
    await parts.service.cancel(begun[0][0].id)
    await parts.service.cancel(begun[0][0].id)
    await parts.begin()


async def test_what_a_killed_master_left_open_is_ended(parts):
    session, _ticket = await parts.begin()
    later = Parts(parts.world)
    await later.service.load()
    assert await later.service.history.recover() == (1, 1)
    ended = later.service.get(session.id)
    assert (ended.state, ended.error.code) == ("failed", "login_interrupted")
    assert await later.service.history.recover() == (0, 0)
    assert (
        await later.service.history._purge(now_ms() + 1, True),
        await later.service.history._purge(now_ms() + 1, False),
    ) == (1, 1)
