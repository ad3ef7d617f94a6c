"""Sessions in virtual time: when they check, what they tell, how they react."""

import asyncio
import contextlib

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import Script, lines
from tests.helpers.worker_parts import gaps, virtual
from worker.protocol.account_messages import CheckEnded, CheckStarted
from worker.protocol.item_messages import ItemsDetected
from worker.protocol.states import CheckOutcome, ErrorCode
from worker.sdk.errors import AuthFailed, InvalidConfig, RateLimited, TemporaryFailure
from worker.sdk.platform import Poll, text

pytestmark = pytest.mark.expects_log("WARNING worker.runtime.plans .* could not be checked")

TEMPORARY = TemporaryFailure(text("connection_lost", host="h", detail="d"))
AUTH = AuthFailed(text("auth_refused", username="me"))


@virtual()
async def test_checks_at_its_interval_with_a_little_jitter(parts):
    script = Script()
    parts.watch(script)
    await parts.ends(20)
    assert all(27 <= gap <= 33.1 for gap in gaps(script.times))
    assert len({round(gap, 3) for gap in gaps(script.times)}) > 10
    assert script.times[0] == 1000.0
    assert script.made == 1


@virtual()
async def test_a_random_range_stays_in_its_range(parts):
    script = Script()
    parts.watch(script, interval_seconds=10, interval_max_seconds=50)
    await parts.ends(30)
    assert all(10 <= gap <= 50.1 for gap in gaps(script.times))
    assert max(gaps(script.times)) > 35
    assert min(gaps(script.times)) < 25


@virtual()
async def test_the_first_check_is_made_when_the_master_says(parts):
    script = Script()
    parts.watch(script, first_check_ms=12_500)
    await parts.ends(1)
    assert script.times[0] - 1000 == pytest.approx(12.5, abs=0.1)


@virtual()
async def test_a_new_owner_goes_on_with_the_back_off(parts):
    script = Script(TEMPORARY, TEMPORARY)
    parts.watch(script, failures=2)
    first, second = (await parts.ends(2))[:2]
    assert (first.failures, second.failures) == (3, 4)
    assert first.next_check_at - first.at >= 0.9 * 30_000 * 2**2


@virtual()
async def test_items_are_stored_before_the_check_is_told_and_the_cursor_moves(parts):
    script = Script(Poll(items=lines("one", "two"), cursor="c1"), Poll(items=lines("two", "three"), cursor="c2"))
    parts.watch(script)
    first, second = (await parts.ends(2))[:2]
    assert script.cursors == [None, "c1"]
    assert parts.master.delivered == [
        ("a1", 1, 1, "one", False),
        ("a1", 1, 2, "two", False),
        ("a1", 1, 3, "three", False),
    ]
    assert parts.master.cursors["a1"] == "c2"
    assert (first.found, second.found, first.outcome) == (2, 1, CheckOutcome.OK)
    kinds = [type(message) for message in parts.master.heard]
    assert kinds[:3] == [CheckStarted, ItemsDetected, CheckEnded]
    assert parts.stats.items == 3


@virtual()
async def test_a_check_that_finds_nothing_sends_a_batch_only_for_a_new_cursor(parts):
    parts.watch(Script(Poll(cursor="c1"), Poll(cursor="c1"), Poll(), Poll(cursor="c2")))
    await parts.ends(4)
    assert [batch.cursor.value for batch in parts.master.of(ItemsDetected)] == ["c1", "c2"]
    assert all(batch.reports == [] for batch in parts.master.of(ItemsDetected))


@virtual()
async def test_pages_follow_each_other_at_once(parts):
    script = Script(
        Poll(items=lines("1"), cursor="p1", more=True),
        Poll(items=lines("2"), cursor="p2", more=True),
        Poll(items=lines("3"), cursor="p3"),
    )
    parts.watch(script)
    ended = await parts.ends(1)
    assert script.cursors == [None, "p1", "p2"]
    assert ended[0].found == 3
    assert parts.master.cursors["a1"] == "p3"


@virtual()
async def test_endless_pages_are_cut_into_checks_without_a_pause(parts):
    script = Script(*(Poll(items=lines(f"k{n}"), cursor=f"c{n}", more=True) for n in range(120)))
    parts.watch(script)
    ended = await parts.ends(3)
    assert [message.found for message in ended[:3]] == [50, 50, 20]
    assert gaps(script.times)[-1] < 1


