"""The outbox ships in order, survives refusals, and loses nothing that could be delivered."""

import asyncio

import pytest

from tests.helpers.fake_master import assignment
from tests.helpers.scripted.adapter import lines
from tests.helpers.virtual_time import run_virtually
from tests.helpers.worker_parts import Parts
from worker.protocol.item_messages import ItemsAcknowledged, ItemsDetected, ReportResult
from worker.protocol.states import ErrorCode
from worker.protocol.texts import text
from worker.protocol.worker_messages import WorkerFailed


def run(tmp_path, body):
    async def all_of_it():
        async with Parts(tmp_path) as parts:
            await parts.ledger.begin(assignment())
            await body(parts)

    run_virtually(all_of_it())


async def append(parts, *keys, cursor=None, account="a1", epoch=1, baseline=False):
    return await parts.outbox.append(account, epoch, lines(*keys), baseline=baseline, cursor=cursor, how="poll")


def test_delivered_means_stored(tmp_path):
    async def body(parts):
        parts.link.slow = 1.0
        await append(parts, "a", "b", cursor="c")
        assert parts.master.delivered == []
        await parts.outbox.delivered("a1")
        assert parts.master.keys["a1"] == ["a", "b"]
        assert parts.outbox.stored("a1") == 2
        assert parts.ledger.total_backlog() == 0
        await parts.outbox.delivered("a1")

    run(tmp_path, body)


def test_baseline_items_do_not_count_as_new(tmp_path):
    async def body(parts):
        await append(parts, "a", baseline=True)
        await parts.outbox.delivered("a1")
        assert parts.outbox.stored("a1") == 0

    run(tmp_path, body)


def test_accounts_are_shipped_side_by_side_but_bounded(tmp_path):
    async def body(parts):
        parts.link.slow = 1.0
        for number in range(8):
            await append(parts, "a", account=f"a{number}")
        began = asyncio.get_running_loop().time()
        await parts.outbox.flush()
        assert asyncio.get_running_loop().time() - began == pytest.approx(2.0, abs=0.1)

    run(tmp_path, body)


@pytest.mark.expects_log("wait in the outbox")
def test_a_lost_acknowledgement_is_asked_for_again_and_nothing_counts_twice(tmp_path):
    async def body(parts):
        parts.master.silent.add(ItemsDetected)
        await append(parts, "a")
        await asyncio.sleep(5)
        assert len(parts.master.delivered) > 1
        parts.master.silent.clear()
        await parts.outbox.delivered("a1")
        assert parts.master.keys["a1"] == ["a"]
        assert parts.outbox.stored("a1") == 0  # the master knew it already

    run(tmp_path, body)


@pytest.mark.expects_log("wait in the outbox")
def test_a_busy_master_is_asked_again_less_and_less_often(tmp_path):
    async def body(parts):
        asked = []

        def busy(_):
            asked.append(asyncio.get_running_loop().time())
            return ErrorCode.INTERNAL, "busy"

        parts.master.refusals[ItemsDetected] = busy
        await append(parts, "a")
        await asyncio.sleep(300)
        assert 8 < len(asked) < 20
        parts.master.refusals.clear()
        parts.outbox.resume()
        await asyncio.sleep(0.1)
        assert parts.master.keys["a1"] == ["a"]

    run(tmp_path, body)


@pytest.mark.expects_log("can never be delivered")
def test_one_poisoned_item_is_dropped_and_the_others_arrive(tmp_path):
    async def body(parts):
        def poisoned(batch):
            bad = any(report.item.key == "bad" for report in batch.reports)
            return (ErrorCode.INVALID_PAYLOAD, "cannot be read") if bad else None

        parts.master.refusals[ItemsDetected] = poisoned
        await append(parts, "a", "bad", "b", cursor="c")
        await parts.outbox.delivered("a1")
        assert parts.master.keys["a1"] == ["a", "b"]
        assert parts.master.cursors["a1"] == "c"
        assert (await append(parts, "bad")).count == 0

    run(tmp_path, body)


@pytest.mark.expects_log("the cursor of a1 can never be delivered")
def test_a_poisoned_cursor_is_dropped(tmp_path):
    async def body(parts):
        parts.master.refusals[ItemsDetected] = lambda batch: (
            (ErrorCode.INVALID_PAYLOAD, "no such cursor") if batch.cursor else None
        )
        await append(parts, "a", cursor="c")
        await parts.outbox.delivered("a1")
        assert parts.master.keys["a1"] == ["a"]

    run(tmp_path, body)


def test_what_belongs_to_a_deleted_account_is_dropped(tmp_path):
    async def body(parts):
        parts.master.refusals[ItemsDetected] = lambda _: (ErrorCode.ACCOUNT_NOT_FOUND, "gone")
        await append(parts, "a", cursor="c")
        await parts.outbox.delivered("a1")
        assert parts.ledger.waiting() == []

    run(tmp_path, body)


@pytest.mark.expects_log("rejected item 1 of a1", "earlier items are missing")
def test_rejected_items_and_refused_cursors_are_logged_and_not_sent_again(tmp_path):
    async def body(parts):
        reason = text("check_failed", detail="d")
        parts.master._store = lambda batch: ItemsAcknowledged(
            results=[ReportResult(seq=report.seq, result="rejected", error=reason) for report in batch.reports],
            cursor="gap",
        )
        await append(parts, "a", cursor="c")
        await parts.outbox.delivered("a1")
        assert parts.stats.items == 0
        assert (await append(parts, "a")).count == 0

    run(tmp_path, body)


@pytest.mark.expects_log("did not speak of every item")
def test_what_the_answer_does_not_speak_of_is_sent_again(tmp_path):
    async def body(parts):
        store = parts.master._store
        answers = iter([1])

        def half(batch):
            kept = store(batch)
            if next(answers, None):
                return ItemsAcknowledged(results=kept.results[:1], cursor="stored")
            return kept

        parts.master._store = half
        await append(parts, "a", "b", cursor="c")
        await parts.outbox.delivered("a1")
        assert [key for *_, key, _ in parts.master.delivered] == ["a", "b", "b"]
        assert parts.ledger.waiting() == []

    run(tmp_path, body)


@pytest.mark.expects_log("items wait in the outbox")
def test_a_fault_of_ours_is_not_the_end_of_sending(tmp_path, monkeypatch):
    async def body(parts):
        real, faults = parts.ledger.next_batch, [OSError("no descriptor"), KeyError("x")]

        async def next_batch(account):
            if faults:
                raise faults.pop()
            return await real(account)

        monkeypatch.setattr(parts.ledger, "next_batch", next_batch)
        await append(parts, "a")
        async with asyncio.timeout(5):
            await parts.outbox.delivered("a1")
        assert parts.master.keys["a1"] == ["a"]
        told = [(one.code, one.message) for one in parts.master.of(WorkerFailed)]
        assert told == [("ERR_OUTBOX", "KeyError"), ("ERR_OUTBOX", "OSError")]

    run(tmp_path, body)
