"""Typed credentials are those of the same person, also where the service is slow to tell."""

import asyncio

import pytest

from master.api.accounts import TestReport as Report
from master.errors import Conflict, Unavailable
from master.services import credential_puts
from master.services.account_fields import complete
from master.services.credential_puts import CredentialPuts
from tests.helpers.data import world_of
from tests.helpers.deadlines import until
from worker.protocol.states import AccountState, CheckOutcome, LoginStatus
from worker.protocol.texts import text


class Service:
    """Tests that tell ``identity`` once the gate is open."""

    def __init__(self, world):
        self.world = world
        self.identity = "eve"
        self.gate = asyncio.Event()
        self.asked = []
        self.down = 0

    async def run(self, body):
        self.asked.append(body)
        await self.gate.wait()
        if self.down:
            self.down -= 1
            raise Unavailable(text("worker_none_online"))
        if body.credentials:
            settings = complete(self.world.accounts.manifest(body.platform), body.settings)
            self.world.accounts.tested.note(body.platform, settings, body.credentials, self.identity, None)
        return Report(success=True, steps=[], error=None, fields={}, identity=self.identity)


@pytest.fixture
async def parts(profile, monkeypatch):
    monkeypatch.setattr(credential_puts, "LOOK_SECONDS", 0.02)
    async with world_of(profile) as world:
        service = Service(world)
        puts = CredentialPuts(accounts=world.accounts, tests=service, tasks=world.tasks)

        def hear(event):
            if event.type == "account.changed":
                puts.hear(event.data)

        world.publisher.subscribe(hear)
        account = await world.mail()
        await world.accounts.signed_in(account.id, {"password": "first"}, "ann", None)
        await world.own(account.id)
        yield world, service, puts, account.id


async def test_who_is_told_at_once_to_be_somebody_else_is_refused(parts):
    world, service, puts, account_id = parts
    service.gate.set()
    with pytest.raises(Conflict):
        await puts.put(account_id, {"password": "hers"}, None)
    assert (await world.accounts.secret(account_id))[0] == {"password": "first"}


@pytest.mark.parametrize("down", [0, 2])
async def test_who_turns_out_to_be_somebody_else_later_ends_the_watch(parts, down):
    world, service, puts, account_id = parts
    await puts.put(account_id, {"password": "hers"}, None)
    service.gate.set()
    service.down = down
    for _ in range(down + 1):
        asked = len(service.asked)
        await world.ended(account_id, CheckOutcome.OK)
        await until(lambda asked=asked: len(service.asked) > asked)
        await asyncio.sleep(0)
        world.accounts.set_login(account_id, "news")
        world.accounts.set_login(account_id, None)
    await until(lambda: world.accounts.get(account_id).login_status == LoginStatus.FAILED)
    after = world.accounts.get(account_id)
    assert (after.state, after.state_reason.code) == (AccountState.LOGIN_NEEDED, "login_other_identity")
    assert service.asked[-1].account_id == account_id


async def test_who_turns_out_to_be_the_same_is_asked_once(parts):
    world, service, puts, account_id = parts
    service.identity = "ann"
    await puts.put(account_id, {"password": "his"}, None)
    service.gate.set()
    for _ in range(3):
        await world.ended(account_id, CheckOutcome.OK)
    await until(lambda: len(service.asked) == 2)
    await world.ended(account_id, CheckOutcome.OK)
    assert world.accounts.get(account_id).login_status == LoginStatus.LOGGED_IN
    assert len(service.asked) == 2
