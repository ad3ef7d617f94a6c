"""Sign-ins in a worker: what is said, how they end, and what becomes of credentials that nobody keeps."""

import asyncio
import logging

import msgspec
import pytest

from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts
from worker.protocol.codec import ProtocolError
from worker.protocol.logins import AnswerLogin, CancelLogin, LoginChallenged, LoginReported, LogOut, StartLogin
from worker.protocol.manifest import Login
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.runtime import adapters
from worker.runtime.logins import Logins
from worker.runtime.registry import Plugin, Registry
from worker.sdk.errors import AuthFailed, TemporaryFailure
from worker.sdk.platform import LoginExpired, Probe, Qr, Renewed, SignedIn

logger = logging.getLogger(__name__)


class Service:
    """What an adapter does; every test changes what it needs."""

    def __init__(self):
        self.probe = Probe(identity="ann", name="  Ann\n ", expires_at=9_000)
        self.made = 0
        self.closed = 0
        self.revoked = []
        self.accounts = []
        self.signed = SignedIn(document={"token": "canary-token"}, settings={"file": "told"})

    async def login(self, context, method, talk):
        return self.signed


class Adapter:
    def __init__(self, service, context):
        self.service = service
        self.context = context
        service.made += 1

    async def login(self, method, talk):
        return await self.service.login(self.context, method, talk)

    async def probe(self):
        if isinstance(self.service.probe, BaseException):
            raise self.service.probe
        return self.service.probe

    async def log_out(self):
        self.service.revoked.append((await self.context.secret()).get("token"))
        self.service.accounts.append(self.context.account_id)
        return True

    async def close(self):
        self.service.closed += 1


class World:
    def __init__(self, parts, service):
        self.parts = parts
        self.service = service
        manifest = msgspec.structs.replace(
            parts.manifest, logins=[Login(id="qr", kind="qr", title={"en": "QR"}, fields=["file", "password"])]
        )
        plugin = Plugin(manifest=manifest, package="tests.helpers.scripted")
        self.logins = Logins(Registry({"scripted": plugin}), parts.shared)
        parts.master.documents["t"] = {"password": "canary-typed"}

    def command(self, **more):
        given = {"ticket": "t", "platform": "scripted", "method": "qr", "settings": {"file": "f"}}
        return StartLogin(**(given | {"has_credentials": True, "seconds": 300.0} | more))

    async def begin(self, **more):
        await self.logins.start(self.command(**more))

    def said(self):
        return [message.state for message in self.parts.master.of(LoginReported)]

    async def ended(self):
        for _ in range(100_000):
            if self.said() and self.said()[-1] in ("success", "failed", "expired"):
                await asyncio.sleep(1)
                return self.parts.master.of(LoginReported)[-1]
            await asyncio.sleep(0.1)
        raise AssertionError(f"it has not ended: {self.said()}")


def run(tmp_path, monkeypatch, test, service=None):
    service = service or Service()
    monkeypatch.setattr(adapters, "make", lambda _plugin, context: Adapter(service, context))

    async def body():
        async with Parts(tmp_path) as parts:
            world = World(parts, service)
            await test(world)
            assert parts.redactor.redact("canary-token canary-typed canary-qr") == "canary-token canary-typed canary-qr"
            assert service.closed >= service.made

    run_virtually(body())


