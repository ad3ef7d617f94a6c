"""A machine that slept, in virtual time: what stood before is let go of, each account is checked when it is told."""

import asyncio

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import SCRIPTS, Script, lines
from tests.helpers.worker_parts import virtual
from worker.protocol.account_messages import CatchUp, PlannedCheck
from worker.protocol.states import CheckOutcome
from worker.runtime.accounts import Accounts
from worker.sdk.errors import AuthFailed, TemporaryFailure
from worker.sdk.platform import Poll, text

pytestmark = pytest.mark.expects_log("WARNING worker.runtime.plans .* could not be checked")


def now() -> float:
    return asyncio.get_running_loop().time()


@virtual()
async def test_a_check_is_made_when_it_is_told_whatever_was_planned(parts):
    script = Script()
    session = parts.watch(script, interval_seconds=3600)
    await parts.ends(1)
    began = now()
    session.catch_up(7.5, fresh=False)
    await parts.ends(2)
    assert script.times[1] - began == pytest.approx(7.5, abs=0.1)
    assert script.made == 1
    session.catch_up(0.0, fresh=True)
    await parts.ends(3)
    assert (script.made, script.closed) == (2, 1)


@virtual(push=True)
async def test_a_push_connection_of_before_is_made_anew(parts):
    script = Script(Poll(), Poll(items=lines("missed")))
    session = parts.watch(script)
    await parts.ends(1)
    await asyncio.sleep(20)
    assert script.listening == 1
    session.catch_up(2.0, fresh=True)
    await asyncio.sleep(0.1)
    assert (script.listening, script.closed) == (0, 1)
    second = (await parts.ends(2))[1]
    assert (second.found, second.how, second.listening) == (1, "poll", True)
    await asyncio.sleep(1)
    assert script.listening == 1


@virtual()
async def test_a_check_that_waits_on_a_dead_connection_is_broken_off(parts):
    async def for_ever(_cursor):
        await asyncio.Event().wait()
        raise AssertionError

    script = Script(Poll(cursor="c1"), for_ever, Poll(items=lines("after"), cursor="c2"))
    session = parts.watch(script, interval_seconds=30)
    await parts.ends(1)
    await asyncio.sleep(35)
    assert script.running == 1
    began = now()
    session.catch_up(1.0, fresh=True)
    ended = await parts.ends(2)
    assert script.times[2] - began == pytest.approx(1.0, abs=0.1)
    # Neither a failure, nor anything lost: it goes on where the last check ended.
    assert (ended[1].outcome, ended[1].failures, ended[1].found) == (CheckOutcome.OK, 0, 1)
    assert script.cursors == [None, "c1", "c1"]
    assert not session.checking


@virtual()
async def test_what_was_due_while_the_lease_was_away_waits_for_its_turn(parts):
    script = Script()
    session = parts.watch(script, interval_seconds=30)
    await parts.ends(1)
    parts.now = 10**7
    await asyncio.sleep(60)
    assert len(script.times) == 1
    session.catch_up(12.0, fresh=True)
    began = now()
    await asyncio.sleep(0)
    parts.lease.renew(parts.now, 10**9)
    await parts.ends(2)
    assert script.times[1] - began == pytest.approx(12.0, abs=0.1)


@virtual()
async def test_a_wish_of_a_person_does_not_wait(parts):
    script = Script()
    session = parts.watch(script, interval_seconds=3600)
    await parts.ends(1)
    session.catch_up(60.0, fresh=True)
    session.check_now()
    await asyncio.sleep(0.5)
    assert len(script.times) == 2


@virtual()
async def test_a_refused_sign_in_is_not_tried_again_but_a_back_off_ends(parts):
    refused = parts.watch(Script(AuthFailed(text("auth_refused", username="me"))), "refused")
    failing = Script(*[TemporaryFailure(text("connection_lost", host="h", detail="d"))] * 5)
    session = parts.watch(failing, "failing")
    await parts.ends(1, "refused")
    await parts.ends(5, "failing")
    for one in (refused, session):
        one.catch_up(1.0, fresh=True)
    await asyncio.sleep(2)
    assert len(SCRIPTS["refused"].times) == 1
    assert parts.ended("failing")[-1].outcome is CheckOutcome.OK


@virtual()
async def test_the_command_reaches_only_what_is_held_under_its_epoch(parts):
    for name in ("mine", "newer"):
        SCRIPTS[name] = Script()
    accounts = Accounts(parts.registry, parts.shared)
    accounts.connected()
    await accounts.reconcile([assignment("mine", interval_seconds=3600), assignment("newer", interval_seconds=3600)])
    await parts.ends(1, "mine")
    await parts.ends(1, "newer")
    checks = [
        PlannedCheck(account_id="mine", epoch=1, first_check_ms=1000),
        PlannedCheck(account_id="newer", epoch=7, first_check_ms=1000),
        PlannedCheck(account_id="gone", epoch=1, first_check_ms=1000),
    ]
    await accounts.catch_up(CatchUp(checks=checks, fresh=True))
    await asyncio.sleep(2)
    assert (len(SCRIPTS["mine"].times), len(SCRIPTS["newer"].times)) == (2, 1)
    await accounts.close(0.0)
    await accounts.adapters_closed()
