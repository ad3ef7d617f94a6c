"""Proxies: passwords in the vault alone, changes that count at once, nobody is left with a proxy that is gone."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from master.api.schema import AccountPatch, ProxyCreate, ProxyPatch, ProxyTarget, ProxyTest
from master.errors import Conflict, Invalid, NotFound, Unavailable
from master.services.incidents import UNREACHED
from master.services.proxies import ProxyService
from master.services.proxy_tests import ProxyTestService
from master.services.proxy_tickets import ProxyTickets
from master.vault.errors import VaultError
from tests.helpers.data import world_of
from worker.protocol.proxy_messages import ProxyTested, TestProxy
from worker.protocol.states import CheckOutcome
from worker.protocol.texts import TEMPLATES, text

CANARY = "canary-proxy-2277"


@pytest.fixture
async def world(profile: Path) -> AsyncIterator[Any]:
    async with world_of(profile) as made:
        made.proxies = service(made)
        yield made


def service(world: Any) -> ProxyService:
    return ProxyService(database=world.database, vault=world.vault, publisher=world.publisher, accounts=world.accounts)


def body(name: str = "p", **more: Any) -> ProxyCreate:
    values: dict[str, Any] = {"kind": "http", "host": "h", "port": 1, "username": "me", "password": CANARY}
    return ProxyCreate(name=name, **(values | more))


async def refused(call) -> dict[str, str]:
    with pytest.raises((Invalid, Conflict)) as caught:
        await call
    return {name: words.code for name, words in caught.value.fields.items()}


async def test_the_password_goes_to_the_vault_alone_and_is_replaced_there(world):
    made = await world.proxies.create(body())
    assert await world.proxies.password(made.id) == {"password": CANARY}
    changed = await world.proxies.patch(made.id, ProxyPatch(password="other", version=1))
    assert (changed.has_password, changed.version) == (True, 2)
    assert await world.proxies.password(made.id) == {"password": "other"}
    with pytest.raises(VaultError):
        await world.vault.read(made.id, 1, scope="proxy")
    again = service(world)
    await again.load()
    await again.preload()
    assert await again.password(made.id) == {"password": "other"}
    erased = await world.proxies.patch(made.id, ProxyPatch(password=""))
    assert not erased.has_password
    assert await world.proxies.password(made.id) == {}
    assert (await world.proxies.patch(made.id, ProxyPatch(password="third"))).has_password
    assert "canary" not in msgspec.json.encode([event.data for event in world.events]).decode()


async def test_what_cannot_be_sent_or_stored_is_refused_by_field(world):
    assert await refused(world.proxies.create(body(username="a:b"))) == {"username": "proxy_user_colon"}
    assert await refused(world.proxies.create(body(username=""))) == {"username": "proxy_password_alone"}
    made = await world.proxies.create(body())
    assert await refused(world.proxies.create(body())) == {"name": "proxy_taken"}
    other = await world.proxies.create(body("other", kind="socks5", username="a:b"))
    assert await refused(world.proxies.patch(other.id, ProxyPatch(kind="http"))) == {"username": "proxy_user_colon"}
    assert await refused(world.proxies.patch(other.id, ProxyPatch(name="p", password="new"))) == {"name": "proxy_taken"}
    assert await world.proxies.password(other.id) == {"password": CANARY}
    assert await refused(world.proxies.patch(made.id, ProxyPatch(username=""))) == {"username": "proxy_password_alone"}
    assert await refused(world.proxies.patch(made.id, ProxyPatch(port=2, version=9))) == {}
    for call in (world.proxies.get("nope"), world.proxies.delete("nope"), world.proxies.patch("nope", ProxyPatch())):
        with pytest.raises(NotFound):
            await call

    async def broken(*_: Any, **__: Any) -> None:
        raise VaultError("vault_none_linux")

    world.vault.write = broken
    with pytest.raises(Unavailable):
        await world.proxies.create(body("third"))
    assert [row.name for row in await world.proxies.rows()] == ["p", "other"]
    with pytest.raises(Unavailable):
        await world.proxies.patch(made.id, ProxyPatch(port=7, password="x"))
    assert (await world.proxies.get(made.id)).port == 1


async def test_accounts_follow_their_proxy_and_keep_it_from_being_removed(world):
    made = await world.proxies.create(body())
    account = await world.feed(proxy_id=made.id)
    assert await refused(world.mail(proxy_id=made.id)) == {"proxy_id": "proxy_unsupported"}
    route = world.accounts.assignment(account.id).proxy
    assert (route.proxy_id, route.host, route.has_password, route.version) == (made.id, "h", True, 1)
    world.hooks.calls.clear()
    await world.proxies.patch(made.id, ProxyPatch(host="elsewhere"))
    assert world.hooks.calls == [("changed", account.id)]
    assert world.accounts.assignment(account.id).proxy.host == "elsewhere"
    assert (await world.proxies.get(made.id)).accounts == 1
    with pytest.raises(Conflict) as caught:
        await world.proxies.delete(made.id)
    assert caught.value.text.params == {"count": 1, "names": "Feed"}
    await world.accounts.remove(account.id, keep_history=True)
    with pytest.raises(Conflict):
        await world.proxies.delete(made.id)
    await world.accounts.restore(account.id)
    await world.accounts.patch(account.id, AccountPatch(proxy_id="direct"))
    assert world.accounts.assignment(account.id).proxy is None
    await world.proxies.delete(made.id)
    with pytest.raises(VaultError):
        await world.vault.read(made.id, 1, scope="proxy")
    assert await refused(world.accounts.patch(account.id, AccountPatch(proxy_id=made.id))) == {
        "proxy_id": "proxy_unknown"
    }


async def test_checks_through_it_make_its_rate(world):
    made = await world.proxies.create(body())
    account, other = await world.feed("one", proxy_id=made.id), await world.feed("two")
    for one in (account, other):
        await world.own(one.id)
    for outcome in (CheckOutcome.OK, CheckOutcome.OK, CheckOutcome.TEMPORARY, CheckOutcome.INVALID_CONFIG):
        await world.ended(account.id, outcome)
        await world.ended(other.id, outcome)
    row = await world.proxies.get(made.id)
    assert (row.day.total, row.day.ok, row.day.rate, row.week) == (4, 2, 0.5, row.day)


async def test_a_test_lends_the_password_to_one_worker_and_keeps_the_result(world):
    made = await world.proxies.create(body())
    tickets = ProxyTickets(world.proxies)
    seen: list[Any] = []

    async def send(worker_id: str, message: Any, timeout_s: float) -> Any:
        assert isinstance(message, TestProxy)
        ticket = message.proxy.ticket
        seen.append((worker_id, ticket, tickets.secret(ticket, worker_id), tickets.secret(ticket, "another")))
        return ProxyTested(success=True, latency_ms=7)

    worker = SimpleNamespace(worker_id="w1", online=True, active_tasks=0, assigned_accounts=0)
    workers: Any = SimpleNamespace(rows=lambda: [worker])
    tests = ProxyTestService(proxies=world.proxies, tickets=tickets, workers=workers, send=send)
    report = await tests.run_stored(made.id, ProxyTarget(host="t", port=5))
    assert (report.success, report.latency_ms) == (True, 7)
    last = (await world.proxies.get(made.id)).last_test
    assert (last.success, last.latency_ms, last.target) == (True, 7, "t:5")
    worker_id, ticket, lent, stolen = seen[0]
    assert (worker_id, lent, stolen) == ("w1", {"password": CANARY}, None)
    assert tickets.secret(ticket, "w1") is None

    same = ProxyTest(kind="http", host="h", port=1, username="me", proxy_id=made.id)
    await tests.run(same)
    await tests.run(msgspec.structs.replace(same, host="evil.example"))
    await tests.run(msgspec.structs.replace(same, password="typed"))
    assert [lent for _, _, lent, _ in seen[1:]] == [{"password": CANARY}, None, {"password": "typed"}]
    worker.online = False
    with pytest.raises(Unavailable):
        await tests.run(same)
    with pytest.raises(NotFound):
        await tests.run_stored("nope", ProxyTarget())


async def test_accounts_behind_a_proxy_that_is_down_are_one_incident_of_the_proxy(world):
    made = await world.proxies.create(body("office", host="proxy.example.org"))
    ids = []
    for name in ("one", "two"):
        account = await world.feed(name, proxy_id=made.id, settings={"url": f"https://{name}.example.com/"})
        await world.own(account.id)
        ids.append(account.id)
    reason = text("proxy_unreachable", proxy="office", host="proxy.example.org", port=1, detail="refused")
    for account_id in ids:
        await world.ended(account_id, CheckOutcome.TEMPORARY, reason=reason, failures=1)
    (incident,) = world.accounts.faults.rows()
    assert (incident.host, sorted(incident.account_ids)) == ("proxy.example.org", sorted(ids))
    assert TEMPLATES.keys() >= UNREACHED