def test_a_conversation_ends_in_a_tried_result_and_its_words_are_blotted_out(tmp_path, monkeypatch):
    service = Service()
    seen = []

    async def login(context, _method, talk):
        seen.append((await context.secret()).get("password"))
        rounds = []

        async def make():
            rounds.append(1)
            return Qr(text=f"canary-qr-{len(rounds)}", seconds=30)

        async def scan():
            seen.append(world_of[0].parts.redactor.redact(f"canary-qr-{len(rounds)} canary-typed"))
            if len(rounds) < 3:
                await asyncio.Event().wait()
            return True

        await talk.until_scanned(make, scan)
        await talk.scanned()
        code = await talk.ask_code(text("login_enter_code"), secret=True)
        seen.append(world_of[0].parts.redactor.redact(code))
        return service.signed

    world_of = []
    service.login = login

    async def test(world):
        world_of.append(world)
        await world.begin()
        await asyncio.sleep(45)  # the second code is there since 30 s
        await world.logins.answer(AnswerLogin(ticket="t", value=None))
        while "scanning" not in world.said():
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)
        await world.logins.answer(AnswerLogin(ticket="t", value="canary-code"))
        done = await world.ended()
        assert world.said() == ["scanning", "verifying", "success"]
        assert done.document == {"token": "canary-token"}
        assert (done.identity, done.name, done.settings, done.expires_at) == ("ann", "Ann", {"file": "told"}, 9_000)
        shown = [message.challenge for message in world.parts.master.of(LoginChallenged)]
        assert [challenge.kind for challenge in shown] == ["qr", "qr", "qr", "code"]
        assert [challenge.text for challenge in shown[:3]] == ["canary-qr-1", "canary-qr-2", "canary-qr-3"]
        assert shown[0].expires_at is not None
        assert seen[0] == "canary-typed"
        assert all("canary" not in words for words in seen[1:])
        with pytest.raises(ProtocolError):
            await world.logins.answer(AnswerLogin(ticket="t", value="late"))

    run(tmp_path, monkeypatch, test, service)


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (AuthFailed(text("oauth_denied"), {"password": text("oauth_denied")}), "failed", "oauth_denied"),
        (LoginExpired(text("oauth_expired")), "expired", "oauth_expired"),
        (TemporaryFailure(text("dns_failed", host="h")), "failed", "dns_failed"),
    ],
)
def test_what_the_service_says_is_told(tmp_path, monkeypatch, error, state, code):
    service = Service()

    async def login(*_given):
        raise error

    service.login = login

    async def test(world):
        await world.begin()
        done = await world.ended()
        assert (done.state, done.error.code, done.fields) == (state, code, error.fields)
        assert done.document == {}
        assert service.revoked == []

    run(tmp_path, monkeypatch, test, service)


def test_one_that_never_ends_is_over_a_little_after_its_time(tmp_path, monkeypatch):
    service = Service()

    async def login(*_given):
        await asyncio.Event().wait()

    service.login = login

    async def test(world):
        await world.begin(seconds=100.0)
        await asyncio.sleep(100)
        assert world.said() == []
        assert (await world.ended()).state == "expired"

    run(tmp_path, monkeypatch, test, service)


def test_credentials_that_do_not_work_are_no_success_and_are_revoked(tmp_path, monkeypatch):
    service = Service()
    service.probe = AuthFailed(text("auth_refused_detail", detail="bad canary-token"))

    async def test(world):
        await world.begin()
        done = await world.ended()
        assert (done.state, done.document) == ("failed", {})
        assert "canary-token" not in done.error.message
        assert service.revoked == ["canary-token"]

    run(tmp_path, monkeypatch, test, service)


@pytest.mark.parametrize("at", ["verifying", "success"])
def test_credentials_that_the_master_does_not_want_are_revoked(tmp_path, monkeypatch, at):
    service = Service()

    async def test(world):
        gone = (ErrorCode.ACCOUNT_NOT_FOUND, "over")
        world.parts.master.refusals[LoginReported] = lambda message: gone if message.state in (at, "expired") else None
        await world.begin()
        for _ in range(1000):
            if service.revoked:
                break
            await asyncio.sleep(0.1)
        assert service.revoked == ["canary-token"]
        assert "success" not in world.said()
        await asyncio.sleep(1)

    run(tmp_path, monkeypatch, test, service)


@pytest.mark.parametrize("how", ["cancel", "connected", "away"])
def test_one_that_is_called_off_while_its_result_is_tried_leaves_no_token_behind(tmp_path, monkeypatch, how):
    service = Service()

    class Waiting(Adapter):
        async def probe(self):
            await asyncio.Event().wait()

    async def test(world):
        if how == "away":
            world.parts.master.silent.add(LoginReported)
        else:
            monkeypatch.setattr(adapters, "make", lambda _plugin, context: Waiting(service, context))
        await world.begin()
        await asyncio.sleep(1)
        if how == "cancel":
            await world.logins.cancel(CancelLogin(ticket="t"))
        elif how == "connected":
            world.logins.connected()
        await asyncio.sleep(1)
        assert service.revoked == ["canary-token"]

    run(tmp_path, monkeypatch, test, service)


