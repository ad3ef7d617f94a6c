"""Refresh tokens that are good for one use: workers that die, freeze or lose their lease around a renewal lose none."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from master.api.schema import AccountCreate, AccountTest, AssignmentPut
from master.app import Composer
from master.deploy import local
from master.services.account_credentials import SignedInAccount
from tests.helpers.deadlines import until
from tests.helpers.masters import account_is, running_master, workers_run
from tests.helpers.oauth_plugin import install_oauthy
from tests.helpers.oauth_server import OAuthServer

ROOT = Path(__file__).resolve().parents[2]

# Workers have the short leases of the product here: on a busy machine one of them ends without being asked to.
pytestmark = pytest.mark.expects_log("does not answer: its accounts go to others")


@pytest.fixture
def server(tmp_path):
    with OAuthServer() as server:
        yield server
        # No token, code or address with one, in no file of the profile.
        files = [path for path in (tmp_path / "profile").rglob("*") if path.is_file()]
        everything = b"".join(path.read_bytes() for path in files)
        assert b"oauthy" in everything
        assert [secret for secret in server.secrets if secret.encode() in everything] == []


@pytest.fixture(autouse=True)
def oauthy(tmp_path, monkeypatch):
    path = os.pathsep.join([str(ROOT), str(install_oauthy(tmp_path / "plugins"))])
    made = local.worker_env
    monkeypatch.setattr(local, "worker_env", lambda *given: {**made(*given), "PYTHONPATH": path})


class World:
    """One account that is watched, and its owner."""

    def __init__(self, services, client, server):
        self.service = services.accounts
        self.client = client
        self.server = server
        self.id = ""

    async def begin(self):
        """Add an account whose tokens came of a sign-in, and wait until it is watched."""
        await workers_run(self.client, 2)
        tokens = self.server.sign_in()
        body = AccountCreate(platform="oauthy", name="A", settings={"server": self.server.url}, interval_seconds=5)
        account = await self.service.create(body, signed_in=SignedInAccount(tokens, "ada", None))
        self.id = account.id
        await account_is(self.client, account.id, "ok")

    async def row(self):
        return await self.client.account(self.id)

    async def owner(self):
        """The worker that holds the account."""

        async def held():
            name = (await self.row()).worker_id
            return next((row for row in await self.client.workers() if row.worker_id == name and row.pid), None)

        return await until(held, what="an owner")

    async def fresh(self, version):
        """Wait until credentials of this version hold, and checks succeed with them."""

        async def there():
            row = await self.row()
            good = row.state == "ok" and row.login_status == "logged_in" and not row.checking
            return row.credential_version >= version and good

        await until(there, what=f"version {version}, and watched")
        document, _ = await self.service.secret(self.id)
        assert document["refresh_token"] == self.server.families[0].refresh
        assert not self.server.families[0].dead
        assert self.server.reuses == 0


@pytest.fixture
async def world(tmp_path, server, monkeypatch):
    made = []
    compose = Composer.compose

    async def composed(self, stack, namespace):
        made.append(await compose(self, stack, namespace))
        return made[0]

    monkeypatch.setattr(Composer, "compose", composed)
    async with running_master(tmp_path / "profile", patient=False) as (_, client):
        world = World(made[0], client, server)
        await world.begin()
        yield world


async def test_a_token_that_was_refused_is_renewed_in_silence(world, server):
    for version in (2, 3):
        server.end_access()
        await world.client.check_account(world.id)
        await world.fresh(version)
    assert server.refreshes == 2
    alerts = [row for row in (await world.client.alerts()).rows if row.kind == "account_login_needed"]
    assert alerts == []


async def test_a_token_renewed_by_a_worker_that_lost_its_lease_is_kept(world, server):
    first = await world.owner()
    gate = server.hold()
    server.end_access()
    await world.client.check_account(world.id)
    await until(server.holding.is_set, what="a renewal under way")
    # The server has rotated; its answer is still on the way when the account is given to the other worker.
    other = next(row.worker_id for row in await world.client.workers() if row.worker_id != first.worker_id)
    await world.client.assign_account(world.id, AssignmentPut(worker_id=other))
    assert (await world.row()).worker_id == other
    gate.set()
    await world.fresh(2)
    assert (await world.row()).worker_id == other
    assert server.refreshes == 1


async def test_two_who_want_to_renew_at_once_ask_the_service_once(world, server):
    gate = server.hold()
    server.end_access()
    await world.client.check_account(world.id)
    await until(server.holding.is_set, what="a renewal under way")
    body = AccountTest(platform="oauthy", settings={"server": server.url}, account_id=world.id)

    async def test():
        report = await world.client.test_account(body)
        assert report.success, report

    async def answer():
        await until(lambda: "/me" in server.asked, what="the test was refused with the old token")
        gate.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(test())
        group.create_task(answer())
    await world.fresh(2)
    assert server.refreshes == 1


@pytest.mark.expects_log(r"crashed|killed|SIGKILL")
async def test_a_worker_killed_before_the_service_answers_costs_nobody_else(world, server):
    """It is killed before the service has rotated anything: the next owner renews."""
    first = await world.owner()
    server.slow(0.3)
    server.end_access()
    await world.client.check_account(world.id)
    os.kill(first.pid, signal.SIGKILL)
    server.recover()
    await world.fresh(2)


@pytest.mark.expects_log(r"does not answer|refused")
async def test_a_frozen_worker_hands_over_what_it_renewed_once_it_thaws(world, server):
    first = await world.owner()
    gate = server.hold()
    server.end_access()
    await world.client.check_account(world.id)
    await until(server.holding.is_set, what="a renewal under way")
    os.kill(first.pid, signal.SIGSTOP)
    try:

        async def moved():
            return (await world.row()).worker_id not in (None, first.worker_id)

        await until(moved, what="another owner")
        gate.set()
    finally:
        os.kill(first.pid, signal.SIGCONT)
    await world.fresh(2)
    assert server.refreshes == 1


async def test_typed_credentials_win_over_what_was_renewed_from_older_ones(world, server):
    gate = server.hold()
    server.end_access()
    await world.client.check_account(world.id)
    await until(server.holding.is_set, what="a renewal under way")
    new = server.sign_in()
    await world.service.signed_in(world.id, new, "ada", None)
    gate.set()

    async def refused():
        rows = (await world.client.audit(account_id=world.id, action="credential_refused")).rows
        return rows

    await until(refused, what="the stale renewal is refused")
    document, version = await world.service.secret(world.id)
    assert (document["refresh_token"], version) == (new["refresh_token"], 2)
    await account_is(world.client, world.id, "ok")
    assert server.reuses == 0


@pytest.mark.expects_log(r"crashed|killed|SIGKILL")
async def test_a_worker_killed_after_the_service_has_rotated_is_told_as_what_it_is(world, server):
    """The one way to lose a token: its answer never came. The person is asked once, and one sign-in mends it."""
    first = await world.owner()
    gate = server.hold()
    server.end_access()
    await world.client.check_account(world.id)
    await until(server.holding.is_set, what="a renewal under way")
    os.kill(first.pid, signal.SIGKILL)
    gate.set()
    needed = await account_is(world.client, world.id, "login_needed", 30.0)
    assert (needed.login_status, needed.state_reason.code) == ("expired", "oauth_ended")
    await world.service.signed_in(world.id, server.sign_in(), "ada", None)
    await account_is(world.client, world.id, "ok")
