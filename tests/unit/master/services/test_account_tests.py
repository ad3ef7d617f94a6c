"""*Test* of the account dialog: who is asked, and who may see the credentials."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from master.api.inheritance import Inheritable
from master.api.schema import AccountTest
from master.errors import Invalid, NotFound, Unavailable
from master.services import account_tests
from master.services.account_tests import AccountTestService
from master.services.identities import TestedIdentities
from master.services.surroundings import Surroundings
from tests.helpers.data import IMAP
from worker.protocol.account_messages import AccountTested, TestAccount
from worker.protocol.bases import Message
from worker.protocol.codec import ProtocolError
from worker.protocol.manifest import Capabilities
from worker.protocol.proxy_routes import ProxyRoute
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text


class World:
    manifest = IMAP

    def __init__(self) -> None:
        self.workers = [
            SimpleNamespace(worker_id="busy", online=True, active_tasks=3, assigned_accounts=1),
            SimpleNamespace(worker_id="away", online=False, active_tasks=0, assigned_accounts=0),
            SimpleNamespace(worker_id="free", online=True, active_tasks=0, assigned_accounts=9),
        ]
        self.sent: list[tuple[str, Message]] = []
        self.seen: list[Any] = []
        self.answer: Message | Exception = AccountTested(success=True, identity="me")
        self.service = AccountTestService(
            accounts=SimpleNamespace(
                get=self.get, secret=self.secret, surroundings=Surroundings(), tested=TestedIdentities()
            ),  # type: ignore[arg-type]
            workers=SimpleNamespace(rows=lambda: self.workers),  # type: ignore[arg-type]
            catalog=SimpleNamespace(wait_manifest=self.wait_manifest),  # type: ignore[arg-type]
            settings=SimpleNamespace(current=SimpleNamespace(job_commands=["ls"])),  # type: ignore[arg-type]
            send=self.send,
        )

    async def wait_manifest(self, platform: str) -> Any:
        return {"imap": self.manifest, "mail": self.manifest}.get(platform)

    def get(self, account_id: str) -> Any:
        if account_id != "a":
            raise NotFound(text("worker_unknown", worker=account_id))
        return SimpleNamespace(has_credentials=True, platform="imap", proxy_id=None)

    async def secret(self, account_id: str) -> tuple[dict[str, Any], int]:
        return {"password": "stored"}, 1

    async def send(self, worker_id: str, message: Message, timeout_s: float) -> Message:
        self.sent.append((worker_id, message))
        assert isinstance(message, TestAccount)
        self.seen = [self.service.secret(message.ticket, name) for name in ("free", "busy")]
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def world() -> World:
    return World()


def body(**more: Any) -> AccountTest:
    return AccountTest(platform="imap", settings={"host": "h", "username": "me"}, **more)


async def test_the_least_busy_worker_connects_and_sees_the_credentials_until_the_end(world: World) -> None:
    report = await world.service.run(body(credentials={"password": "typed"}))
    assert (report.success, report.identity) == (True, "me")
    ((worker_id, message),) = world.sent
    assert worker_id == "free"
    assert isinstance(message, TestAccount)
    assert message.has_credentials
    assert "typed" not in str(message)
    assert world.seen == [{"password": "typed"}, None]
    assert world.service.secret(message.ticket, "free") is None


async def test_stored_credentials_stand_in_for_absent_ones(world: World) -> None:
    await world.service.run(body(account_id="a"))
    assert world.seen[0] == {"password": "stored"}
    await world.service.run(body(account_id="a", credentials={"password": "new"}))
    assert world.seen[0] == {"password": "new"}
    with pytest.raises(NotFound):
        await world.service.run(body(account_id="nothing"))


async def test_a_ticket_expires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_tests, "TICKET_SECONDS", -1.0)
    await world.service.run(body(credentials={"password": "typed"}))
    assert world.seen == [None, None]


async def test_what_cannot_be_tested_is_said(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        await world.service.run(AccountTest(platform="nothing"))
    assert "platform" in caught.value.fields
    world.answer = ProtocolError(ErrorCode.INTERNAL, "no")
    with pytest.raises(Unavailable):
        await world.service.run(body(account_id="a"))
    world.workers = []
    with pytest.raises(Unavailable) as nobody:
        await world.service.run(body(account_id="a"))
    assert nobody.value.code == "ERR_NO_WORKER"


async def test_faults_are_named_before_anybody_connects(world: World) -> None:
    wrong = {"username": "me", "security": "rot13", "password": "typed"}
    with pytest.raises(Invalid) as caught:
        await world.service.run(AccountTest(platform="imap", settings=wrong, credentials={"pass": "typed"}))
    assert set(caught.value.fields) == {
        "settings.host",
        "settings.security",
        "settings.password",
        "credentials.pass",
        "credentials.password",
    }
    assert world.sent == []


async def test_the_manifests_defaults_are_tried(world: World) -> None:
    await world.service.run(body(account_id="a"))
    ((_, message),) = world.sent
    assert isinstance(message, TestAccount)
    assert message.settings == {"host": "h", "username": "me", "security": "tls", "folders": ["INBOX"]}


async def test_stored_credentials_are_tried_at_their_own_service_only(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        await world.service.run(AccountTest(platform="mail", settings={"host": "h", "username": "me"}, account_id="a"))
    assert set(caught.value.fields) == {"platform"}
    assert world.sent == []


async def test_a_test_goes_through_the_proxy_that_the_account_would_have(world: World) -> None:
    surroundings = world.service._accounts.surroundings
    surroundings.proxies["p"] = ProxyRoute(proxy_id="p", name="P", kind="http", host="h", port=1)
    surroundings.groups["g"] = Inheritable(proxy_id="p")
    for more in ({"proxy_id": "p"}, {"group_id": "g"}):
        with pytest.raises(Invalid) as caught:
            await world.service.run(body(credentials={"password": "x"}, **more))
        assert caught.value.fields["proxy_id"].code == "proxy_unsupported"
    with pytest.raises(Invalid) as caught:
        await world.service.run(body(credentials={"password": "x"}, proxy_id="nope"))
    assert caught.value.fields["proxy_id"].code == "proxy_unknown"
    assert world.sent == []
    world.manifest = msgspec.structs.replace(IMAP, capabilities=Capabilities(credentials="required", proxy=True))
    for more, expected in (({"group_id": "g"}, "p"), ({"group_id": "g", "proxy_id": "direct"}, None), ({}, None)):
        await world.service.run(body(credentials={"password": "x"}, **more))
        sent = world.sent[-1][1]
        assert isinstance(sent, TestAccount)
        assert (sent.proxy.proxy_id if sent.proxy is not None else None) == expected
