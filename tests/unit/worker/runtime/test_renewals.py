"""Renewed credentials reach the master, whatever becomes of who wanted them; one at a time asks the service."""

import asyncio

import pytest

from tests.helpers.virtual_time import run_virtually
from worker.protocol.bases import Done
from worker.protocol.codec import ProtocolError
from worker.protocol.credential_messages import (
    CredentialGranted,
    CredentialKept,
    CredentialRequest,
    CredentialStored,
    CredentialUpdated,
)
from worker.protocol.states import ErrorCode
from worker.runtime.credentials import GrantedSecret
from worker.runtime.link import LinkDownError
from worker.runtime.redactions import Redactor
from worker.runtime.renewals import Renewals
from worker.runtime.tasks import Tasks
from worker.sdk.errors import AuthFailed, TemporaryFailure
from worker.sdk.platform import Renewed, text


class World:
    """A master as a link, and the part of a worker that holds one secret of it."""

    def __init__(self):
        self.version = 1
        self.document = {"token": "token-1", "client": "mine"}
        self.holder = False
        """Another worker has the right to renew."""
        self.heard = []
        self.refusals = []
        self.asked = []
        """What the service was asked with."""
        self.gate = asyncio.Event()
        self.gate.set()
        self._up = asyncio.Event()
        self._up.set()
        self.tasks = Tasks()
        self.redactor = Redactor()
        self.renewals = Renewals()
        self.held = self.another()

    def another(self):
        question = CredentialRequest(account_id="a", epoch=1)
        return GrantedSecret(self, self.redactor, self.tasks, self.renewals, lambda: question)

    @property
    def connected(self):
        return self._up.is_set()

    async def up(self):
        await self._up.wait()

    def cut(self):
        self._up.clear()

    def mend(self):
        self._up.set()

    async def request(self, message, kind, timeout=10.0):
        if not self.connected:
            raise LinkDownError("cut")
        self.heard.append(message)
        if isinstance(message, CredentialRequest):
            may = message.renew and not self.holder
            return CredentialGranted(document=dict(self.document), version=self.version, may_renew=may)
        if isinstance(message, CredentialUpdated):
            if self.refusals:
                raise ProtocolError(self.refusals.pop(0), "no")
            if message.version != self.version:
                return CredentialStored(stored=False, version=self.version)
            self.version, self.document = self.version + 1, message.document
            return CredentialStored(stored=True, version=self.version)
        return Done()

    async def service(self, secret):
        """Rotate, and answer once the gate is open."""
        self.asked.append(secret.get("token"))
        number = len(self.asked) + 1
        await self.gate.wait()
        return Renewed(document={**secret.reveal(), "token": f"token-{number}"})

    def of(self, kind):
        return [message for message in self.heard if isinstance(message, kind)]


def run(test):
    async def body():
        world = World()
        try:
            await test(world)
        finally:
            await world.tasks.close()

    run_virtually(body())


def test_a_renewal_is_stored_and_held():
    async def test(world):
        used = await world.held.get()
        new = await world.held.renew(used, world.service)
        assert new.get("token") == "token-2"
        assert (world.version, world.document["token"], world.held.version) == (2, "token-2", 2)
        assert (await world.held.renew(used, world.service)).get("token") == "token-2"
        assert world.asked == ["token-1"]
        assert world.redactor.redact("token-1 token-2") == "token-1 ‹secret›"

    run(test)


def test_two_at_once_ask_once():
    async def test(world):
        used = await world.held.get()
        both = await asyncio.gather(*(world.held.renew(used, world.service) for _ in range(2)))
        assert [one.get("token") for one in both] == ["token-2", "token-2"]
        assert world.asked == ["token-1"]

    run(test)


@pytest.mark.expects_log(r"are not kept yet")
@pytest.mark.parametrize("away", [False, True])
def test_the_watch_of_a_later_epoch_waits_for_what_the_one_before_has_under_way(away):
    async def test(world):
        world.gate.clear()
        earlier, later = world.held, world.another()
        first = asyncio.ensure_future(earlier.renew(await earlier.get(), world.service))
        used = await later.get()
        await asyncio.sleep(1)
        earlier.close()
        second = asyncio.ensure_future(later.renew(used, world.service))
        await asyncio.sleep(1)
        if away:
            # The service has answered, and the master does not have it yet.
            world.refusals += [ErrorCode.INTERNAL] * 7
        world.gate.set()
        assert (await second).get("token") == "token-2"
        assert world.asked == ["token-1"]
        assert (world.version, world.document["token"]) == (2, "token-2")
        await asyncio.gather(first, return_exceptions=True)
        assert (await later.renew(await later.get(), world.service)).get("token") == "token-3"

    run(test)


@pytest.mark.parametrize("how", ["cancelled", "closed", "both"])
def test_a_check_that_ends_loses_nothing(how):
    async def test(world):
        world.gate.clear()
        used = await world.held.get()
        waiting = asyncio.ensure_future(world.held.renew(used, world.service))
        await asyncio.sleep(1)
        if how != "closed":
            waiting.cancel()
        if how != "cancelled":
            world.held.close()
        world.gate.set()
        await asyncio.sleep(1)
        assert world.document == {"token": "token-2", "client": "mine"}
        await asyncio.gather(waiting, return_exceptions=True)

    run(test)