@virtual()
async def test_the_baseline_lasts_until_its_last_page(parts):
    script = Script(
        Poll(items=lines("1"), cursor="p1", more=True),
        TEMPORARY,
        Poll(items=lines("2"), cursor="p2", more=True),
        Poll(items=lines("3"), cursor="p3"),
        Poll(items=lines("4"), cursor="p4"),
    )
    parts.watch(script, baseline=True)
    ended = await parts.ends(3)
    assert [(key, baseline) for *_, key, baseline in parts.master.delivered] == [
        ("1", True),
        ("2", True),
        ("3", True),
        ("4", False),
    ]
    batches = [batch.cursor.value for batch in parts.master.of(ItemsDetected) if batch.cursor]
    assert batches == ["p3", "p4"]
    assert [message.found for message in ended] == [0, 0, 1]
    assert script.cursors == [None, "p1", "p1", "p2", "p3"]


@virtual()
async def test_checks_never_overlap_and_wishes_are_merged(parts):
    begun = asyncio.Event()

    async def slow(_cursor):
        begun.set()
        await asyncio.sleep(5)
        return Poll()

    script = Script(slow)
    session = parts.watch(script)
    await begun.wait()
    for _ in range(5):
        session.check_now()
    await parts.ends(2)
    await asyncio.sleep(10)
    assert script.most_running == 1
    assert len(script.times) == 2
    assert 4.9 < script.times[1] - script.times[0] < 5.2


@virtual()
async def test_a_refused_sign_in_stops_the_checks_until_the_credentials_change(parts):
    script = Script(AUTH)
    session = parts.watch(script, has_credentials=True, credential_version=1)
    ended = await parts.ends(1)
    assert (ended[0].outcome, ended[0].reason.code) == (CheckOutcome.AUTH_FAILED, "auth_refused")
    assert ended[0].next_check_at is None
    await asyncio.sleep(7200)
    session.update(assignment(interval_seconds=60, has_credentials=True, credential_version=1))
    await asyncio.sleep(7200)
    assert len(script.times) == 1
    session.update(assignment(interval_seconds=60, has_credentials=True, credential_version=2))
    ended = await parts.ends(2)
    assert ended[1].outcome is CheckOutcome.OK
    assert (script.made, script.closed) == (2, 1)


@virtual()
async def test_a_refused_sign_in_can_be_tried_again_by_hand(parts):
    script = Script(AUTH, AUTH)
    session = parts.watch(script)
    await parts.ends(1)
    session.check_now()
    assert (await parts.ends(2))[1].failures == 2
    await asyncio.sleep(7200)
    assert len(script.times) == 2


@virtual()
async def test_temporary_failures_back_off_and_recover(parts):
    script = Script(*[TEMPORARY] * 8)
    parts.watch(script, interval_seconds=10)
    ended = await parts.ends(10)
    assert [message.failures for message in ended[:10]] == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0]
    waits = gaps(script.times)
    for wait, expected in zip(waits[:8], [10, 20, 40, 80, 160, 300, 300, 300], strict=True):
        assert 0.89 * expected <= wait <= 1.12 * expected
        assert wait > 9.99
    assert 8.9 <= waits[8] <= 11.1
    assert ended[0].outcome is CheckOutcome.TEMPORARY
    assert ended[0].next_check_at - ended[0].at >= 9_900


@virtual()
async def test_a_rate_limit_is_honoured(parts):
    script = Script(RateLimited(600), RateLimited())
    parts.watch(script, interval_seconds=30)
    ended = await parts.ends(3)
    waits = gaps(script.times)
    assert 600 <= waits[0] <= 661
    assert 60 <= waits[1] <= 133
    assert ended[0].retry_after_seconds == 600
    assert ended[0].outcome is CheckOutcome.RATE_LIMITED


@virtual()
async def test_wrong_settings_are_told_by_field_and_checked_rarely(parts):
    fault = InvalidConfig(text("invalid_fields"), {"file": text("field_required")})
    script = Script(fault, fault)
    parts.watch(script)
    ended = await parts.ends(2)
    assert list(ended[0].fields) == ["file"]
    assert 269 <= gaps(script.times)[0] <= 331


@virtual()
async def test_settings_are_completed_and_checked_against_the_manifest(parts):
    script = Script()
    session = parts.watch(script, settings={"limit": 50, "file": 3})
    ended = await parts.ends(1)
    assert ended[0].outcome is CheckOutcome.INVALID_CONFIG
    assert {name: words.code for name, words in ended[0].fields.items()} == {
        "limit": "field_range",
        "file": "field_type",
    }
    session.update(assignment(settings={"file": "f"}))
    assert (await parts.ends(2))[1].outcome is CheckOutcome.OK


