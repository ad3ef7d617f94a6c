"""Trouble on all sides: services that ask for patience, a broken disk, a master that cannot answer."""

import asyncio
import sqlite3

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import SCRIPTS, Script, lines
from tests.helpers.worker_parts import gaps, virtual
from worker.protocol.account_messages import CheckEnded, RevokeAccount
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.protocol.worker_messages import WorkerFailed
from worker.runtime.accounts import Accounts
from worker.sdk.errors import AuthFailed, RateLimited, TemporaryFailure
from worker.sdk.platform import Poll, text

pytestmark = pytest.mark.expects_log("worker.runtime")

LOST = TemporaryFailure(text("connection_lost", host="h", detail="d"))


@virtual()
async def test_being_told_the_same_again_forgets_no_patience(parts):
    script = Script(RateLimited(3600))
    session = parts.watch(script)
    await parts.ends(1)
    for _ in range(20):
        await asyncio.sleep(60)
        session.update(assignment(interval_seconds=30))
    assert len(script.times) == 1
    await asyncio.sleep(3600)
    assert gaps(script.times)[0] >= 3600


@virtual()
async def test_a_shorter_interval_counts_at_once_but_not_against_a_back_off(parts):
    script = Script(Poll(), *[LOST] * 6)
    session = parts.watch(script, interval_seconds=3600)
    await parts.ends(1)
    session.update(assignment(interval_seconds=30))
    await parts.ends(2)
    assert gaps(script.times)[0] < 60
    await parts.ends(7)
    last = gaps(script.times)[-1]
    session.update(assignment(interval_seconds=20))
    await parts.ends(8)
    assert gaps(script.times)[-1] > last


@virtual()
async def test_a_refused_sign_in_is_told_until_the_master_can_take_it(parts):
    answers = [(ErrorCode.INTERNAL, "database is locked")] * 3
    parts.master.refusals[CheckEnded] = lambda _message: answers.pop() if answers else None
    parts.watch(Script(AuthFailed(text("auth_refused", username="me"))))
    (ended,) = await parts.ends(1)
    assert ended.outcome is CheckOutcome.AUTH_FAILED


@virtual()
async def test_words_that_cannot_be_sent_end_no_watch(parts):
    script = Script(TemporaryFailure(text("connection_lost", host="h", detail="a\udcffb")))
    parts.watch(script)
    first, second = (await parts.ends(2))[:2]
    assert first.outcome is CheckOutcome.TEMPORARY
    assert first.reason.params["detail"] == "a?b"
    assert second.outcome is CheckOutcome.OK


@virtual()
async def test_a_fault_of_ours_leaves_no_account_unwatched(parts):
    script = Script()
    session = parts.watch(script)
    await parts.ends(1)
    ended = session._plan.ended

    def broken(*_ending, **_more):
        session._plan.ended = ended
        raise KeyError("a fault")

    session._plan.ended = broken
    await parts.ends(3)
    assert len(script.times) >= 3
    assert [(told.code, told.message) for told in parts.master.of(WorkerFailed)] == [("ERR_WATCH", "KeyError")]


@virtual()
async def test_what_a_broken_disk_lost_is_found_again(parts):
    file = parts.ledger._file

    def damaged(_account):
        file._db.close()
        path = parts.ledger._path
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        path.write_bytes(b"x" * 8192)
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    async def find(_cursor):
        file.next_batch = damaged
        return Poll(items=lines("mail"), cursor="c2")

    script = Script(Poll(cursor="c1"), find, Poll(items=lines("mail"), cursor="c2"))
    session = parts.watch(script)
    for _ in range(1000):
        await asyncio.sleep(1)
        if parts.resets:
            break
    # What the new registration brings.
    session.update(assignment(interval_seconds=30, cursor="c1"))
    await asyncio.sleep(600)
    assert [key for *_, key, _ in parts.master.delivered] == ["mail"]
    assert script.cursors[:3] == [None, "c1", "c1"]


@virtual()
async def test_a_disk_that_refuses_for_a_moment_is_asked_again(parts):
    file = parts.ledger._file
    real, times = file.acknowledge, []

    def sometimes(*arguments):
        times.append(1)
        if len(times) < 3:
            raise sqlite3.OperationalError("disk I/O error")
        return real(*arguments)

    file.acknowledge = sometimes
    parts.watch(Script(Poll(items=lines("x"), cursor="c")))
    (ended,) = await parts.ends(1)
    assert (ended.outcome, len(times)) == (CheckOutcome.OK, 3)
    assert parts.ledger.total_backlog() == 0


@virtual()
async def test_a_full_disk_is_no_fault_of_the_account(parts):
    file = parts.ledger._file
    real, full = file.append, [True]

    def append(*arguments, **more):
        if full:
            raise sqlite3.OperationalError("database or disk is full")
        return real(*arguments, **more)

    file.append = append
    script = Script(*[Poll(items=lines("x"), cursor="c")] * 50)
    parts.watch(script)
    await asyncio.sleep(10)
    assert parts.ended() == []
    full.clear()
    (ended,) = (await parts.ends(1))[:1]
    assert ended.outcome is CheckOutcome.OK
    assert parts.master.keys["a1"] == ["x"]


@virtual()
async def test_what_was_revoked_while_registering_stays_revoked(parts):
    accounts = Accounts(parts.registry, parts.shared)
    SCRIPTS["a1"] = SCRIPTS["a2"] = Script()
    accounts.connected()
    await accounts.revoke(RevokeAccount(account_id="a1", epoch=1))
    await accounts.reconcile([assignment("a1"), assignment("a2")])
    assert [held.account_id for held in accounts.holding()] == ["a2"]
    accounts.connected()
    await accounts.reconcile([assignment("a1", 2)])
    assert [held.account_id for held in accounts.holding()] == ["a1"]
    await accounts.close(0)