def test_what_the_master_may_have_kept_is_not_revoked(tmp_path, monkeypatch):
    service = Service()

    async def test(world):
        fault = (ErrorCode.INTERNAL, "its database was slow")
        world.parts.master.refusals[LoginReported] = lambda message: fault if message.state == "success" else None
        await world.begin()
        await asyncio.sleep(5)
        assert "verifying" in world.said()
        assert service.revoked == []

    run(tmp_path, monkeypatch, test, service)


@pytest.mark.parametrize("how", ["cancel", "connected"])
def test_one_that_is_called_off_ends_at_once(tmp_path, monkeypatch, how):
    service = Service()

    async def login(_context, _method, talk):
        await talk.device_code("ABC", "https://example.org")
        await asyncio.Event().wait()

    service.login = login

    async def test(world):
        await world.begin()
        await asyncio.sleep(1)
        if how == "cancel":
            await world.logins.cancel(CancelLogin(ticket="t"))
        else:
            world.logins.connected()
        await asyncio.sleep(1)
        assert world.said() == []
        assert service.closed == 1
        await world.logins.cancel(CancelLogin(ticket="t"))

    run(tmp_path, monkeypatch, test, service)


@pytest.mark.expects_log(r"raised what it never should")
@pytest.mark.parametrize("qr", [Qr(), Qr(text="x" * 2001)])
def test_a_qr_code_that_nobody_can_draw_is_a_fault_of_the_plug_in(tmp_path, monkeypatch, qr):
    service = Service()

    async def login(_context, _method, talk):
        await talk.show_qr(qr)

    service.login = login

    async def test(world):
        await world.begin()
        assert (await world.ended()).error.code == "check_failed"

    run(tmp_path, monkeypatch, test, service)


def test_an_address_that_is_none_of_the_web_is_not_shown(tmp_path, monkeypatch):
    service = Service()

    async def login(_context, _method, talk):
        await talk.open_url("javascript:alert(1)")

    service.login = login

    async def test(world):
        await world.begin()
        assert (await world.ended()).error.code == "url_scheme"
        assert world.parts.master.of(LoginChallenged) == []

    run(tmp_path, monkeypatch, test, service)


def test_tokens_renewed_while_they_are_tried_are_those_that_are_stored(tmp_path, monkeypatch):
    service = Service()

    async def test(world):
        probe = Adapter.probe

        async def renewing(self):
            used = await self.context.secret()

            async def renew(_secret):
                return Renewed(document={"token": "canary-token-2"}, expires_at=8_000)

            await self.context.renew_secret(used, renew)
            return await probe(self)

        monkeypatch.setattr(Adapter, "probe", renewing)
        service.probe = Probe(identity="ann")
        await world.begin()
        done = await world.ended()
        assert (done.document, done.expires_at) == ({"token": "canary-token-2"}, 8_000)

    run(tmp_path, monkeypatch, test, service)


def test_an_unknown_way_is_refused(tmp_path, monkeypatch):
    async def test(world):
        for wrong in ({"platform": "nothing"}, {"method": "nothing"}):
            with pytest.raises(ProtocolError):
                await world.begin(**wrong)

    run(tmp_path, monkeypatch, test)


def test_signing_out_tells_the_service(tmp_path, monkeypatch):
    service = Service()

    async def test(world):
        world.parts.master.documents["out"] = {"token": "canary-token"}
        command = LogOut(ticket="out", account_id="a7", platform="scripted", settings={"file": "f"})
        answer = await world.logins.log_out(command)
        assert service.accounts == ["a7"], "what is named after it at the service is found"
        assert (answer.revoked, answer.error, service.revoked) == (True, None, ["canary-token"])
        unknown = await world.logins.log_out(LogOut(ticket="out", platform="nothing", settings={}))
        assert (unknown.revoked, unknown.error.code) == (False, "unassigned_no_platform")
        world.parts.link.cut()
        away = await world.logins.log_out(command)
        assert (away.revoked, away.error.code) == (False, "state_credentials_unreadable")

    run(tmp_path, monkeypatch, test, service)