@pytest.mark.expects_log("raised what it never should")
def test_what_a_plug_in_should_never_raise_is_an_error_with_a_traceback(tmp_path, caplog):
    @virtual()
    async def body(parts):
        parts.redactor.hold({"password": "hunter22"})
        script = Script(ZeroDivisionError("hunter22"))
        parts.watch(script)
        ended = await parts.ends(2)
        assert ended[0].outcome is CheckOutcome.ERROR
        assert "ZeroDivisionError: ‹secret›" in ended[0].reason.message
        assert ended[1].outcome is CheckOutcome.OK
        assert (script.made, script.closed) == (2, 1)

    body(tmp_path)
    assert "Traceback" in caplog.text


@pytest.mark.expects_log("cancellation")
def test_a_cancellation_from_within_a_plug_in_does_not_end_the_watch(tmp_path):
    @virtual()
    async def body(parts):
        parts.watch(Script(asyncio.CancelledError()))
        ended = await parts.ends(2)
        assert [message.outcome for message in ended[:2]] == [CheckOutcome.ERROR, CheckOutcome.OK]

    body(tmp_path)


@virtual()
async def test_a_hanging_check_is_cut_off(parts):
    async def hang(_cursor):
        await asyncio.sleep(10_000)
        return Poll()

    script = Script(hang)
    parts.watch(script)
    ended = await parts.ends(2)
    assert (ended[0].outcome, ended[0].reason.code) == (CheckOutcome.TIMEOUT, "check_timeout")
    assert 59_000 <= ended[0].duration_ms <= 61_000
    assert (script.made, script.closed) == (2, 1)
    assert ended[1].outcome is CheckOutcome.OK


@virtual(credentials="required")
async def test_missing_credentials_are_a_refused_sign_in_without_a_try(parts):
    script = Script()
    parts.watch(script)
    ended = await parts.ends(1)
    assert (ended[0].outcome, ended[0].reason.code) == (CheckOutcome.AUTH_FAILED, "state_credentials_missing")
    assert script.made == 0


@virtual()
async def test_credentials_are_asked_for_once_and_dropped_at_the_end(parts):
    script = Script()
    script.ask_secret = True
    parts.master.documents["a1"] = {"password": "hunter22"}
    session = parts.watch(script, has_credentials=True, credential_version=1)
    await parts.ends(3)
    assert script.secrets == [{"password": "hunter22"}] * 3
    asked = [message for message in parts.master.heard if type(message).__name__ == "CredentialRequest"]
    assert len(asked) == 1
    assert parts.redactor.redact("hunter22") == "‹secret›"
    await (await session.stop())
    assert parts.redactor.redact("hunter22") == "hunter22"


@virtual()
async def test_past_the_lease_no_check_begins(parts):
    script = Script()
    session = parts.watch(script)
    await parts.ends(1)
    parts.now = 10.0**7
    session.check_now()
    await asyncio.sleep(600)
    assert len(script.times) == 1
    parts.lease.renew(parts.now, 1500)
    await parts.ends(2)


@virtual()
async def test_a_check_that_runs_at_the_end_of_the_lease_may_finish(parts):
    async def slow(_cursor):
        await asyncio.sleep(5)
        return Poll(items=lines("late"))

    parts.watch(Script(slow))
    await asyncio.sleep(1)
    parts.now = 10.0**7
    ended = await parts.ends(1)
    assert ended[0].found == 1


def test_what_is_found_while_the_master_is_away_is_delivered_first(tmp_path):
    @virtual()
    async def body(parts):
        async def cut(_cursor):
            parts.link.cut()
            return Poll(items=lines("one"), cursor="c1")

        parts.watch(Script(cut, Poll(items=lines("two"), cursor="c2")))
        await asyncio.sleep(3600)
        assert parts.ended() == []
        assert parts.ledger.total_backlog() == 1
        parts.link.mend()
        parts.outbox.resume()
        ended = await parts.ends(2)
        assert [key for *_, key, _ in parts.master.delivered] == ["one", "two"]
        assert [message.found for message in ended] == [1, 1]

    body(tmp_path)


@virtual()
async def test_the_end_of_a_check_is_told_when_the_master_is_back(parts):
    async def cut(_cursor):
        parts.link.cut()
        raise AUTH

    parts.watch(Script(cut))
    await asyncio.sleep(100)
    assert parts.ended() == []
    parts.link.mend()
    assert (await parts.ends(1))[0].outcome is CheckOutcome.AUTH_FAILED


