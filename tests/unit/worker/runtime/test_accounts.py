"""The accounts of a worker follow the master's word."""

import asyncio

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import SCRIPTS, Script
from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts
from worker.protocol.account_messages import AssignAccount, CheckAccount, RevokeAccount
from worker.protocol.codec import ProtocolError
from worker.protocol.states import ErrorCode
from worker.protocol.worker_messages import HeartbeatAcknowledged, Holding
from worker.runtime.accounts import Accounts


def run(tmp_path, body):
    async def all_of_it():
        async with Parts(tmp_path) as parts:
            for account in ("a", "b", "c"):
                SCRIPTS[account] = Script()
            accounts = Accounts(parts.registry, parts.shared)
            await body(parts, accounts)
            await accounts.close(0)
            await accounts.adapters_closed()
            assert accounts.holding() == []

    run_virtually(all_of_it())


def held(accounts):
    return {holding.account_id: holding.epoch for holding in accounts.holding()}


def assign(account, epoch=1, **fields):
    return AssignAccount(assignment=assignment(account, epoch, **fields))


def test_assign_and_revoke(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a"))
        await accounts.assign(assign("b", 4))
        assert held(accounts) == {"a": 1, "b": 4}
        await parts.ends(1, "a")
        await accounts.revoke(RevokeAccount(account_id="a", epoch=1))
        assert held(accounts) == {"b": 4}
        async with asyncio.timeout(1):
            while not SCRIPTS["a"].closed:
                await asyncio.sleep(0.01)
        await accounts.revoke(RevokeAccount(account_id="a", epoch=1))

    run(tmp_path, body)


def test_a_late_revoke_does_not_take_a_newer_epoch_away(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a", 2))
        await accounts.revoke(RevokeAccount(account_id="a", epoch=1))
        assert held(accounts) == {"a": 2}

    run(tmp_path, body)


def test_what_was_revoked_is_not_taken_by_an_assignment_that_comes_late(tmp_path):
    async def body(parts, accounts):
        await accounts.revoke(RevokeAccount(account_id="a", epoch=3))
        with pytest.raises(ProtocolError, match="revoked"):
            await accounts.assign(assign("a", 3))
        await accounts.mend(HeartbeatAcknowledged(assign=[assignment("a", 2), assignment("b", 1)], revoke=[]))
        assert held(accounts) == {"b": 1}
        await accounts.reconcile([assignment("a", 4), assignment("b", 1)])
        assert held(accounts) == {"a": 4, "b": 1}

    run(tmp_path, body)


def test_a_newer_epoch_begins_a_new_session_and_an_older_is_ignored(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a", 1))
        await parts.ends(1, "a")
        await accounts.assign(assign("a", 3))
        await parts.ends(2, "a")
        assert (SCRIPTS["a"].made, SCRIPTS["a"].closed) == (2, 1)
        assert parts.ended("a")[-1].epoch == 3
        await accounts.assign(assign("a", 2))
        assert held(accounts) == {"a": 3}

    run(tmp_path, body)


def test_the_same_epoch_again_keeps_the_session(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a"))
        await parts.ends(1, "a")
        await accounts.assign(assign("a"))
        await accounts.reconcile([assignment("a")])
        assert SCRIPTS["a"].made == 1

    run(tmp_path, body)


def test_registration_drops_what_is_not_named_but_not_what_came_meanwhile(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a"))
        accounts.connected()
        await accounts.assign(assign("b"))
        await accounts.reconcile([assignment("c")])
        assert held(accounts) == {"b": 1, "c": 1}

    run(tmp_path, body)


def test_what_waited_while_a_new_connection_began_is_not_newer_than_it(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a"))
        async with accounts._changing:
            late = asyncio.ensure_future(accounts.assign(assign("b")))
            await asyncio.sleep(0.1)
            accounts.connected()
        with pytest.raises(ProtocolError, match="has ended"):
            await late
        await accounts.reconcile([assignment("a")])
        assert held(accounts) == {"a": 1}

    run(tmp_path, body)


def test_heartbeats_mend(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a", 2))
        stale, mine = Holding(account_id="a", epoch=1), Holding(account_id="a", epoch=2)
        await accounts.mend(HeartbeatAcknowledged(assign=[assignment("b")], revoke=[stale]))
        assert held(accounts) == {"a": 2, "b": 1}
        await accounts.mend(HeartbeatAcknowledged(revoke=[mine]))
        assert held(accounts) == {"b": 1}

    run(tmp_path, body)


def test_check_now_needs_the_account_and_its_epoch(tmp_path):
    async def body(parts, accounts):
        await accounts.assign(assign("a", 2))
        await parts.ends(1, "a")
        await accounts.check(CheckAccount(account_id="a", epoch=2))
        await parts.ends(2, "a")
        for account, epoch, code in (("x", 1, ErrorCode.ACCOUNT_NOT_FOUND), ("a", 1, ErrorCode.STALE_EPOCH)):
            with pytest.raises(ProtocolError) as caught:
                await accounts.check(CheckAccount(account_id=account, epoch=epoch))
            assert caught.value.code is code

    run(tmp_path, body)


def test_a_stopping_worker_takes_nothing(tmp_path):
    async def body(parts, accounts):
        await accounts.close(0)
        with pytest.raises(ProtocolError):
            await accounts.assign(assign("a"))

    run(tmp_path, body)


def test_a_registration_does_not_wait_for_adapters_that_close_slowly(tmp_path):
    async def body(parts, accounts):
        for account in ("a", "b"):
            await accounts.assign(assign(account))
            await parts.ends(1, account)
            SCRIPTS[account].closing = 4.0
        accounts.connected()
        began = asyncio.get_running_loop().time()
        await accounts.reconcile([assignment("c")])
        assert asyncio.get_running_loop().time() - began < 0.1
        assert held(accounts) == {"c": 1}
        checked = len(SCRIPTS["a"].times)
        await accounts.close(0)
        await accounts.adapters_closed()
        assert (SCRIPTS["a"].closed, SCRIPTS["b"].closed) == (1, 1)
        assert len(SCRIPTS["a"].times) == checked

    run(tmp_path, body)
