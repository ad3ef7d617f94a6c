"""Signing out: the service is to forget what holds by then, not what held a moment before."""

import asyncio
from types import SimpleNamespace

import msgspec
import pytest

from master.services import log_outs
from master.services.audits import AuditService
from master.services.log_outs import LogOutService
from master.services.tickets import Tickets
from master.vault.errors import VaultError
from tests.helpers.data import IMAP, WORKER, world_of
from tests.helpers.deadlines import until
from worker.protocol.credential_messages import CredentialUpdated
from worker.protocol.logins import LoggedOut
from worker.protocol.manifest import Catalog, Login


class Parts:
    def __init__(self, world, account_id):
        self.world = world
        self.account_id = account_id
        self.tickets = Tickets()
        self.forgotten = []
        self.audit = AuditService(database=world.database, settings=world.settings, tasks=world.tasks)
        worker = SimpleNamespace(worker_id="w", online=True, active_tasks=0, assigned_accounts=0)
        self.service = LogOutService(
            accounts=world.accounts,
            workers=SimpleNamespace(rows=lambda: [worker]),
            catalog=world.catalog,
            settings=world.settings,
            audit=self.audit,
            tickets=self.tickets,
            send=self.send,
        )

    async def send(self, worker_id, message, _seconds):
        ticket = self.tickets.of(message.ticket, worker_id)
        self.forgotten.append(self.tickets.document(ticket)["token"])
        return LoggedOut(revoked=True)


@pytest.fixture
async def parts(profile):
    async with world_of(profile) as world:

        async def describe():
            way = Login(id="code", kind="code", title={"en": "Code"})
            able = msgspec.structs.replace(IMAP.capabilities, log_out=True)
            return Catalog(version="1", platforms=[msgspec.structs.replace(IMAP, logins=[way], capabilities=able)])

        world.catalog._describe = describe
        await world.catalog.load()
        account = await world.mail()
        await world.accounts.signed_in(account.id, {"token": "first"}, "ann", None)
        made = Parts(world, account.id)
        yield made
        await made.audit.close()


async def test_what_is_being_renewed_is_waited_for_and_forgotten(parts):
    accounts, account_id = parts.world.accounts, parts.account_id
    assert accounts.rights.take(account_id, 2, WORKER)
    leaving = asyncio.ensure_future(parts.service.run(account_id))
    await asyncio.sleep(0.3)
    assert parts.forgotten == []
    await accounts.renewed(CredentialUpdated(account_id=account_id, version=2, document={"token": "second"}), WORKER)
    report = await leaving
    assert (report.revoked, parts.forgotten) == (True, ["second"])
    assert not accounts.get(account_id).has_credentials


async def test_nobody_renews_while_the_service_forgets(parts, monkeypatch):
    accounts, account_id = parts.world.accounts, parts.account_id
    taken = []

    async def send(worker_id, message, seconds):
        taken.append(accounts.rights.take(account_id, 2, WORKER))
        return await Parts.send(parts, worker_id, message, seconds)

    parts.service._send = send
    await parts.service.run(account_id)
    assert taken == [False]
    assert accounts.rights.take(account_id, 2, WORKER)


async def test_a_renewal_that_does_not_end_keeps_nobody_signed_in(parts, monkeypatch):
    monkeypatch.setattr(log_outs, "TURN_SECONDS", 0.05)
    assert parts.world.accounts.rights.take(parts.account_id, 2, WORKER)
    assert (await parts.service.run(parts.account_id)).revoked
    assert parts.forgotten == ["first"]


@pytest.mark.expects_log(r"could not be erased")
async def test_what_the_keyring_does_not_let_go_is_said(parts, monkeypatch):
    async def refuse(*_given, **_more):
        raise VaultError("vault_not_started")

    monkeypatch.setattr(parts.world.vault, "erase", refuse)
    report = await parts.service.run(parts.account_id)
    assert (report.revoked, report.erased, report.text.code) == (True, False, "logout_left_revoked")
    monkeypatch.undo()
    await until(lambda: not parts.world.accounts.get(parts.account_id).has_credentials)


async def test_who_watches_lets_go_before_the_service_forgets(parts):
    accounts, account_id, hooks = parts.world.accounts, parts.account_id, parts.world.hooks
    hooks.held.add(account_id)
    assert accounts.obstacle(account_id) is None
    leaving = asyncio.ensure_future(parts.service.run(account_id))
    await until(lambda: ("unwanted unassigned_login_needed", account_id) in hooks.calls)
    assert accounts.obstacle(account_id) is not None, "nobody is to be given it meanwhile"
    for _ in range(5):
        await asyncio.sleep(0)
    assert parts.forgotten == []
    hooks.freed.set()
    assert (await leaving).revoked
    assert parts.forgotten == ["first"]


async def test_a_worker_that_does_not_let_go_is_not_waited_for_for_ever(parts, monkeypatch):
    monkeypatch.setattr(log_outs, "RELEASE_SECONDS", 0.05)
    parts.world.hooks.held.add(parts.account_id)
    assert (await parts.service.run(parts.account_id)).revoked


async def test_a_sign_out_that_fails_half_way_leaves_the_account_watched(parts, monkeypatch):
    accounts, account_id = parts.world.accounts, parts.account_id

    async def broken(_account_id):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(parts.service, "_revoke", broken)
    with pytest.raises(RuntimeError):
        await parts.service.run(account_id)
    assert accounts.obstacle(account_id) is None
    assert parts.world.hooks.calls[-1] == ("wanted", account_id)