@pytest.mark.expects_log("outbox", "could not be finished")
def test_a_full_outbox_holds_the_checks_back(tmp_path, monkeypatch):
    monkeypatch.setattr("worker.runtime.ledger.FULL", 10)

    @virtual()
    async def body(parts):
        parts.master.refusals[ItemsDetected] = lambda _: (ErrorCode.INTERNAL, "busy")
        script = Script(*(Poll(items=lines(*(f"{n}.{m}" for m in range(6)))) for n in range(5)))
        parts.watch(script, interval_seconds=1)
        await asyncio.sleep(3600)
        assert parts.ledger.total_backlog() == 12
        assert len(script.times) == 2
        del parts.master.refusals[ItemsDetected]
        await asyncio.sleep(120)
        assert len(parts.master.keys["a1"]) == 30

    body(tmp_path)


@virtual()
async def test_stopping_ends_the_check_that_runs_and_closes_the_adapter(parts):
    async def hang(_cursor):
        await asyncio.sleep(10_000)
        return Poll()

    script = Script(hang)
    session = parts.watch(script)
    await asyncio.sleep(1)
    assert session.checking
    await (await session.stop())
    assert (script.running, script.closed, parts.stats.active) == (0, 1, 0)


@virtual()
async def test_stopping_with_patience_lets_the_check_finish(parts):
    async def slow(_cursor):
        await asyncio.sleep(0.5)
        return Poll(items=lines("just in time"))

    session = parts.watch(Script(slow))
    await asyncio.sleep(0.1)
    await (await session.stop(patience=2))
    assert parts.ended()[0].found == 1


@virtual()
async def test_an_unknown_platform_is_told(parts):
    from worker.runtime.session import Session

    session = Session(assignment(), None, parts.shared)
    parts.sessions.append(session)
    session.start()
    ended = await parts.ends(1)
    assert ended[0].reason.code == "unassigned_no_platform"


@virtual()
async def test_changed_settings_are_used_between_two_checks(parts):
    script = Script(Poll(cursor="old"))
    session = parts.watch(script, settings={"file": "a"})
    await parts.ends(1)
    session.update(assignment(interval_seconds=5, settings={"file": "b"}, cursor="fresh"))
    await parts.ends(2)
    assert script.cursors == [None, "fresh"]
    assert (script.made, script.closed) == (2, 1)
    session.update(assignment(interval_seconds=100, settings={"file": "b"}, cursor="older"))
    await parts.ends(4)
    assert script.cursors[2] == "fresh"
    assert gaps(script.times)[2] > 80


@pytest.mark.expects_log("goes on though it was stopped")
@virtual()
async def test_a_plug_in_that_will_not_be_stopped_holds_nobody_and_is_not_heard(parts):
    released, tries = asyncio.Event(), 0

    async def stubborn(_cursor):
        nonlocal tries
        while not released.is_set():
            try:
                await asyncio.wait_for(released.wait(), 3600)
            except asyncio.CancelledError:
                tries += 1
        return Poll(items=lines("late"), cursor="late")

    script = Script(stubborn)
    session = parts.watch(script)
    while not script.running:
        await asyncio.sleep(0.1)
    began = asyncio.get_running_loop().time()
    await (await session.stop())
    assert asyncio.get_running_loop().time() - began < 3
    assert tries > 2
    released.set()
    while script.running:
        await asyncio.sleep(0.1)
    await asyncio.sleep(5)
    assert not any(isinstance(message, ItemsDetected | CheckEnded) for message in parts.master.heard)


@pytest.mark.expects_log("goes on though it was stopped")
@virtual()
async def test_a_session_left_behind_polls_and_tells_no_more(parts):
    released = asyncio.Event()

    async def stubborn(_cursor):
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()
        raise TEMPORARY

    script = Script(stubborn)
    session = parts.watch(script)
    while not script.running:
        await asyncio.sleep(0.1)
    await session.stop()
    released.set()
    await asyncio.sleep(600)
    assert (len(script.times), script.made, parts.ended()) == (1, 1, [])


@virtual()
async def test_nobody_waits_for_an_adapter_that_closes_slowly(parts):
    script = Script()
    session = parts.watch(script)
    await parts.ends(1)
    script.closing = 4.0
    began = asyncio.get_running_loop().time()
    closing = await session.stop()
    assert asyncio.get_running_loop().time() - began < 0.1
    await closing
    assert script.closed == 1