def test_a_master_that_is_away_gets_it_when_it_is_back():
    async def test(world):
        world.gate.clear()
        used = await world.held.get()
        waiting = asyncio.ensure_future(world.held.renew(used, world.service))
        await asyncio.sleep(1)
        world.cut()
        world.gate.set()
        assert (await waiting).get("token") == "token-2"
        assert world.version == 1
        # A second renewal waits: nobody could say what it was derived from.
        again = asyncio.ensure_future(world.held.renew(await world.held.get(), world.service))
        await asyncio.sleep(100)
        assert world.asked == ["token-1"]
        world.mend()
        assert (await again).get("token") == "token-3"
        assert (world.version, world.document["token"]) == (3, "token-3")

    run(test)


def test_nothing_is_renewed_while_the_master_is_away():
    async def test(world):
        used = await world.held.get()
        world.cut()
        with pytest.raises(LinkDownError):
            await world.held.renew(used, world.service)
        assert world.asked == []

    run(test)


@pytest.mark.expects_log(r"not kept yet")
def test_a_vault_that_takes_nothing_now_is_asked_again():
    async def test(world):
        world.refusals = [ErrorCode.INTERNAL] * 5
        await world.held.renew(await world.held.get(), world.service)
        await asyncio.sleep(60)
        assert (world.version, len(world.of(CredentialUpdated))) == (2, 6)

    run(test)


@pytest.mark.expects_log(r"were refused")
def test_an_account_that_is_gone_is_no_reason_to_go_on():
    async def test(world):
        world.refusals = [ErrorCode.ACCOUNT_NOT_FOUND] * 5
        await world.held.renew(await world.held.get(), world.service)
        await asyncio.sleep(60)
        assert len(world.of(CredentialUpdated)) == 1

    run(test)


def test_a_service_that_refuses_gives_the_right_back():
    async def test(world):
        async def refuse(_secret):
            raise AuthFailed(text("oauth_ended"))

        with pytest.raises(AuthFailed):
            await world.held.renew(await world.held.get(), refuse)
        await asyncio.sleep(1)
        assert world.of(CredentialKept) == [CredentialKept(account_id="a", version=1)]
        assert (await world.held.get()).get("token") == "token-1"

    run(test)


def test_a_service_that_never_answers_is_given_up():
    async def test(world):
        world.gate.clear()
        with pytest.raises(TemporaryFailure) as caught:
            await world.held.renew(await world.held.get(), world.service)
        assert caught.value.reason.code == "credentials_renewal_slow"
        await asyncio.sleep(1)
        assert len(world.of(CredentialKept)) == 1

    run(test)


def test_what_another_worker_renews_is_waited_for():
    async def test(world):
        world.holder = True
        waiting = asyncio.ensure_future(world.held.renew(await world.held.get(), world.service))
        await asyncio.sleep(20)
        assert not waiting.done()
        world.version, world.document = 2, {"token": "theirs"}
        assert (await waiting).get("token") == "theirs"
        assert world.asked == []

    run(test)


def test_who_never_gets_the_right_fails_for_now():
    async def test(world):
        world.holder = True
        with pytest.raises(TemporaryFailure) as caught:
            await world.held.renew(await world.held.get(), world.service)
        assert caught.value.reason.code == "credentials_renewed_elsewhere"

    run(test)


def test_credentials_that_were_typed_meanwhile_win():
    async def test(world):
        world.gate.clear()
        waiting = asyncio.ensure_future(world.held.renew(await world.held.get(), world.service))
        await asyncio.sleep(1)
        world.version, world.document = 2, {"token": "typed"}
        world.gate.set()
        assert (await waiting).get("token") == "typed"
        assert world.document == {"token": "typed"}

    run(test)


def test_a_worker_that_stops_waits_for_what_is_under_way():
    async def test(world):
        world.gate.clear()
        waiting = asyncio.ensure_future(world.held.renew(await world.held.get(), world.service))
        await asyncio.sleep(1)
        world.held.close()
        asyncio.get_running_loop().call_later(2, world.gate.set)
        await world.renewals.finish(5)
        assert world.version == 2
        await asyncio.gather(waiting, return_exceptions=True)

    run(test)


@pytest.mark.expects_log(r"could not be handed")
def test_a_worker_that_cannot_wait_longer_says_so():
    async def test(world):
        world.gate.clear()
        waiting = asyncio.ensure_future(world.held.renew(await world.held.get(), world.service))
        await asyncio.sleep(1)
        await world.renewals.finish(2)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    run(test)


def test_an_update_is_stored_from_what_is_held():
    async def test(world):
        await world.held.update({"token": "given"}, None)
        assert (world.version, world.document, world.held.version) == (2, {"token": "given"}, 2)
        with pytest.raises(TypeError):
            await world.held.update({"token": object()}, None)

    run(test)
